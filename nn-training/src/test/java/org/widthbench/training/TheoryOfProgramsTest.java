package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Mlp;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.weights.Holding;

/**
 * The one program of an architecture that has no equations of its own, over infinitely many neurons and over ten thousand whose matrices
 * are never drawn.
 */
class TheoryOfProgramsTest {
    private static final int NETWORKS = 6;
    private static final int SOLVES = 4;

    static List<Arguments> architectures() {
        Residual stream = new Residual(1.2, 0.5);
        return List.of(
                Arguments.of("residual", new Mlp(stream), 3, "tanh", 0.2, 10_000, 0.9999),
                // Blocks of G at unequal times miss what toleranceR = 1e-3 leaves out.
                Arguments.of("residual relu", new Mlp(stream), 2, "relu", 0.2, 10_000, 0.999),
                Arguments.of("residual cnn", new Cnn(3, stream, Cnn.Scaling.MEAN_FIELD), 2, "tanh", 2, 1000, 0.999));
    }

    /**
     * Losses within three standard errors, of the mean over networks and of that over solves together; kernels align to what either
     * scatters, which falls like 1 over width and samples.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("architectures")
    void theoryAgreesWithTheMeanOfWideNetworks(
            String name, Architecture architecture, int depth, String activation, double eta, int width, double least) {
        Training training = Training.descent(1.5, eta, 20).withRecord(0, 10, 19);
        Network network = new Network(architecture, depth, Activation.of(activation, 1), false);
        Problem problem = architecture.takesImages()
                ? Problems.images(2, 3, 2, 3, 1, network, training)
                : new Problem(
                        new Dataset(Threefry.normal(2, 10, 6), new double[] {1, -1, 1, -1, 1}), network, training);
        try (CpuBackend backend = new CpuBackend()) {
            List<OrderParameters> networks = IntStream.range(0, NETWORKS)
                    .mapToObj(seed ->
                            new NetworkTrainer(width, seed, Holding.CONDITIONED, backend).train(problem, Progress.NONE))
                    .toList();
            List<OrderParameters> theory = IntStream.range(0, SOLVES)
                    .mapToObj(seed ->
                            new CausalSolver(4096, seed).solve(problem, backend).results())
                    .toList();
            for (int t : new int[] {5, 10, 15, 19}) {
                double error = Math.hypot(error(networks, t), error(theory, t));
                assertThat(mean(theory, t)).as("loss at %d", t).isCloseTo(mean(networks, t), within(3 * error));
            }
            for (int l = 0; l < network.layers(); l++) {
                assertThat(alignment(networks, theory, l, true))
                        .as("Phi %d", l + 1)
                        .isGreaterThan(least);
                assertThat(alignment(networks, theory, l, false))
                        .as("G %d", l + 1)
                        .isGreaterThan(least);
            }
        }
    }

    private static double mean(List<OrderParameters> runs, int t) {
        return runs.stream().mapToDouble(run -> run.loss()[t]).average().orElseThrow();
    }

    private static double error(List<OrderParameters> runs, int t) {
        double mean = mean(runs, t);
        double sum = runs.stream()
                .mapToDouble(run -> Math.pow(run.loss()[t] - mean, 2))
                .sum();
        return Math.sqrt(sum / (runs.size() - 1) / runs.size());
    }

    private static double alignment(List<OrderParameters> a, List<OrderParameters> b, int l, boolean features) {
        double[] x = mean(a, l, features);
        double[] y = mean(b, l, features);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += x[i] * y[i];
            xx += x[i] * x[i];
            yy += y[i] * y[i];
        }
        return xy / Math.sqrt(xx * yy);
    }

    private static double[] mean(List<OrderParameters> runs, int l, boolean features) {
        double[] sum = new double[runs.get(0).featureKernels().get(l).data().length];
        for (OrderParameters run : runs) {
            Tensor k = (features ? run.featureKernels() : run.gradientKernels()).get(l);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += k.data()[i] / runs.size();
            }
        }
        return sum;
    }
}
