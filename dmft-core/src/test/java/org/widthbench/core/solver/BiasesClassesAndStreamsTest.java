package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

/** Biases, several outputs and online data, where linear networks make the solver exact. */
class BiasesClassesAndStreamsTest {
    private static final int STEPS = 8;
    private static final int BATCH = 3;
    private static final int DIMENSION = 5;

    private static Problem stream(int testPoints, Training training) {
        int trained = STEPS * BATCH;
        Tensor x = Threefry.normal(4, DIMENSION, trained + testPoints);
        double[] y = new double[trained];
        for (int mu = 0; mu < trained; mu++) {
            y[mu] = Math.sin(2 * x.get(0, mu)) + x.get(1, mu);
        }
        return new Problem(new Dataset(x, y), Network.mlp(3, new Linear()), training);
    }

    private static OrderParameters exact(Problem problem, int samples, long seed) {
        try (CpuBackend backend = new CpuBackend()) {
            return new CausalSolver(samples, seed)
                    .withTolerances(1e-10, 1e-10)
                    .withResidualNoise(false)
                    .solve(problem, backend)
                    .results();
        }
    }

    /**
     * Expected numbers: the closed equations of section 4.3 for ordinary minibatches of the same points, whose first epoch
     * sees every point once.
     */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.5, 0.2"})
    void onlineDescentIsTheFirstEpochOfMinibatchDescent(double momentum, double weightDecay) {
        Training batches = new Training(
                1.2, 0.15, STEPS, momentum, weightDecay, BATCH, Training.Dynamics.DESCENT, new int[] {0, 3, 7});
        Problem minibatch = stream(4, batches);
        Problem online = stream(4, batches.withOnlineBatch(BATCH));
        OrderParameters expected = new LinearSolver(2, 0).solve(minibatch, null).results();
        OrderParameters actual = exact(online, 300, 5);
        PointSchedule schedule = PointSchedule.of(online);
        assertThat(actual.f().shape()).containsExactly(STEPS, BATCH + 4);
        assertThat(actual.delta().shape()).containsExactly(STEPS, BATCH);
        for (int t = 0; t < STEPS; t++) {
            int[] points = schedule.points(t);
            double loss = 0;
            for (int row = 0; row < points.length; row++) {
                assertThat(actual.f().get(t, row)).isCloseTo(expected.f().get(t, points[row]), within(1e-6));
                if (row < BATCH) {
                    double residual = minibatch.dataset().targets()[points[row]]
                            - expected.f().get(t, points[row]);
                    loss += residual * residual / BATCH;
                }
            }
            assertThat(actual.loss()[t]).isCloseTo(loss, within(1e-5));
        }
        for (int r = 0; r < 3; r++) {
            int[] points = schedule.points(batches.record()[r]);
            for (int row = 0; row < points.length; row++) {
                for (int other = 0; other < points.length; other++) {
                    assertThat(actual.ntk().get(r, row, other))
                            .isCloseTo(expected.ntk().get(r, points[row], points[other]), within(1e-4));
                    assertThat(actual.featureKernels().get(2).get(r, row, 0, other))
                            .isCloseTo(
                                    expected.featureKernels().get(2).get(r, points[row], 0, schedule.points(0)[other]),
                                    within(1e-5));
                }
            }
        }
    }

    @Test
    void everyPointOfAStreamIsSeenOnce() {
        Problem online = stream(2, Training.descent(1, 0.1, STEPS).withOnlineBatch(BATCH));
        int[] order = PointSchedule.streamOrder(STEPS, BATCH);
        boolean[] seen = new boolean[STEPS * BATCH];
        for (int t = 0; t < STEPS; t++) {
            int[] points = PointSchedule.of(online).points(t);
            for (int row = 0; row < BATCH; row++) {
                assertThat(seen[points[row]]).isFalse();
                seen[points[row]] = true;
            }
            assertThat(points).endsWith(STEPS * BATCH, STEPS * BATCH + 1);
            assertThat(points).startsWith(Arrays.copyOfRange(order, t * BATCH, (t + 1) * BATCH));
        }
    }

