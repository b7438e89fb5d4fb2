package org.widthbench.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.optimize.LinearOptimizer;

/** What all weights promise, however they are held: those of networks, and those of infinitely many neurons. */
abstract class WeightsContract {
    private static final double ROUNDING = 1e-9;
    static final LinearOptimizer PLAIN = new LinearOptimizer(0, 0);

    final Backend backend = new CpuBackend();
    final Random random = new Random(5);
    /** Neurons above and below, M and N, or samples of them. */
    final int above;

    final int below;

    WeightsContract(int above, int below) {
        this.above = above;
        this.below = below;
    }

    /** Weights of the kind. */
    abstract Weights weights(long seed, LinearOptimizer optimizer);

    /** Some features that know nothing of the weights, and are no linear combinations of few, {@code (rows, N)}. */
    double[] features(int rows) {
        return normals(rows * below);
    }

    /** Likewise gradients, {@code (rows, M)}. */
    double[] gradients(int rows) {
        return normals(rows * above);
    }

    /** A field with what companion the weights need. */
    Field field(Matrix value) {
        return Field.of(value);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** The oracle is the optimizer's impulse response: {@code W(t) = c(t) W(0) + sum_s kappa(t,s) grad(s)}. */
    @ParameterizedTest(name = "momentum {0}, decay {1}")
    @CsvSource({"0,0", "0.6,0", "0,0.3", "0.7,0.2"})
    void whatWasLearnedIsTheImpulseResponseOfTheOptimizer(double momentum, double decay) {
        int steps = 5;
        Training training = new Training(1, 0.5, steps + 1, momentum, decay, 0, Training.Dynamics.DESCENT, null)
                .withSchedule(1, 0.5, 2, 1, 1, 1);
        ImpulseResponse response = ImpulseResponse.of(training);
        double[] probe = features(1);
        double[] pull = gradients(1);
        double[][] x = new double[steps][];
        double[][] y = new double[steps][];
        double[][] drive = new double[steps][];
        try (Weights weights = weights(3, LinearOptimizer.of(training))) {
            double[] h = forward(weights, probe, 1);
            double[] z = backward(weights, pull, 1);
            for (int t = 0; t < steps; t++) {
                x[t] = features(3);
                y[t] = gradients(2);
                drive[t] = normals(2);
                forward(weights, x[t], 3);
                backward(weights, y[t], 2);
                weights.learn(new int[] {2, 0}, drive[t], training.rateFactor(t));
            }
            double[] expectedH = scaled(h, response.decay(steps));
            double[] expectedZ = scaled(z, response.decay(steps));
            for (int s = 0; s < steps; s++) {
                for (int i = 0; i < 2; i++) {
                    double[] feature = Arrays.copyOfRange(x[s], i == 0 ? 2 * below : 0, i == 0 ? 3 * below : below);
                    double[] gradient = Arrays.copyOfRange(y[s], i * above, (i + 1) * above);
                    double weight = response.kappa(steps, s) * drive[s][i] / below;
                    add(weight * dot(feature, probe), gradient, expectedH);
                    add(weight * dot(gradient, pull), feature, expectedZ);
                }
            }
            assertThat(forward(weights, probe, 1)).containsExactly(expectedH, within(ROUNDING));
            assertThat(backward(weights, pull, 1)).containsExactly(expectedZ, within(ROUNDING));
        }
    }

    /** Also of fields that are made of earlier images, as they are in training: what these respond to is a part of the weights. */
    @Test
    void backwardIsTheTransposeOfForwardAtEveryTime() {
        try (Weights weights = weights(8, new LinearOptimizer(0.5, 0.1))) {
            double[] z = new double[2 * below];
            for (int t = 0; t < 4; t++) {
                double[] x = features(2);
                add(0.5, z, x);
                double[] h = forward(weights, x, 2);
                double[] y = gradients(2);
                add(0.5, h, y);
                z = backward(weights, y, 2);
                for (int i = 0; i < 2; i++) {
                    for (int j = 0; j < 2; j++) {
                        double upper = dot(row(y, i, above), row(h, j, above));
                        double lower = dot(row(z, i, below), row(x, j, below));
                        assertThat(upper).isCloseTo(lower, within(ROUNDING));
                    }
                }
                weights.learn(new int[] {0, 1}, normals(2), 1);
            }
        }
    }

    @Test
    void coordinatesHaveTheInnerProductsOfTheFields() {
        try (Weights weights = weights(2, PLAIN)) {
            for (int t = 0; t < 3; t++) {
                double[] x = features(2);
                double[] y = gradients(2);
                forward(weights, x, 2);
                backward(weights, y, 2);
                requireProducts(weights.features(), x, below);
                requireProducts(weights.gradients(), y, above);
            }
        }
    }

    private void requireProducts(Coordinates coordinates, double[] fields, int n) {
        double[] kernel = backend.kernelBlock(1 / coordinates.norm(), coordinates.rows(), coordinates.rows());
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                assertThat(kernel[2 * i + j])
                        .isCloseTo(dot(row(fields, i, n), row(fields, j, n)) / n, within(ROUNDING));
            }
        }
    }

    @Test
    void fieldsOfZerosHaveImagesOfZerosAndTeachNothing() {
        try (Weights weights = weights(2, PLAIN)) {
            assertThat(forward(weights, new double[below], 1)).containsOnly(0);
            assertThat(backward(weights, new double[above], 1)).containsOnly(0);
            weights.learn(new int[] {0}, new double[] {1}, 1);
            double[] x = features(1);
            double[] before = forward(weights, x, 1);
            backward(weights, new double[above], 1);
            weights.learn(new int[] {0}, new double[] {1}, 1);
            assertThat(forward(weights, x, 1)).containsExactly(before, within(ROUNDING));
        }
    }

    /** The oracle is one step along the whole. */
    @ParameterizedTest(name = "momentum {0}, decay {1}")
    @CsvSource({"0,0", "0.6,0.2"})
    void aGradientThatComesInPartsIsThatOfTheWhole(double momentum, double decay) {
        double[] probe = features(1);
        double[] x = features(3);
        double[] y = gradients(3);
        double[] drive = normals(3);
        LinearOptimizer optimizer = new LinearOptimizer(momentum, decay);
        try (Weights whole = weights(6, optimizer);
                Weights parts = weights(6, optimizer)) {
            for (Weights weights : List.of(whole, parts)) {
                // The same order of queries: what is drawn depends on it.
                forward(weights, x, 3);
                backward(weights, y, 3);
                forward(weights, probe, 1);
            }
            for (int t = 0; t < 2; t++) {
                forward(whole, x, 3);
                backward(whole, y, 3);
                whole.learn(new int[] {0, 1, 2}, drive, 0.7);
                for (int i = 0; i < 3; i++) {
                    forward(parts, row(x, i, below), 1);
                    backward(parts, row(y, i, above), 1);
                    if (i < 2) {
                        parts.gather(new int[] {0}, row(drive, i, 1));
                    }
                }
                parts.learn(new int[] {0}, row(drive, 2, 1), 0.7);
                assertThat(forward(parts, probe, 1)).containsExactly(forward(whole, probe, 1), within(ROUNDING));
            }
        }
    }

    @Test
    void imageIsAddedToWhatIsKept() {
        double[] kept = gradients(1);
        try (Weights weights = weights(4, PLAIN);
                Matrix x = matrix(features(1), 1);
                Matrix target = matrix(kept, 1)) {
            double[] image = new double[above];
            weights.forward(field(x), 0.5, 2, field(target));
            backend.download(target, image);
            try (Matrix again = matrix(new double[above], 1)) {
                weights.forward(field(x), 1, 0, field(again));
                double[] alone = new double[above];
                backend.download(again, alone);
                for (int i = 0; i < above; i++) {
                    assertThat(image[i]).isCloseTo(alone[i] / 2 + 2 * kept[i], within(ROUNDING));
                }
            }
        }
    }

    /** The images stay valid as long as nothing else is queried: the caller must not close what the weights remember. */
    final double[] forward(Weights weights, double[] x, int rows) {
        double[] image = new double[rows * above];
        Matrix fields = matrix(x, rows);
        try (Matrix target = backend.allocate(1, rows, above)) {
            weights.forward(field(fields), 1, 0, field(target));
            backend.download(target, image);
        }
        return image;
    }

    final double[] backward(Weights weights, double[] y, int rows) {
        double[] image = new double[rows * below];
        Matrix fields = matrix(y, rows);
        try (Matrix target = backend.allocate(1, rows, below)) {
            weights.backward(field(fields), 1, 0, field(target));
            backend.download(target, image);
        }
        return image;
    }

    final Matrix matrix(double[] values, int rows) {
        Matrix matrix = backend.allocate(1, rows, values.length / rows);
        backend.upload(values, matrix);
        return matrix;
    }

    final double[] normals(int n) {
        return java.util.stream.DoubleStream.generate(random::nextGaussian)
                .limit(n)
                .toArray();
    }

    static double[] row(double[] rows, int i, int n) {
        return Arrays.copyOfRange(rows, i * n, (i + 1) * n);
    }

    private static double[] scaled(double[] values, double factor) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    private static void add(double factor, double[] values, double[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * values[i];
        }
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
