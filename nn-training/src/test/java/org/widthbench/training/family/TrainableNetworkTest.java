package org.widthbench.training.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Mlp;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.training.NetworkTrainer;
import org.widthbench.training.stream.RepeatedStream;
import org.widthbench.training.stream.Samples;
import org.widthbench.training.stream.Teacher;

class TrainableNetworkTest {
    private static final double ROUNDING = 1e-10;

    private final Backend backend = new CpuBackend();

    private static Samples images(int count, long stream) {
        double[] pixels = new double[count * 4 * 5 * 2];
        NormalNoise.fill(pixels, 0, pixels.length, 3, stream, 0);
        double[] y = new double[count];
        for (int b = 0; b < count; b++) {
            y[b] = b % 2 == 0 ? -1 : 1;
        }
        return new Samples(new Tensor(new int[] {count, 4, 5, 2}, pixels), y);
    }

    private static Samples vectors(int count) {
        return new Teacher(6, new int[] {1, 2}, 0.5, 0, 4).test(count);
    }

    private TrainableNetwork network(Network network, double gamma0, Samples samples, int width) {
        int[] shape = samples.inputs().shape();
        return new NetworkFamily(network, gamma0, Arrays.copyOfRange(shape, 1, shape.length), backend).create(width, 5);
    }

    private static Network network(String architecture, String activation, int depth) {
        Activation phi = Activation.of(activation, 0.8);
        return switch (architecture) {
            case "cnn" -> Network.cnn(depth, phi, 3);
            case "mlp" -> Network.mlp(depth, phi);
            case "mlp with biases" -> Network.mlp(depth, phi).withBias(true);
            case "residual mlp" -> new Network(new Mlp(Residual.STANDARD), depth, phi, false);
            case "residual cnn" -> new Network(new Cnn(3).with(3, Residual.STANDARD), depth, phi, false);
            default -> throw new IllegalArgumentException(architecture);
        };
    }

    private static OrderParameters other(Problem problem, int width) {
        try (Backend backend = new CpuBackend()) {
            return new NetworkTrainer(width, 5, backend).train(problem);
        }
    }

    /** The other engine is written apart from this one and checked against plain loops. */
    @ParameterizedTest(name = "{0} of {1}, depth {2}, batch {3}")
    @CsvSource({"mlp,tanh,3,0", "mlp,relu,2,3", "mlp,linear,1,2", "cnn,tanh,2,0", "cnn,relu,3,3"})
    void followsTheOtherTrainersStepByStep(String architecture, String activation, int depth, int batch) {
        boolean cnn = architecture.equals("cnn");
        Network network = network(architecture, activation, depth);
        Samples training = cnn ? images(6, 0) : vectors(6);
        Samples test = cnn ? images(2, 1) : vectors(8).slice(6, 8);
        Training schedule = new Training(1.3, 0.2, 7, 0, 0, batch, Training.Dynamics.DESCENT, new int[] {0, 6});
        Problem problem = new Problem(Samples.dataset(training, test), network, schedule);
        int width = 9;
        OrderParameters expected = other(problem, width);

        RepeatedStream stream = RepeatedStream.of(training, batch, test);
        try (TrainableNetwork trained = network(network, 1.3, training, width)) {
            for (int t = 0; t < 6; t++) {
                double[] f = trained.predict(test.inputs());
                assertThat(f[1]).isCloseTo(expected.f().get(t, 7), within(ROUNDING));
                trained.descend(stream.batch(t), 0.2);
            }
            assertThat(trained.predict(training.inputs())[0])
                    .isCloseTo(expected.f().get(6, 0), within(ROUNDING));
            KernelSnapshot kernels = trained.kernels(training.inputs());
            for (int mu = 0; mu < 6; mu++) {
                for (int al = 0; al < 6; al++) {
                    assertThat(kernels.ntk().get(mu, al))
                            .isCloseTo(expected.ntk().get(1, mu, al), within(1e-9));
                    for (int l = 0; l < depth; l++) {
                        assertThat(kernels.features().get(l).get(mu, al))
                                .isCloseTo(expected.featureKernels().get(l).get(1, mu, 1, al), within(ROUNDING));
                        assertThat(kernels.gradients().get(l).get(mu, al))
                                .isCloseTo(expected.gradientKernels().get(l).get(1, mu, 1, al), within(1e-9));
                    }
                }
            }
        }
    }

