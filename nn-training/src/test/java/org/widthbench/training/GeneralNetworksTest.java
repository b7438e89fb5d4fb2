package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Mlp;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.data.TeacherSource;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.NetworkRealization;
import org.widthbench.core.weights.Realization;

/** Networks with biases, several outputs and online data: their gradients, and the theory of them. */
class GeneralNetworksTest {
    private static final double ROUNDING = 1e-11;
    /** Central differences at this distance are good to about 1e-10. */
    private static final double DISTANCE = 1e-5;

    private final CpuBackend backend = new CpuBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    /** One-hot labels of as many classes, or one column of +-1. */
    private static Problem problem(
            int dimension, int trained, int tested, int outputs, Network network, Training training) {
        int points = trained + tested;
        double[] x = new double[dimension * points];
        NormalNoise.fill(x, 0, x.length, 21, 0, 0);
        double[] y = new double[trained * outputs];
        for (int mu = 0; mu < trained; mu++) {
            y[mu * outputs + mu % outputs] = outputs == 1 && mu % 2 == 1 ? -1 : 1;
        }
        return new Problem(new Dataset(new Tensor(new int[] {dimension, points}, x), y, outputs), network, training);
    }

    /** Expected numbers: the slope of the loss by central differences, for every weight, bias and read-out weight. */
    @ParameterizedTest
    @CsvSource({
        "linear, 1, false, 0, MSE",
        "relu, 1, false, 0, MSE",
        "erf, 1, false, 0, MSE",
        "softplus, 1, true, 0, MSE",
        "tanh, 3, false, 0, MSE",
        "tanh, 3, true, 0, MSE",
        "tanh, 3, true, 0, CROSS_ENTROPY",
        "tanh, 1, false, 1.3, MSE",
        "tanh, 2, false, 0.7, MSE"
    })
    void everyParameterMovesDownTheNumericalGradientOfTheLoss(
            String activation, int outputs, boolean bias, double branch, Loss loss) {
        int width = 5;
        int trained = 4;
        double eta = 0.3;
        double gamma0 = 0.7;
        Problem problem = problem(
                3,
                trained,
                2,
                outputs,
                new Network(
                        new Mlp(branch > 0 ? new Residual(branch, 0.5) : Residual.NONE),
                        2,
                        Activation.of(activation, 0.8),
                        bias),
                Training.descent(gamma0, eta, 4).withLoss(loss));
        int[] all = {0, 1, 2, 3};
        LinearOptimizer optimizer = LinearOptimizer.of(problem.training());
        try (Realization realization =
                new NetworkRealization(backend, Holding.DENSE, new long[] {3}, width, optimizer)) {
            Program network = problem.program(realization, trained + 2);
            network.present(0, 1, 2, 3, 4, 5);
            ResidualHistory history = new ResidualHistory(problem);
            for (int t = 0; t < 2; t++) {
                network.forward();
                double[] residuals = history.append(t, network.outputs());
                network.backward(all);
                network.learn(drive(problem, residuals), 1);
            }
            DoubleSupplier objective = () -> {
                network.forward();
                history.append(2, network.outputs());
                return history.loss(2) / (loss == Loss.MSE ? 2 : 1);
            };
            Matrix[] parameters = network.state().entrySet().stream()
                    .filter(entry -> !entry.getKey().contains("Velocity"))
                    .map(Map.Entry::getValue)
                    .toArray(Matrix[]::new);
            assertThat(parameters).hasSize(bias ? 5 : branch > 0 ? 4 : 3);
            double[][] slopes = new double[parameters.length][];
            double[][] before = new double[parameters.length][];
            for (int i = 0; i < parameters.length; i++) {
                before[i] = values(parameters[i]);
                slopes[i] = slopes(parameters[i], objective);
            }
            network.forward();
            double[] residuals = history.append(2, network.outputs());
            network.backward(all);
            network.learn(drive(problem, residuals), 1);
            for (int i = 0; i < parameters.length; i++) {
                double[] after = values(parameters[i]);
                double largest = Arrays.stream(slopes[i]).map(Math::abs).max().orElseThrow();
                assertThat(largest).isGreaterThan(1e-4);
                for (int j = 0; j < after.length; j++) {
                    assertThat((after[j] - before[i][j]) / (eta * gamma0 * gamma0 * width))
                            .as("parameter %d entry %d", i, j)
                            .isCloseTo(-slopes[i][j], within(1e-7 * largest));
                }
            }
        }
    }

    private static double[] drive(Problem problem, double[] residuals) {
        return Arrays.stream(residuals)
                .map(each -> problem.updateScale() * each)
                .toArray();
    }

    private double[] values(Matrix matrix) {
        double[] values = new double[matrix.rows() * matrix.columns()];
        backend.download(matrix, values);
        return values;
    }

