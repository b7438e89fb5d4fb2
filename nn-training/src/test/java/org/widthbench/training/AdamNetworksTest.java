package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.weights.Holding;

class AdamNetworksTest {
    private static final int POINTS = 4;
    private static final int DIMENSION = 6;
    private static final double GAMMA0 = 1.5;
    private static final double ETA = 0.05;

    private static Problem problem(int depth, int steps) {
        double[] x = new double[DIMENSION * POINTS];
        NormalNoise.fill(x, 0, x.length, 3, 0, 0);
        Dataset data = new Dataset(new Tensor(new int[] {DIMENSION, POINTS}, x), new double[] {-1, 1, 1, -1});
        Training training = Training.descent(GAMMA0, ETA, steps).withOptimizer(Training.Optimizer.ADAM);
        return new Problem(data, Network.mlp(depth, new Tanh(1)), training);
    }

    private static OrderParameters train(Problem problem, int width, long seed) {
        try (Backend backend = new CpuBackend()) {
            return new NetworkTrainer(width, seed, backend).train(problem, Progress.NONE);
        }
    }

    /** Velocity, both moments and the number of steps are taken up again; the oracle is the run that nobody killed. */
    @Test
    void aLongRunKilledAfterAnyStepGoesOnToTheSameBits(@TempDir Path folder) {
        Problem problem = problem(2, 6);
        int[] watched = {2, 0};
        try (Backend backend = new CpuBackend()) {
            NetworkTrainer trainer = new NetworkTrainer(7, 1, backend);
            CnnTrajectory undisturbed = trainer.follow(problem, watched, 1, Progress.NONE);
            for (int killed = 1; killed < 6; killed++) {
                KeptRun kept = new KeptRun(folder.resolve(killed + ".npz"), "this run", Duration.ZERO, line -> {});
                int last = killed;
                assertThatThrownBy(() -> trainer.follow(problem, watched, 1, kept, (completed, total) -> {
                            if (completed > last) {
                                throw new IllegalStateException("killed");
                            }
                        }))
                        .hasMessage("killed");
                List<Integer> steps = new ArrayList<>();
                assertThat(trainer.follow(problem, watched, 1, kept, (completed, total) -> steps.add(completed)))
                        .usingRecursiveComparison()
                        .isEqualTo(undisturbed);
                assertThat(steps).hasSize(6 - killed);
            }
        }
    }

