package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Architecture;
import org.widthbench.core.architecture.Architectures;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.weights.Holding;
import org.widthbench.training.NetworkTrainer;
import org.widthbench.training.family.KernelSnapshot;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.family.TrainableNetwork;
import org.widthbench.training.stream.Samples;

/** What every registered architecture must keep to, be it this project's or added later. */
class ArchitecturesTest {
    private static final int POINTS = 4;
    private static final int WIDTH = 5;
    private static final double GAMMA0 = 1.3;

    /** Step of central differences: truncation and rounding are then both far below a millionth. */
    private static final double STEP = 1e-4;

    private final Backend backend = new CpuBackend();
    private final Random random = new Random(7);

    @AfterEach
    void close() {
        backend.close();
    }

    static List<String> names() {
        return Architectures.words();
    }

    private double[] normals(int count) {
        return random.doubles(count, -1, 1).map(u -> 1.7 * u).toArray();
    }

    private Samples samples(Architecture architecture) {
        int[] shape = architecture.takesImages() ? new int[] {POINTS, 4, 3, 2} : new int[] {POINTS, 3};
        int entries = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return new Samples(new Tensor(shape, normals(entries)), normals(POINTS));
    }

    private TrainableNetwork network(Architecture architecture, Samples samples, long seed) {
        Network layers = new Network(architecture, 2, new Tanh(0.8), architecture.takesBias());
        int[] shape = samples.inputs().shape();
        return new NetworkFamily(layers, GAMMA0, Arrays.copyOfRange(shape, 1, shape.length), backend)
                .create(WIDTH, seed);
    }

    private static double loss(TrainableNetwork network, Samples samples) {
        return Decomposition.meanSquare(network.predict(samples.inputs()), samples.targets());
    }