    /** A central difference of step 1e-5 along a direction of length about 10 is good to 1e-8. */
    @ParameterizedTest(name = "{0} of {1}, depth {2}")
    @CsvSource({
        "mlp,tanh,3",
        "mlp,erf,1",
        "mlp,softplus,2",
        "mlp,linear,2",
        "cnn,tanh,1",
        "cnn,softplus,3",
        "mlp with biases,tanh,2",
        "residual mlp,tanh,3",
        "residual cnn,erf,2"
    })
    void hessianTimesADirectionIsTheChangeOfTheGradientAlongIt(String architecture, String activation, int depth) {
        Samples samples = architecture.contains("cnn") ? images(4, 0) : vectors(5);
        try (TrainableNetwork network = network(network(architecture, activation, depth), 0.9, samples, 7)) {
            network.descend(samples, 0.5);
            double[] here = network.parameters();
            double[] direction = new double[here.length];
            NormalNoise.fill(direction, 0, direction.length, 8, 0, 0);
            double[] product = network.hessianTimes(samples, direction);
            double[] ahead = gradientAt(network, samples, here, direction, 1e-5);
            double[] behind = gradientAt(network, samples, here, direction, -1e-5);
            for (int i = 0; i < here.length; i++) {
                assertThat(product[i]).isCloseTo((ahead[i] - behind[i]) / 2e-5, within(1e-6));
            }
        }
    }

    private static double[] gradientAt(
            TrainableNetwork network, Samples samples, double[] here, double[] direction, double by) {
        double[] moved = here.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += by * direction[i];
        }
        network.setParameters(moved);
        return network.gradient(samples);
    }

    /** {@code theory.md} section 7 units: gamma0^2 N times the derivative of (1/2B) sum Delta^2. */
    @Test
    void gradientIsThatOfTheLossInUnitsOfTheLearningRate() {
        Samples samples = images(3, 0);
        double gamma0 = 1.4;
        int width = 5;
        try (TrainableNetwork network = network(network("cnn", "tanh", 2), gamma0, samples, width)) {
            network.descend(samples, 0.7);
            double[] here = network.parameters();
            double[] gradient = network.gradient(samples);
            for (int i = 0; i < here.length; i += 7) {
                double[] losses = new double[2];
                for (int side = 0; side < 2; side++) {
                    double[] moved = here.clone();
                    moved[i] += (side == 0 ? 1 : -1) * 1e-5;
                    network.setParameters(moved);
                    double[] f = network.predict(samples.inputs());
                    for (int b = 0; b < 3; b++) {
                        losses[side] += Math.pow(samples.targets()[b] - f[b], 2) / 6;
                    }
                }
                double slope = (losses[0] - losses[1]) / 2e-5;
                assertThat(gradient[i]).isCloseTo(gamma0 * gamma0 * width * slope, within(1e-7));
            }
        }
    }

    @Test
    void preactivationsAreThoseThatTheFeaturesComeFrom() {
        Samples samples = vectors(4);
        Tanh tanh = new Tanh(0.8);
        try (TrainableNetwork network = network(Network.mlp(2, tanh), 1, samples, 6)) {
            double[] h = network.preactivations(samples.inputs()).get(1);
            Tensor phi = network.kernels(samples.inputs()).features().get(1);
            double sum = 0;
            for (int i = 0; i < 6; i++) {
                sum += tanh.value(h[i]) * tanh.value(h[3 * 6 + i]) / 6;
            }
            assertThat(phi.get(0, 3)).isCloseTo(sum, within(1e-14));
        }
    }
}