    private double[] slopes(Matrix parameter, DoubleSupplier objective) {
        double[] values = values(parameter);
        double[] slopes = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            double kept = values[i];
            values[i] = kept + DISTANCE;
            backend.upload(values, parameter);
            double above = objective.getAsDouble();
            values[i] = kept - DISTANCE;
            backend.upload(values, parameter);
            slopes[i] = (above - objective.getAsDouble()) / (2 * DISTANCE);
            values[i] = kept;
            backend.upload(values, parameter);
        }
        return slopes;
    }

    /** Expected numbers: the same network on ordinary minibatches, whose first epoch sees every point once. */
    @Test
    void onlineTrainingIsTheFirstEpochOfMinibatches() {
        Training batches = new Training(1, 0.3, 5, 0.5, 0.1, 3, Training.Dynamics.DESCENT, new int[] {0, 4});
        Network network = Network.mlp(2, new Tanh(0.8));
        Problem minibatch = problem(4, 15, 2, 1, network, batches);
        Problem online = problem(4, 15, 2, 1, network, batches.withOnlineBatch(3));
        OrderParameters expected = new NetworkTrainer(30, 1, backend).train(minibatch);
        OrderParameters actual = new NetworkTrainer(30, 1, backend).train(online);
        for (int t = 0; t < 5; t++) {
            int[] points = PointSchedule.of(online).points(t);
            for (int row = 0; row < points.length; row++) {
                assertThat(actual.f().get(t, row)).isCloseTo(expected.f().get(t, points[row]), within(ROUNDING));
            }
        }
        int[] last = PointSchedule.of(online).points(4);
        for (int row = 0; row < last.length; row++) {
            assertThat(actual.gradientKernels().get(0).get(1, row, 1, 0))
                    .isCloseTo(expected.gradientKernels().get(0).get(1, last[row], 1, last[0]), within(ROUNDING));
            assertThat(actual.ntk().get(1, row, 0))
                    .isCloseTo(expected.ntk().get(1, last[row], last[0]), within(ROUNDING));
        }
    }

    /** Expected numbers: the mean of networks on the same stream, within its standard error and O(1/N). */
    @Test
    void theoryOfOnlineDescentAgreesWithNetworksOnTheSameStream() {
        Training training = Training.descent(1, 0.5, 24).withOnlineBatch(8).withRecord(0, 23);
        Problem problem =
                new Problem(new TeacherSource(10, 192, 6, 1, 0).load(), Network.mlp(2, new Tanh(0.8)), training);
        compare(problem, 2048, 400, 6, 0.995);
    }

    /**
     * G of ReLU spreads by 6% over seeds at S = 2048 and by 5% over means of six networks of 500: 1 - alignment of .0019 and .0015. Four times the samples
     * leave the networks' share, a third of the bound.
     */
    @ParameterizedTest
    @CsvSource({"tanh, 3, 1, 0.2, true, MSE", "relu, 2, 3, 0.4, false, MSE", "tanh, 2, 3, 0.4, true, CROSS_ENTROPY"})
    void theoryOfBiasesAndSeveralOutputsAgreesWithNetworks(
            String activation, int depth, int outputs, double eta, boolean bias, Loss loss) {
        Training training = Training.descent(1.5, eta, 12).withLoss(loss).withRecord(0, 11);
        Network network = Network.mlp(depth, Activation.of(activation, 1)).withBias(bias);
        compare(problem(8, 5, 1, outputs, network, training), 8192, 500, 6, 0.995);
    }

    private void compare(Problem problem, int samples, int width, int networks, double least) {
        OrderParameters theory =
                new CausalSolver(samples, 0).solve(problem, backend).results();
        List<OrderParameters> trained = NetworkTrainer.trainEnsemble(
                problem, width, LongStream.range(0, networks).toArray(), backend, Progress.NONE);
        int rows = theory.f().data().length;
        int perTime = rows / problem.training().steps();
        double meanMove = 0;
        for (int i = rows - perTime; i < rows; i++) {
            double[] own = entries(trained, i);
            double mean = Arrays.stream(own).average().orElseThrow();
            double square = Arrays.stream(own).map(f -> (f - mean) * (f - mean)).sum();
            double error = Math.sqrt(square / (networks - 1) / networks);
            meanMove += Math.abs(mean) / perTime;
            assertThat(error).isLessThan(0.1);
            assertThat(theory.f().data()[i]).as("f %d +- %s", i, error).isCloseTo(mean, within(4 * error + 0.02));
        }
        // Predictions of order 1, or agreement would say nothing.
        assertThat(meanMove).isGreaterThan(0.15);
        for (int l = 0; l < theory.depth(); l++) {
            int layer = l;
            assertThat(alignment(
                            theory.featureKernels().get(l),
                            trained.stream()
                                    .map(network -> network.featureKernels().get(layer))
                                    .toList()))
                    .as("Phi %d", l + 1)
                    .isGreaterThan(least);
            assertThat(alignment(
                            theory.gradientKernels().get(l),
                            trained.stream()
                                    .map(network -> network.gradientKernels().get(layer))
                                    .toList()))
                    .as("G %d", l + 1)
                    .isGreaterThan(least);
        }
        assertThat(alignment(
                        theory.ntk(), trained.stream().map(OrderParameters::ntk).toList()))
                .isGreaterThan(least);
    }

    private static double[] entries(List<OrderParameters> networks, int index) {
        return networks.stream()
                .mapToDouble(network -> network.f().data()[index])
                .toArray();
    }

    /** Alignment of a tensor with the mean of others. */
    private static double alignment(Tensor one, List<Tensor> others) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        assertThat(others.get(0).shape()).containsExactly(one.shape());
        for (int i = 0; i < one.data().length; i++) {
            int index = i;
            double b = others.stream()
                    .mapToDouble(other -> other.data()[index])
                    .average()
                    .orElseThrow();
            ab += one.data()[i] * b;
            aa += one.data()[i] * one.data()[i];
            bb += b * b;
        }
        return ab / Math.sqrt(aa * bb);
    }
}
