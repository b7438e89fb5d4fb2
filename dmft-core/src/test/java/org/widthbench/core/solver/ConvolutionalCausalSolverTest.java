package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.random.Threefry;

class ConvolutionalCausalSolverTest {
    private static final double[] LABELS = {1, -1, 1};

    private static OrderParameters solve(CausalSolver solver, Problem problem) {
        try (CpuBackend backend = new CpuBackend()) {
            return solver.solve(problem, backend);
        }
    }

    private static Network cnn(int depth, String activation, int kernel) {
        return new Network(Network.Architecture.CNN, depth, Activation.of(activation, 1), kernel);
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

    /** Expected: the solver of fully connected networks, on the same noise. */
    @ParameterizedTest
    @CsvSource({
        "tanh, 3, 0, 0, 0, DESCENT",
        "relu, 2, 0, 0, 0, DESCENT",
        "tanh, 2, 0.6, 0.2, 2, DESCENT",
        "tanh, 3, 0, 0, 0, FLOW"
    })
    void imagesOfOnePixelReproduceTheFullyConnectedNetwork(
            String activation, int depth, double momentum, double weightDecay, int batch, Training.Dynamics dynamics) {
        Training training = new Training(1.5, 0.3, 12, momentum, weightDecay, batch, dynamics, null);
        CausalSolver solver = new CausalSolver(256, 5).withForm(CausalSolver.Form.KERNEL);
        OrderParameters expected = solve(
                solver,
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

    /** Sample averages of a linear network are exact, so neither the noise nor the number of samples matters. */
    @Test
    void whitenedNoiseMakesLinearNetworkExact() {
        Problem problem = new Problem(gaussian(4, 3, 2, true), cnn(3, "linear", 3), Training.descent(1.5, 0.3, 12));
        OrderParameters reference = solve(exact(640, 0), problem);
        assertThat(reference.finalLoss()).isLessThan(0.6 * reference.loss()[0]);
        for (CausalSolver other : new CausalSolver[] {exact(640, 1), exact(900, 0)}) {
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
                .withoutResidualNoise()
                .withMaxPivots(samples);
    }
}
