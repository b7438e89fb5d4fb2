package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Mlp;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;
import org.widthbench.core.solver.CausalSolver;

/** Finite width from theory alone, beside a closed form and beside networks. */
class WidthTheoryTest {
    private static final int NETWORKS = 400;
    private static final int WIDTH = 200;

    private final Backend backend = new CpuBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    /**
     * One hidden linear layer and one point with |x|^2 = D: output and tangent kernel move among themselves,
     * {@code f' = f + eta K d + eta^2 gamma^2 f d^2, K' = K + 4 eta gamma^2 f d + eta^2 gamma^2 d^2 K} with d = y - (f - f(0)), from f = 0 and K = 2
     * with {@code N Cov = diag(1/gamma^2, 4)}: the exact Jacobian of the orbit gives all fluctuations. Standard errors over 200 draws.
     */
    @Test
    void oneLinearLayerScattersByTheJacobianOfTheCatapult() {
        double gamma = 2;
        double eta = 0.2;
        int steps = 30;
        double[] x = {1, -1, 1, 1};
        Problem problem = new Problem(
                new Dataset(new Tensor(new int[] {4, 1}, x), new double[] {1}),
                new Network(new Mlp(), 1, new Linear(), false),
                Training.descent(gamma, eta, steps));
        WidthTheory theory =
                WidthTheory.of(problem, new WidthTheory.Settings(512, 200, 0.05, 0, 3), backend, Progress.NONE);
        double step = 1e-6;
        for (int t : new int[] {1, 3, 6, 29}) {
            double[] byOutput = slope(orbit(step, 2, gamma, eta, t), orbit(-step, 2, gamma, eta, t), step);
            double[] byKernel = slope(orbit(0, 2 + step, gamma, eta, t), orbit(0, 2 - step, gamma, eta, t), step);
            double loss = Math.hypot(byOutput[0] / gamma, 2 * byKernel[0]);
            double kernel = Math.hypot(byOutput[1] / gamma, 2 * byKernel[1]);
            // Later the loss is exponentially small, and not linear in what 512 neurons scatter by.
            if (t <= 3) {
                requireClose("loss", theory.lossStd(), t, loss);
            }
            requireClose("NTK", theory.tangentStd(), t, kernel);
        }
    }

    private static double[] slope(double[] up, double[] down, double step) {
        return new double[] {(up[0] - down[0]) / (2 * step), (up[1] - down[1]) / (2 * step)};
    }

    /** Loss and tangent kernel after some steps from an output and a kernel. */
    private static double[] orbit(double start, double kernel, double gamma, double eta, int steps) {
        double f = start;
        double k = kernel;
        for (int t = 0; t < steps; t++) {
            double d = 1 - (f - start);
            double next = f + eta * k * d + eta * eta * gamma * gamma * f * d * d;
            k += 4 * eta * gamma * gamma * f * d + eta * eta * gamma * gamma * d * d * k;
            f = next;
        }
        double d = 1 - (f - start);
        return new double[] {d * d, k};
    }

    private static void requireClose(String what, WidthTheory.Estimate estimate, int t, double exact) {
        assertThat(estimate.value()[t]).as("%s at %d", what, t).isCloseTo(exact, within(3.5 * estimate.error()[t]));
    }

    /**
     * Two tanh layers, four points: 400 drawn networks of 200 neurons. Standard deviations of the loss are known to
     * {@code 1/sqrt(2 NETWORKS)} = 3.5%, the bias to the networks' standard error of the mean; what is of higher order in 1/N is below
     * 2%. Three standard errors of the difference.
     */
    @Test
    void tanhNetworksScatterMissAndMisalignAsTheorySays() {
        Problem problem = new Problem(
                new Dataset(Threefry.normal(3, 10, 4), new double[] {1, -1, 1, -1}),
                Network.mlp(2, Activation.of("tanh", 1)),
                Training.descent(1, 0.3, 20));
        WidthTheory theory =
                WidthTheory.of(problem, new WidthTheory.Settings(800, 40, 0.1, 0, 1), backend, Progress.NONE);
        long[] seeds = new long[NETWORKS];
        Arrays.setAll(seeds, i -> 1000L + i);
        List<OrderParameters> networks = NetworkTrainer.trainEnsemble(problem, WIDTH, seeds, backend, Progress.NONE);
        OrderParameters limit =
                new CausalSolver(1 << 15, 0).solve(problem, backend).results();
        for (int t : new int[] {1, 5, 8, 12}) {
            double mean = mean(networks, run -> run.loss()[t]);
            double variance = mean(networks, run -> (run.loss()[t] - mean) * (run.loss()[t] - mean));
            double std = Math.sqrt(WIDTH * variance);
            double error = Math.hypot(theory.lossStd().error()[t], (0.035 + 0.02) * std);
            assertThat(theory.lossStd().value()[t]).as("std at %d", t).isCloseTo(std, within(3 * error));
            double bias = WIDTH * (mean - limit.loss()[t]);
            double biasError = Math.hypot(theory.lossBias().error()[t], WIDTH * Math.sqrt(variance / NETWORKS));
            assertThat(theory.lossBias().value()[t]).as("bias at %d", t).isCloseTo(bias, within(3 * biasError));
        }
        for (int l = 0; l < 2; l++) {
            int layer = l;
            requireMisalignment(theory.misalignmentFeatures(), l, networks, run -> run.featureKernels()
                    .get(layer)
                    .data());
            requireMisalignment(theory.misalignmentGradients(), l, networks, run -> run.gradientKernels()
                    .get(layer)
                    .data());
        }
    }

    private interface Kernel {
        double[] of(OrderParameters run);
    }

    private static void requireMisalignment(
            WidthTheory.Estimate estimate, int layer, List<OrderParameters> networks, Kernel kernel) {
        double[] mean = new double[kernel.of(networks.get(0)).length];
        for (OrderParameters run : networks) {
            double[] own = kernel.of(run);
            Arrays.setAll(mean, i -> mean[i] + own[i] / networks.size());
        }
        ToDoubleFunction<OrderParameters> misalignment = run -> {
            double[] own = kernel.of(run);
            double product = 0;
            double square = 0;
            double meanSquare = 0;
            for (int i = 0; i < mean.length; i++) {
                product += own[i] * mean[i];
                square += own[i] * own[i];
                meanSquare += mean[i] * mean[i];
            }
            return WIDTH * (1 - product / Math.sqrt(square * meanSquare));
        };
        double seen = mean(networks, misalignment);
        double scatter = mean(networks, run -> Math.pow(misalignment.applyAsDouble(run) - seen, 2));
        double error = Math.hypot(estimate.error()[layer], Math.sqrt(scatter / networks.size()) + 0.05 * seen);
        assertThat(estimate.value()[layer]).as("layer %d", layer + 1).isCloseTo(seen, within(3 * error));
    }

    private static double mean(List<OrderParameters> runs, ToDoubleFunction<OrderParameters> quantity) {
        return runs.stream().mapToDouble(quantity).average().orElseThrow();
    }

    @Test
    void optimizersOfFullRankAreRefusedInOneLine() {
        Problem plain = Problems.gaussian(6, 4, 1, 3, new Linear(), Training.descent(1, 0.1, 3));
        Problem adam =
                new Problem(plain.dataset(), plain.network(), plain.training().withOptimizer(Training.Optimizer.ADAM));
        WidthTheory.Settings settings = WidthTheory.Settings.of(adam, 4, 0);
        assertThatThrownBy(() -> WidthTheory.of(adam, settings, backend, Progress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("training.optimizer: adam is not allowed; expected sgd");
    }
}