    @Test
    void aStreamTooShortForTheStepsIsRefused() {
        assertThatThrownBy(() -> stream(0, Training.descent(1, 0.1, STEPS + 1).withOnlineBatch(BATCH)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.online")
                .hasMessageContaining("27");
    }

    /** A Monte Carlo error would show as a difference between seeds; there is none in a linear network. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void biasedLinearNetworksDoNotDependOnTheSeed(int outputs) {
        Tensor x = Threefry.normal(3, 6, 5);
        double[] y = new double[4 * outputs];
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.cos(3 * i);
        }
        Problem problem = new Problem(
                new Dataset(x, y, outputs),
                Network.mlp(3, new Linear()).withBias(true),
                new Training(1.2, 0.1, 10, 0.5, 0.1, 2, Training.Dynamics.DESCENT, null));
        OrderParameters one = exact(problem, 400, 1);
        OrderParameters two = exact(problem, 500, 2);
        assertThat(one.f().data()).containsExactly(two.f().data(), within(1e-6));
        assertThat(one.featureKernels().get(2).data())
                .containsExactly(two.featureKernels().get(2).data(), within(1e-5));
        assertThat(one.gradientKernels().get(0).data())
                .containsExactly(two.gradientKernels().get(0).data(), within(1e-5));
        assertThat(one.ntk().data()).containsExactly(two.ntk().data(), within(1e-4));
    }

    /** At initialization by hand: {@code Phi^l = K^x + l}, {@code G^l = 1}, so the NTK is (L+1) K^x + the biases' share. */
    @Test
    void biasesAddOneToEveryCovariance() {
        Tensor x = Threefry.normal(3, 6, 4);
        Problem problem = new Problem(
                new Dataset(x, new double[] {1, -1, 1, -1}),
                Network.mlp(2, new Linear()).withBias(true),
                Training.descent(1, 0.1, 1));
        OrderParameters start = exact(problem, 100, 0);
        double[] k = problem.inputKernel().data();
        for (int i = 0; i < 16; i++) {
            assertThat(start.featureKernels().get(0).data()[i]).isCloseTo(k[i] + 1, within(1e-8));
            assertThat(start.featureKernels().get(1).data()[i]).isCloseTo(k[i] + 2, within(1e-8));
            // Phi^2 + G^2 (Phi^1 + 1) + G^1 (K + 1)
            assertThat(start.ntk().data()[i]).isCloseTo(k[i] + 2 + k[i] + 2 + k[i] + 1, within(1e-8));
        }
        OrderParameters frozen =
                new StaticKernelSolver(2, 0).solve(problem, null).results();
        assertThat(frozen.ntk().data()).containsExactly(start.ntk().data(), within(1e-8));
        assertThat(frozen.featureKernels().get(1).data())
                .containsExactly(start.featureKernels().get(1).data(), within(1e-8));
    }

    /**
     * Expected numbers: one output at a time. In the lazy limit outputs do not act on each other; at gamma0 = 0.01 what
     * remains is of order gamma0^2.
     */
    @Test
    void lazyOutputsAreIndependent() {
        Tensor x = Threefry.normal(3, 6, 5);
        double[][] columns = {{1, -1, 0.5, 0.3}, {0.2, 0.4, -1, 0.1}};
        double[] y = new double[8];
        for (int i = 0; i < 8; i++) {
            y[i] = columns[i % 2][i / 2];
        }
        Training training = Training.descent(0.01, 0.3, 10);
        Network network = Network.mlp(2, new Tanh(0.8));
        OrderParameters both;
        try (CpuBackend backend = new CpuBackend()) {
            both = new CausalSolver(4096, 1)
                    .solve(new Problem(new Dataset(x, y, 2), network, training), backend)
                    .results();
        }
        for (int c = 0; c < 2; c++) {
            OrderParameters single = new StaticKernelSolver(2, 0)
                    .solve(new Problem(new Dataset(x, columns[c]), network, training), null)
                    .results();
            for (int mu = 0; mu < 5; mu++) {
                assertThat(both.f().get(9, mu, c)).isCloseTo(single.f().get(9, mu), within(0.02));
            }
        }
    }

    /** Expected numbers: frozen kernels with biases; at gamma0 = 0.01 what remains is of order gamma0^2. */
    @Test
    void lazyBiasedNetworksFollowTheStaticKernels() {
        Problem problem = new Problem(
                new Dataset(Threefry.normal(3, 6, 5), new double[] {1, -1, 0.5, 0.3}),
                Network.mlp(2, new Tanh(0.8)).withBias(true),
                Training.descent(0.01, 0.3, 10));
        OrderParameters frozen =
                new StaticKernelSolver(2, 0).solve(problem, null).results();
        try (CpuBackend backend = new CpuBackend()) {
            assertThat(new CausalSolver(4096, 1)
                            .solve(problem, backend)
                            .results()
                            .f()
                            .data())
                    .containsExactly(frozen.f().data(), within(0.03));
        }
    }

    /** Expected numbers: logistic loss of one output f, whose two-class softmax has the logits f/2 and -f/2. */
    @Test
    void crossEntropyOfTwoClassesIsTheLogisticLoss() {
        double[] residuals = new double[2];
        for (double f : new double[] {-30, -1, 0, 0.7, 40}) {
            double value =
                    Loss.CROSS_ENTROPY.evaluate(new double[] {1, 0}, 0, new double[] {f / 2, -f / 2}, 0, residuals);
            assertThat(value).isCloseTo(Loss.LOGISTIC.value(1, f), within(1e-12));
            assertThat(residuals[0]).isCloseTo(Loss.LOGISTIC.residual(1, f), within(1e-12));
            assertThat(residuals[1]).isCloseTo(-Loss.LOGISTIC.residual(1, f), within(1e-12));
        }
    }
}
