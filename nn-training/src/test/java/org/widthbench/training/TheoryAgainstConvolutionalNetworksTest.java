package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Solution;
import org.widthbench.training.nd4j.Nd4jBackend;

/**
 * The theory of CNNs beside the mean of networks: the check that no other solver can make. Networks lie O(1/N) off the
 * limit: 5% of what the loss has moved since the start, where it is 1, covers that and the sampling error of the theory; the rest of its tolerance is
 * three standard errors of the mean.
 */
class TheoryAgainstConvolutionalNetworksTest {
    /**
     * {@code -Dwidthbench.fullSize=true} runs the full statement: images of 6 x 6 and 8 x 8, eight networks of 256 and 512, or
     * as many as {@code -Dwidthbench.networks} says; its figures are printed. {@code -Dwidthbench.case=1..6} picks one problem.
     */
    private static final boolean FULL_SIZE = Boolean.getBoolean("widthbench.fullSize");

    /** Of networks in float32. */
    private static final double ROUNDING = 1e-6;

    private static final int NETWORKS = Integer.getInteger("widthbench.networks", 8);
    private static final int NARROW = FULL_SIZE ? 256 : 32;
    private static final int WIDE = FULL_SIZE ? 512 : 128;
    private static final int SAMPLES = Integer.getInteger("widthbench.samples", FULL_SIZE ? 2048 : 1024);

    static Stream<Arguments> cases() {
        Stream<Case> cases = FULL_SIZE
                ? Stream.of(
                        new Case("tanh", 2, 6, 8, 30, 0, 0, 0),
                        new Case("tanh", 3, 6, 8, 30, 0, 0, 0),
                        new Case("relu", 2, 6, 8, 30, 0, 0, 0),
                        new Case("relu", 3, 6, 8, 30, 0, 0, 0),
                        new Case("tanh", 2, 8, 6, 30, 0, 0, 0),
                        new Case("relu", 2, 8, 6, 30, 0, 0, 0))
                : Stream.of(
                        new Case("tanh", 2, 4, 4, 15, 0, 0, 0),
                        new Case("relu", 3, 4, 4, 12, 0, 0, 0),
                        new Case("tanh", 2, 3, 4, 12, 0.5, 0.2, 2));
        int one = Integer.getInteger("widthbench.case", 0);
        return (one == 0 ? cases : cases.skip(one - 1).limit(1)).map(Arguments::of);
    }

    /**
     * One problem.
     *
     * @param side of the images in pixels
     */
    record Case(
            String activation,
            int depth,
            int side,
            int points,
            int steps,
            double momentum,
            double weightDecay,
            int batch) {

        Problem problem() {
            int[] record = {0, steps / 3, 2 * steps / 3, steps - 1};
            Training training =
                    new Training(1, 0.5, steps, momentum, weightDecay, batch, Training.Dynamics.DESCENT, record);
            return Problems.images(
                    side, side, 3, points, 0, Problems.cnn(depth, Activation.of(activation, 1), 3), training);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void networksApproachTheTheoryAsChannelsGrow(Case testCase) {
        Problem problem = testCase.problem().observing(Observables.PIXEL_KERNELS);
        Solution theory;
        try (CpuBackend backend = new CpuBackend()) {
            theory = new CausalSolver(SAMPLES, 0).solve(problem, backend);
        }
        List<OrderParameters> narrow = networks(problem, NARROW);
        List<OrderParameters> wide = networks(problem, WIDE);

        for (int t = 0; t < testCase.steps(); t++) {
            Mean mean = Mean.ofLosses(wide, t);
            assertThat(theory.results().loss()[t])
                    .as("loss at step %d", t)
                    .isCloseTo(mean.value, within(3 * mean.error + 0.05 * Math.abs(1 - mean.value) + ROUNDING));
        }
        int last = testCase.steps() - 1;
        say(
                "%s: final loss %.5f theory, %s at %d channels, %s at %d; r captured %.4f",
                testCase,
                theory.results().loss()[last],
                Mean.ofLosses(narrow, last),
                NARROW,
                Mean.ofLosses(wide, last),
                WIDE,
                theory.pivots().backwardCaptured()[0]);
        for (int l = 0; l < testCase.depth(); l++) {
            Tensor phi = theory.results().featureKernels().get(l);
            Tensor g = theory.results().gradientKernels().get(l);
            Tensor pixels = theory.results().layers("PhiPixels").get(l);
            double far = distance(pixels, narrow, l);
            double near = distance(pixels, wide, l);
            double features = meanAlignment(phi, wide, features(l));
            double gradients = meanAlignment(g, wide, gradients(l));
            say(
                    "layer %d: tan^2 of single pixels %.5f and %.5f, ratio %.2f; alignment of mean pooled Phi %.5f, G %.5f",
                    l + 1, far, near, far / near, features, gradients);
            assertThat(features).isGreaterThan(0.99);
            assertThat(gradients).isGreaterThan(0.99);
            // One over the number of channels, give or take the spread of eight networks.
            assertThat(far / near).as("layer %d", l + 1).isBetween(0.75 * WIDE / NARROW, 1.35 * WIDE / NARROW);
        }
        assertThat(meanAlignment(theory.results().ntk(), wide, network -> network.ntk()))
                .isGreaterThan(0.99);
    }

    private static List<OrderParameters> networks(Problem problem, int channels) {
        try (Backend backend = new Nd4jBackend(FieldPrecision.FLOAT32)) {
            return IntStream.range(0, NETWORKS)
                    .mapToObj(seed -> new NetworkTrainer(channels, seed, backend).train(problem))
                    .toList();
        }
    }

    private static void say(String format, Object... figures) {
        if (FULL_SIZE) {
            System.out.printf(Locale.ROOT, format + "%n", figures);
        }
    }

    /** Mean over networks and its standard error. */
    private record Mean(double value, double error) {
        static Mean ofLosses(List<OrderParameters> networks, int step) {
            double[] losses = networks.stream()
                    .mapToDouble(network -> network.loss()[step])
                    .toArray();
            double mean = Arrays.stream(losses).average().orElseThrow();
            double squares = Arrays.stream(losses)
                    .map(loss -> (loss - mean) * (loss - mean))
                    .sum();
            return new Mean(mean, Math.sqrt(squares / (losses.length - 1) / losses.length));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.5f +- %.5f", value, error);
        }
    }

    private static Function<OrderParameters, Tensor> features(int layer) {
        return network -> network.featureKernels().get(layer);
    }

    private static Function<OrderParameters, Tensor> gradients(int layer) {
        return network -> network.gradientKernels().get(layer);
    }

    private static double meanAlignment(
            Tensor kernel, List<OrderParameters> networks, Function<OrderParameters, Tensor> kernelOf) {
        double[] mean = new double[kernel.data().length];
        for (OrderParameters network : networks) {
            double[] entries = kernelOf.apply(network).data();
            for (int i = 0; i < mean.length; i++) {
                mean[i] += entries[i] / networks.size();
            }
        }
        return alignment(kernel.data(), mean);
    }

    /**
     * {@code tan^2} of the angle between the kernels of single pixels, averaged over networks: the relative variance of their
     * fluctuations.
     */
    private static double distance(Tensor kernel, List<OrderParameters> networks, int layer) {
        return networks.stream()
                .mapToDouble(network -> alignment(
                        kernel.data(), network.layers("PhiPixels").get(layer).data()))
                .map(alignment -> 1 / (alignment * alignment) - 1)
                .average()
                .orElseThrow();
    }

    private static double alignment(double[] x, double[] y) {
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
}