    /**
     * Against Algorithm 1 of Kingma and Ba on the gradient of the loss itself, entry by entry, with the rates {@code gamma0 eta /
     * sqrt(n)} and epsilon in units of {@code 1 / (gamma0 N sqrt(n))} (n = 1 for the read-out).
     */
    @Test
    void networkFollowsTheTextbookOnTheGradientOfItsLoss() {
        int n = 5;
        int steps = 12;
        Problem problem = problem(2, steps);
        double[] x = problem.dataset().inputs().data();
        double[] y = problem.dataset().targets();
        Parameter input = new Parameter(n, 0, n * DIMENSION, DIMENSION);
        Parameter hidden = new Parameter(n, 1, n * n, n);
        Parameter readout = new Parameter(n, 2, n, 1);
        double[] start = new double[POINTS];
        double[] expected = new double[steps * POINTS];
        for (int t = 0; t < steps; t++) {
            for (int mu = 0; mu < POINTS; mu++) {
                double[] first = new double[n];
                double[] phi1 = new double[n];
                double[] second = new double[n];
                double f = 0;
                for (int i = 0; i < n; i++) {
                    for (int d = 0; d < DIMENSION; d++) {
                        first[i] += input.w[i * DIMENSION + d] * x[d * POINTS + mu] / Math.sqrt(DIMENSION);
                    }
                    phi1[i] = Math.tanh(first[i]);
                }
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        second[i] += hidden.w[i * n + j] * phi1[j] / Math.sqrt(n);
                    }
                    f += readout.w[i] * Math.tanh(second[i]) / (GAMMA0 * n);
                }
                start[mu] = t == 0 ? f : start[mu];
                double delta = y[mu] - (f - start[mu]);
                expected[t * POINTS + mu] = delta;
                // The loss is sum Delta^2 / (2 P).
                double slope = -delta / POINTS / (GAMMA0 * n);
                double[] below = new double[n];
                for (int i = 0; i < n; i++) {
                    double tanh = Math.tanh(second[i]);
                    double g = (1 - tanh * tanh) * readout.w[i];
                    readout.gradient[i] += slope * tanh;
                    for (int j = 0; j < n; j++) {
                        hidden.gradient[i * n + j] += slope * g * phi1[j] / Math.sqrt(n);
                        below[j] += hidden.w[i * n + j] * g / Math.sqrt(n);
                    }
                }
                for (int i = 0; i < n; i++) {
                    double g = (1 - phi1[i] * phi1[i]) * below[i];
                    for (int d = 0; d < DIMENSION; d++) {
                        input.gradient[i * DIMENSION + d] += slope * g * x[d * POINTS + mu] / Math.sqrt(DIMENSION);
                    }
                }
            }
            for (Parameter parameter : List.of(input, hidden, readout)) {
                parameter.step(n, t + 1);
            }
        }
        double[] residuals = train(problem, n, 7).delta().data();
        for (int i = 0; i < expected.length; i++) {
            assertThat(residuals[i]).isCloseTo(expected[i], within(1e-9));
        }
    }

    private static final class Parameter {
        private final double[] w;
        private final double[] gradient;
        private final double[] m;
        private final double[] v;
        private final int fan;

        Parameter(int width, int layer, int count, int fan) {
            w = new double[count];
            InitialWeights.fill(w, 0, count, 7, width, layer, 0);
            gradient = new double[count];
            m = new double[count];
            v = new double[count];
            this.fan = fan;
        }

        void step(int n, int t) {
            for (int i = 0; i < w.length; i++) {
                m[i] = 0.9 * m[i] + 0.1 * gradient[i];
                v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
                double mean = m[i] / (1 - Math.pow(0.9, t));
                double square = v[i] / (1 - Math.pow(0.999, t));
                double epsilon = 1e-8 / (GAMMA0 * n * Math.sqrt(fan));
                w[i] -= GAMMA0 * ETA / Math.sqrt(fan) * mean / (Math.sqrt(square) + epsilon);
            }
            Arrays.fill(gradient, 0);
        }
    }

    /**
     * Mean over 8 networks of how far outputs and preactivations move in three steps: the same at N = 128 and 1024 within 15%, where a rate
     * that does not fall with N would move the preactivations of the wider ones {@code sqrt(8)} times as far.
     */
    @Test
    void networksOfEveryWidthMoveAlike() {
        double[] narrow = moved(128);
        double[] wide = moved(1024);
        for (int i = 0; i < narrow.length; i++) {
            assertThat(wide[i] / narrow[i]).as("quantity %d", i).isCloseTo(1, within(0.15));
        }
    }

    /** Root mean square change of the outputs, and of the kernel of each layer's features. */
    private static double[] moved(int width) {
        Problem problem = problem(3, 4);
        double[] moved = new double[4];
        for (int seed = 0; seed < 8; seed++) {
            OrderParameters result = train(problem, width, seed);
            double[] f = result.f().data();
            for (int mu = 0; mu < POINTS; mu++) {
                moved[0] += square(f[3 * POINTS + mu] - f[mu]);
            }
            for (int l = 0; l < 3; l++) {
                Tensor kernel = result.featureKernels().get(l);
                for (int mu = 0; mu < POINTS; mu++) {
                    double late = kernel.get(3, mu, 3, mu);
                    double early = kernel.get(0, mu, 0, mu);
                    moved[1 + l] += square(late - 2 * kernel.get(0, mu, 3, mu) + early);
                }
            }
        }
        return Arrays.stream(moved).map(Math::sqrt).toArray();
    }

    private static double square(double x) {
        return x * x;
    }

    @Test
    void theoriesAndConditionedWeightsRefuseAdam() {
        Problem problem = problem(2, 3);
        try (Backend backend = new CpuBackend()) {
            assertThatThrownBy(() -> new CausalSolver(64, 0).solve(problem, backend, Progress.NONE))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("training.optimizer: adam is not allowed");
            assertThatThrownBy(
                            () -> new NetworkTrainer(8, 0, Holding.CONDITIONED, backend).train(problem, Progress.NONE))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("training.optimizer adam");
        }
    }

    @Test
    void momentumBesideAdamIsRefused() {
        Training heavy = new Training(1, 0.1, 3, 0.5, 0, 0, Training.Dynamics.DESCENT, null);
        assertThatThrownBy(() -> heavy.withOptimizer(Training.Optimizer.ADAM))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.optimizer");
    }
}
