package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Loss;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;
import org.widthbench.core.solver.CausalSolver;

/**
 * The infinite-width solver beside the mean of networks: the check that no other solver can make, for every
 * activation, depth and optimizer. Networks lie O(1/N) off the limit; 3% of the loss covers that, the rest of the
 * tolerance is three standard errors of the mean.
 */
class TheoryAgainstNetworksTest {
    /** {@code -Dwidthbench.fullSize=true} runs the full statement: eight networks of width 2000. */
    private static final boolean FULL_SIZE = Boolean.getBoolean("widthbench.fullSize");

    private static final int NETWORKS = FULL_SIZE ? 8 : 6;
    private static final int WIDTH = FULL_SIZE ? 2000 : 600;
    private static final int SAMPLES = 2048;

    /** Warm-up, a plateau above the standard rate, a step without learning, decay. */
    private static final double[] SCHEDULE = {0.2, 0.5, 1, 1.5, 1.5, 1.5, 0, 1, 1, 0.7, 0.5, 0.5, 0.2, 0.2, 0.1};

    @ParameterizedTest
    @CsvSource({
        "relu, 1, 0, 0, 0, MSE, false",
        "relu, 2, 0, 0, 0, MSE, false",
        "relu, 3, 0, 0, 0, MSE, false",
        "softplus, 1, 0, 0, 0, MSE, false",
        "softplus, 2, 0, 0, 0, MSE, false",
        "softplus, 3, 0, 0, 0, MSE, false",
        "erf, 1, 0, 0, 0, MSE, false",
        "erf, 2, 0, 0, 0, MSE, false",
        "erf, 3, 0, 0, 0, MSE, false",
        "tanh, 2, 0.7, 0, 0, MSE, false",
        "tanh, 2, 0, 0.3, 0, MSE, false",
        "tanh, 2, 0.5, 0.2, 2, MSE, false",
        "tanh, 2, 0.5, 0.2, 0, MSE, false",
        "tanh, 2, 0, 0, 0, MSE, true",
        "tanh, 2, 0, 0, 0, LOGISTIC, false",
    })
    void solverAgreesWithTheMeanOfNetworks(
            String activation,
            int depth,
            double momentum,
            double weightDecay,
            int batch,
            Loss loss,
            boolean scheduled) {
        // Softplus features have a large mean, so its tangent kernel is stiff.
        double eta = activation.equals("softplus") ? 0.05 : 0.25;
        Training training =
                new Training(1, eta, 15, momentum, weightDecay, batch, Training.Dynamics.DESCENT, null).withLoss(loss);
        if (scheduled) {
            training = training.withSchedule(SCHEDULE);
        }
        Problem problem = new Problem(
                new Dataset(Threefry.normal(2, 10, 5), new double[] {1, 1, -1, -1}),
                Network.mlp(depth, Activation.of(activation, 1)),
                training);
        OrderParameters theory;
        try (CpuBackend backend = new CpuBackend()) {
            theory = new CausalSolver(SAMPLES, 0).solve(problem, backend).results();
        }
        List<OrderParameters> networks = IntStream.range(0, NETWORKS)
                .mapToObj(seed -> Problems.trained(problem, WIDTH, seed, FieldPrecision.FLOAT32))
                .toList();

        for (int t = 0; t < training.steps(); t++) {
            int step = t;
            double[] networkLosses = networks.stream()
                    .mapToDouble(network -> network.loss()[step])
                    .toArray();
            double mean = mean(networkLosses);
            double variance = 0;
            for (double networkLoss : networkLosses) {
                variance += (networkLoss - mean) * (networkLoss - mean) / (NETWORKS - 1);
            }
            double allowed = 3 * Math.sqrt(variance / NETWORKS) + 0.03 * mean + 1e-12;
            assertThat(theory.loss()[t]).as("loss at step %d", t).isCloseTo(mean, within(allowed));
        }
        for (int l = 0; l < depth; l++) {
            int layer = l;
            assertThat(alignment(
                            theory.featureKernels().get(l),
                            networks.stream()
                                    .map(network -> network.featureKernels().get(layer))
                                    .toList()))
                    .as("Phi of layer %d", l + 1)
                    .isGreaterThan(0.99);
            assertThat(alignment(
                            theory.gradientKernels().get(l),
                            networks.stream()
                                    .map(network -> network.gradientKernels().get(layer))
                                    .toList()))
                    .as("G of layer %d", l + 1)
                    .isGreaterThan(0.99);
        }
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value / values.length;
        }
        return sum;
    }

    /** Alignment of a kernel with the mean of others. */
    private static double alignment(Tensor kernel, List<Tensor> others) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < kernel.data().length; i++) {
            double a = kernel.data()[i];
            double b = 0;
            for (Tensor other : others) {
                b += other.data()[i] / others.size();
            }
            ab += a * b;
            aa += a * a;
            bb += b * b;
        }
        return ab / Math.sqrt(aa * bb);
    }
}
