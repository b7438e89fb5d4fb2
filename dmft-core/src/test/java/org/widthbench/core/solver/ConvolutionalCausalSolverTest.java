package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class ConvolutionalCausalSolverTest {
    private static final double[] LABELS = {1, -1, 1};

    private static OrderParameters solve(CausalSolver solver, Problem problem) {
        try (CpuBackend backend = new CpuBackend()) {
            return solver.solve(problem, backend).results();
        }
    }

    private static Network cnn(int depth, String activation, int kernel) {
        return Network.cnn(depth, Activation.of(activation, 1), kernel);
    }

    /** Four gaussian points, the last a test point, as columns or as images. */
    private static Dataset gaussian(int height, int width, int channels, boolean images) {
        int dimension = height * width * channels;
        Tensor columns = Threefry.normal(3, dimension, 4);
        if (!images) {
            return new Dataset(columns, LABELS);
        }
        Tensor pixels = Tensor.zeros(4, height, width, channels);
        for (int i = 0; i < columns.data().length; i++) {
            pixels.data()[i % 4 * dimension + i / 4] = columns.data()[i];
        }
        return new Dataset(pixels, LABELS);
    }

    private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).containsExactly(expected.shape());
        assertThat(actual.data()).containsExactly(expected.data(), within(tolerance));
    }

    /** Expected: the solver of fully connected networks, on the same noise, which leaves nothing out of what it learned. */
    @ParameterizedTest
    @CsvSource({
        "tanh, 3, 0, 0, 0, DESCENT, KERNEL",
        "relu, 2, 0, 0, 0, DESCENT, KERNEL",
        "tanh, 2, 0.6, 0.2, 2, DESCENT, KERNEL",
        "tanh, 3, 0, 0, 0, FLOW, KERNEL",
        "tanh, 3, 0, 0, 0, DESCENT, ACCUMULATOR",
        "relu, 2, 0.6, 0.2, 2, DESCENT, ACCUMULATOR",
        "tanh, 3, 0, 0, 0, FLOW, ACCUMULATOR"
    })
    void imagesOfOnePixelReproduceTheFullyConnectedNetwork(
            String activation,
            int depth,
            double momentum,
            double weightDecay,
            int batch,
            Training.Dynamics dynamics,
            CausalSolver.Form form) {
        Training training = new Training(1.5, 0.3, 12, momentum, weightDecay, batch, dynamics, null);
        CausalSolver solver = new CausalSolver(256, 5).withForm(form);
        OrderParameters expected = solve(
                solver.withForm(CausalSolver.Form.ACCUMULATOR),
                new Problem(gaussian(1, 1, 6, false), Network.mlp(depth, Activation.of(activation, 1)), training));
        OrderParameters actual =
                solve(solver, new Problem(gaussian(1, 1, 6, true), cnn(depth, activation, 1), training));

        assertClose(actual.f(), expected.f(), 1e-9);
        assertClose(actual.delta(), expected.delta(), 1e-9);
        assertThat(actual.loss()).containsExactly(expected.loss(), within(1e-9));
        assertClose(actual.ntk(), expected.ntk(), 1e-8);
        for (int l = 0; l < depth; l++) {
            assertClose(
                    actual.featureKernels().get(l), expected.featureKernels().get(l), 1e-9);
            assertClose(
                    actual.gradientKernels().get(l), expected.gradientKernels().get(l), 1e-9);
            assertClose(
                    actual.preactivations().get(l), expected.preactivations().get(l), 1e-8);
            assertClose(actual.pullbacks().get(l), expected.pullbacks().get(l), 1e-8);
        }
    }

    /** Expected: the plain kernel form, on the same noise; with pivots capped and uncapped, over filters that leave the image. */
    @ParameterizedTest
    @CsvSource({
        "tanh, 3, 4, 3, 3, 0, 0, 0, DESCENT, 0",
        "relu, 2, 3, 3, 3, 0.6, 0.2, 2, DESCENT, 40",
        "tanh, 2, 2, 3, 5, 0, 0.1, 3, DESCENT, 30",
        "relu, 2, 4, 2, 3, 0, 0, 0, FLOW, 0"
    })
    void bothFormsFollowTheSameSamplePath(
            String activation,
            int depth,
            int height,
            int width,
            int kernel,
            double momentum,
            double weightDecay,
            int batch,
            Training.Dynamics dynamics,
            int maxPivots) {
        Training training = new Training(1.5, 0.3, 10, momentum, weightDecay, batch, dynamics, new int[] {0, 4, 9});
        Problem problem = new Problem(gaussian(height, width, 2, true), cnn(depth, activation, kernel), training);
        CausalSolver solver =
                new CausalSolver(300, 5).withTolerances(1e-5, 0.02).withMaxPivots(maxPivots);
        Solution expected = measure(solver.withForm(CausalSolver.Form.KERNEL), problem);
        Solution actual = measure(solver.withForm(CausalSolver.Form.ACCUMULATOR), problem);

        assertThat(actual.pivots().forward()).isEqualTo(expected.pivots().forward());
        assertThat(actual.pivots().backward()).isEqualTo(expected.pivots().backward());
        assertClose(actual.results().f(), expected.results().f(), 1e-9);
        assertClose(actual.results().ntk(), expected.results().ntk(), 1e-8);
        for (int l = 0; l < depth; l++) {
            assertClose(
                    actual.results().featureKernels().get(l),
                    expected.results().featureKernels().get(l),
                    1e-9);
            assertClose(
                    actual.results().gradientKernels().get(l),
                    expected.results().gradientKernels().get(l),
                    1e-9);
            assertClose(
                    actual.results().layers("PhiPixels").get(l),
                    expected.results().layers("PhiPixels").get(l),
                    1e-9);
        }
    }

    /**
     * Expected: {@code NTK = Phi^L of means + sum_l sum_{ab} G^{l+1}_{ab} S(Phi^l)_{ab}} from arc-cosine and arc-sine kernels. Entries
     * are averages of 4096 samples, with a relative standard error of 1/64 at most.
     */
    @ParameterizedTest
    @CsvSource({"relu, KERNEL", "erf, ACCUMULATOR"})
    void theTangentKernelOfTheUntrainedNetworkIsTheClosedForm(String activation, CausalSolver.Form form) {
        int depth = 3;
        Dataset images = gaussian(3, 4, 2, true);
        Problem problem = new Problem(images, cnn(depth, activation, 3), Training.descent(1, 0.1, 1));
        double[] actual =
                solve(new CausalSolver(4096, 1).withForm(form), problem).ntk().data();
        double[] expected = untrainedTangentKernel(new FilterShifts(3, 4, 3), images, activation, depth);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(3.0 / 64 * expected[0]));
        }
    }

    private static double[] untrainedTangentKernel(FilterShifts shifts, Dataset images, String activation, int depth) {
        int pixels = shifts.pixels();
        int n = 4 * pixels;
        double[][] covariances = new double[depth + 1][];
        ActivationMoments[] moments = new ActivationMoments[depth];
        covariances[0] = shifts.inputKernel(images.inputs());
        for (int l = 0; l < depth; l++) {
            moments[l] = ActivationMoments.of(Activation.of(activation, 1), covariances[l], n);
            covariances[l + 1] = shifts.average(moments[l].values(), n);
        }
        double[] ntk = new double[16];
        double[] gradient = new double[n * n];
        java.util.Arrays.fill(gradient, 1.0 / (pixels * pixels));
        addPixelSums(gradient, moments[depth - 1].values(), ntk);
        for (int l = depth - 1; l >= 0; l--) {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= moments[l].derivatives()[i];
            }
            addPixelSums(gradient, covariances[l], ntk);
            gradient = shifts.average(gradient, n);
        }
        return ntk;
    }

    private static void addPixelSums(double[] x, double[] y, double[] total) {
        int n = (int) Math.sqrt(x.length);
        for (int i = 0; i < x.length; i++) {
            total[i / n / (n / 4) * 4 + i % n / (n / 4)] += x[i] * y[i];
        }
    }

    private static Solution measure(CausalSolver solver, Problem problem) {
        try (CpuBackend backend = new CpuBackend()) {
            return solver.solve(problem.observing(Observables.PIXEL_KERNELS), backend);
        }
    }

    /** Sample averages of a linear network are exact, so neither the noise nor the number of samples matters. */
    @Test
    void whitenedNoiseMakesLinearNetworkExact() {
        Problem problem = new Problem(gaussian(4, 3, 2, true), cnn(3, "linear", 3), Training.descent(1.5, 0.3, 12));
        OrderParameters reference = solve(exact(640, 0), problem);
        assertThat(reference.finalLoss()).isLessThan(0.6 * reference.loss()[0]);
        for (CausalSolver other :
                new CausalSolver[] {exact(640, 1), exact(900, 0), exact(640, 2).withForm(CausalSolver.Form.ACCUMULATOR)
                }) {
            OrderParameters actual = solve(other, problem);
            assertClose(actual.f(), reference.f(), 2e-6);
            assertClose(actual.ntk(), reference.ntk(), 2e-5);
            for (int l = 0; l < 3; l++) {
                assertClose(
                        actual.featureKernels().get(l),
                        reference.featureKernels().get(l),
                        2e-5);
                assertClose(
                        actual.gradientKernels().get(l),
                        reference.gradientKernels().get(l),
                        2e-5);
            }
        }
    }

    private static CausalSolver exact(int samples, long seed) {
        return new CausalSolver(samples, seed)
                .withTolerances(1e-9, 1e-9)
                .withResidualNoise(false)
                .withMaxPivots(samples);
    }
}