    private static double[] moved(double[] from, double step, double[] direction) {
        double[] to = from.clone();
        Arrays.setAll(to, i -> from[i] + step * direction[i]);
        return to;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    @Test
    void thisProjectsArchitecturesComeFirst() {
        assertThat(Architectures.words()).containsExactly("mlp", "cnn", "gain");
        assertThatThrownBy(() -> Architectures.named("transformer"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("network.architecture: transformer is not allowed; expected mlp or cnn or gain");
    }

    @ParameterizedTest
    @MethodSource("names")
    void predictionsStartAtZeroAndASeedIsANetwork(String name) {
        Architecture architecture = Architectures.named(name);
        Samples samples = samples(architecture);
        try (TrainableNetwork network = network(architecture, samples, 3);
                TrainableNetwork same = network(architecture, samples, 3);
                TrainableNetwork other = network(architecture, samples, 4)) {
            assertThat(network.predict(samples.inputs())).containsOnly(0);
            assertThat(network.width()).isEqualTo(WIDTH);
            assertThat(network.parameters())
                    .hasSize(network.parameterCount())
                    .isEqualTo(same.parameters())
                    .isNotEqualTo(other.parameters());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStepMovesAlongTheGradientOfTheLoss(String name) {
        Architecture architecture = Architectures.named(name);
        Samples samples = samples(architecture);
        try (TrainableNetwork network = network(architecture, samples, 3)) {
            network.descend(samples, 0.3);
            double[] at = network.parameters();
            double[] gradient = network.gradient(samples);
            double[] direction = normals(at.length);
            network.setParameters(moved(at, STEP, direction));
            double up = loss(network, samples);
            network.setParameters(moved(at, -STEP, direction));
            double down = loss(network, samples);
            // Half of the reported loss is descended, in units of gamma0^2 N.
            double slope = GAMMA0 * GAMMA0 * WIDTH * (up - down) / (4 * STEP);
            assertThat(dot(gradient, direction)).isCloseTo(slope, within(1e-6 * norm(gradient) * norm(direction)));
            network.setParameters(at);
            assertThat(network.descend(samples, 0.2)).isCloseTo(loss(network, samples, at), within(1e-12));
            double[] expected = moved(at, -0.2, gradient);
            double[] reached = network.parameters();
            for (int i = 0; i < at.length; i++) {
                assertThat(reached[i]).isCloseTo(expected[i], within(1e-12));
            }
        }
    }

    private static double loss(TrainableNetwork network, Samples samples, double[] parameters) {
        double[] now = network.parameters();
        network.setParameters(parameters);
        double loss = loss(network, samples);
        network.setParameters(now);
        return loss;
    }

    @ParameterizedTest
    @MethodSource("names")
    void hessianIsTheSlopeOfTheGradient(String name) {
        Architecture architecture = Architectures.named(name);
        Samples samples = samples(architecture);
        try (TrainableNetwork network = network(architecture, samples, 3)) {
            network.descend(samples, 0.3);
            double[] at = network.parameters();
            double[] direction = normals(at.length);
            double[] product = network.hessianTimes(samples, direction);
            network.setParameters(moved(at, STEP, direction));
            double[] up = network.gradient(samples);
            network.setParameters(moved(at, -STEP, direction));
            double[] down = network.gradient(samples);
            double[] gap = new double[at.length];
            Arrays.setAll(gap, i -> (up[i] - down[i]) / (2 * STEP) - product[i]);
            assertThat(norm(gap)).isLessThan(1e-6 * norm(product));
        }
    }

    /** {@code NTK = gamma0^2 N df/dW . df/dW}, with df/dW from the gradient of one sample's loss, whose residual is 1. */
    @ParameterizedTest
    @MethodSource("names")
    void tangentKernelIsThatOfTheGradients(String name) {
        Architecture architecture = Architectures.named(name);
        Samples samples = samples(architecture);
        try (TrainableNetwork network = network(architecture, samples, 3)) {
            network.descend(samples, 0.3);
            double[] f = network.predict(samples.inputs());
            double[][] gradients = new double[POINTS][];
            for (int b = 0; b < POINTS; b++) {
                Samples one = samples.slice(b, b + 1);
                gradients[b] = network.gradient(new Samples(one.inputs(), new double[] {f[b] - 1}));
            }
            KernelSnapshot kernels = network.kernels(samples.inputs());
            for (int a = 0; a < POINTS; a++) {
                for (int b = 0; b < POINTS; b++) {
                    double expected = dot(gradients[a], gradients[b]) / (GAMMA0 * GAMMA0 * WIDTH);
                    assertThat(kernels.ntk().get(a, b)).isCloseTo(expected, within(1e-10 * Math.abs(expected) + 1e-12));
                }
            }
            assertThat(kernels.features()).hasSize(network.depth());
            assertThat(kernels.gradients()).hasSize(network.depth());
            List<double[]> h = network.preactivations(samples.inputs());
            assertThat(h).hasSize(network.depth());
            h.forEach(layer -> assertThat(layer.length % (POINTS * WIDTH)).isZero());
        }
    }

    /**
     * The infinite-width theory of every architecture is its program over samples: losses within three standard errors of networks
     * whose matrices are never drawn. Six networks and four solves, fixed seeds.
     */
    @ParameterizedTest
    @MethodSource("names")
    void theTheoryIsWhereWideNetworksGo(String name) {
        Architecture architecture = Architectures.named(name);
        boolean images = architecture.takesImages();
        Samples samples = samples(architecture);
        double[] columns = new double[POINTS * 3];
        Arrays.setAll(columns, i -> samples.inputs().data()[i % POINTS * 3 + i / POINTS]);
        Tensor inputs = images ? samples.inputs() : new Tensor(new int[] {3, POINTS}, columns);
        Problem problem = new Problem(
                new Dataset(inputs, samples.targets()),
                new Network(architecture, 2, new Tanh(0.8), architecture.takesBias()),
                Training.descent(GAMMA0, images ? 2 : 0.2, 10).withRecord(0));
        double[] networks =
                losses(6, seed -> new NetworkTrainer(images ? 500 : 5000, seed, Holding.CONDITIONED, backend)
                        .train(problem, Progress.NONE));
        double[] theory = losses(
                4, seed -> new CausalSolver(2048, seed).solve(problem, backend).results());
        double error = Math.hypot(networks[1], theory[1]);
        assertThat(theory[0]).isCloseTo(networks[0], within(3 * error));
        assertThat(networks[0]).isLessThan(0.9 * problem.initialLoss());
    }

    /** Mean of the last loss over runs, and its standard error. */
    private static double[] losses(int runs, IntFunction<OrderParameters> run) {
        double[] last = IntStream.range(0, runs)
                .mapToDouble(seed -> run.apply(seed).finalLoss())
                .toArray();
        double mean = Arrays.stream(last).average().orElseThrow();
        double squares = Arrays.stream(last).map(x -> (x - mean) * (x - mean)).sum();
        return new double[] {mean, Math.sqrt(squares / (runs - 1) / runs)};
    }
}
