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
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.optimize.LinearOptimizer;

/** What all weights of networks promise, however they are held. */
abstract class WeightsContract {
    /** Neurons above and below: M and N. */
    private static final int ABOVE = 6;

    private static final int BELOW = 15;
    private static final double ROUNDING = 1e-9;
    private static final LinearOptimizer PLAIN = new LinearOptimizer(0, 0);

    private final Backend backend = new CpuBackend();
    private final Random random = new Random(5);

    /** The kind of weights. */
    abstract Holding holding();

    @AfterEach
    void close() {
        backend.close();
    }

    private Weights weights(long seed, LinearOptimizer optimizer) {
        return holding()
                .weights(backend, new InitialDraw(new long[] {seed}, BELOW, 1), ABOVE, BELOW, Images.VECTOR, optimizer);
    }

    /**
     * Exact: {@code E[(Wx)_i (Wx')_j] = x.x' [i=j]}, {@code E[(W^T y)_i (W^T y')_j] = y.y' [i=j]}, {@code E[(Wx)_i (W^T y)_j] = y_i
     * x_j}, all over N. 8000 draws; no moment of 63 numbers, 2016 in all, beyond five standard errors.
     */
    @Test
    void imagesOfFixedFieldsHaveTheMomentsOfAGaussianMatrix() {
        double[] x1 = normals(2 * BELOW);
        double[] y1 = normals(2 * ABOVE);
        double[] x2 = normals(BELOW);
        double[] y2 = normals(ABOVE);
        // Partly known: half of it lies in the span of what was seen.
        for (int i = 0; i < BELOW; i++) {
            x2[i] = x1[i] - 0.5 * x1[BELOW + i] + 0.5 * x2[i];
        }
        int draws = 8000;
        int size = 3 * ABOVE + 3 * BELOW;
        double[] sums = new double[size * size];
        double[] squares = new double[size * size];
        for (int draw = 0; draw < draws; draw++) {
            double[] all = new double[size];
            try (Weights weights = weights(draw, PLAIN)) {
                System.arraycopy(forward(weights, x1, 2), 0, all, 0, 2 * ABOVE);
                System.arraycopy(backward(weights, y1, 2), 0, all, 3 * ABOVE, 2 * BELOW);
                System.arraycopy(forward(weights, x2, 1), 0, all, 2 * ABOVE, ABOVE);
                System.arraycopy(backward(weights, y2, 1), 0, all, 3 * ABOVE + 2 * BELOW, BELOW);
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j <= i; j++) {
                    double product = all[i] * all[j];
                    sums[i * size + j] += product;
                    squares[i * size + j] += product * product;
                }
            }
        }
        double[][] x = {Arrays.copyOf(x1, BELOW), Arrays.copyOfRange(x1, BELOW, 2 * BELOW), x2};
        double[][] y = {Arrays.copyOf(y1, ABOVE), Arrays.copyOfRange(y1, ABOVE, 2 * ABOVE), y2};
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double mean = sums[i * size + j] / draws;
                double error = Math.sqrt((squares[i * size + j] / draws - mean * mean) / draws);
                assertThat(mean)
                        .as("moment of numbers %d and %d", i, j)
                        .isCloseTo(exactMoment(x, y, i, j), within(5 * error));
            }
        }
    }

    private static double exactMoment(double[][] x, double[][] y, int i, int j) {
        int forward = 3 * ABOVE;
        if (i < forward) {
            return i % ABOVE == j % ABOVE ? dot(x[i / ABOVE], x[j / ABOVE]) / BELOW : 0;
        }
        int backwardI = i - forward;
        if (j < forward) {
            return y[backwardI / BELOW][j % ABOVE] * x[j / ABOVE][backwardI % BELOW] / BELOW;
        }
        int backwardJ = j - forward;
        return backwardI % BELOW == backwardJ % BELOW ? dot(y[backwardI / BELOW], y[backwardJ / BELOW]) / BELOW : 0;
    }

    /** The oracle is the optimizer's impulse response: {@code W(t) = c(t) W(0) + sum_s kappa(t,s) grad(s)}. */
    @ParameterizedTest(name = "momentum {0}, decay {1}")
    @CsvSource({"0,0", "0.6,0", "0,0.3", "0.7,0.2"})
    void whatWasLearnedIsTheImpulseResponseOfTheOptimizer(double momentum, double decay) {
        int steps = 5;
        Training training = new Training(1, 0.5, steps + 1, momentum, decay, 0, Training.Dynamics.DESCENT, null)
                .withSchedule(1, 0.5, 2, 1, 1, 1);
        ImpulseResponse response = ImpulseResponse.of(training);
        double[] probe = normals(BELOW);
        double[] pull = normals(ABOVE);
        double[][] x = new double[steps][];
        double[][] y = new double[steps][];
        double[][] drive = new double[steps][];
        try (Weights weights = weights(3, LinearOptimizer.of(training))) {
            double[] h = forward(weights, probe, 1);
            double[] z = backward(weights, pull, 1);
            for (int t = 0; t < steps; t++) {
                x[t] = normals(3 * BELOW);
                y[t] = normals(2 * ABOVE);
                drive[t] = normals(2);
                forward(weights, x[t], 3);
                backward(weights, y[t], 2);
                weights.learn(new int[] {2, 0}, drive[t], training.rateFactor(t));
            }
            double[] expectedH = scaled(h, response.decay(steps));
            double[] expectedZ = scaled(z, response.decay(steps));
            for (int s = 0; s < steps; s++) {
                for (int i = 0; i < 2; i++) {
                    double[] feature = Arrays.copyOfRange(x[s], i == 0 ? 2 * BELOW : 0, i == 0 ? 3 * BELOW : BELOW);
                    double[] gradient = Arrays.copyOfRange(y[s], i * ABOVE, (i + 1) * ABOVE);
                    double weight = response.kappa(steps, s) * drive[s][i] / BELOW;
                    add(weight * dot(feature, probe), gradient, expectedH);
                    add(weight * dot(gradient, pull), feature, expectedZ);
                }
            }
            assertThat(forward(weights, probe, 1)).containsExactly(expectedH, within(ROUNDING));
            assertThat(backward(weights, pull, 1)).containsExactly(expectedZ, within(ROUNDING));
        }
    }

    @Test
    void backwardIsTheTransposeOfForwardAtEveryTime() {
        try (Weights weights = weights(8, new LinearOptimizer(0.5, 0.1))) {
            for (int t = 0; t < 4; t++) {
                double[] x = normals(2 * BELOW);
                double[] y = normals(2 * ABOVE);
                double[] h = forward(weights, x, 2);
                double[] z = backward(weights, y, 2);
                for (int i = 0; i < 2; i++) {
                    for (int j = 0; j < 2; j++) {
                        double above = dot(row(y, i, ABOVE), row(h, j, ABOVE));
                        double below = dot(row(z, i, BELOW), row(x, j, BELOW));
                        assertThat(above).isCloseTo(below, within(ROUNDING));
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
                double[] x = normals(2 * BELOW);
                double[] y = normals(2 * ABOVE);
                forward(weights, x, 2);
                backward(weights, y, 2);
                requireProducts(weights.features(), x, BELOW);
                requireProducts(weights.gradients(), y, ABOVE);
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
            assertThat(forward(weights, new double[BELOW], 1)).containsOnly(0);
            assertThat(backward(weights, new double[ABOVE], 1)).containsOnly(0);
            weights.learn(new int[] {0}, new double[] {1}, 1);
            double[] x = normals(BELOW);
            double[] before = forward(weights, x, 1);
            backward(weights, new double[ABOVE], 1);
            weights.learn(new int[] {0}, new double[] {1}, 1);
            assertThat(forward(weights, x, 1)).containsExactly(before, within(ROUNDING));
        }
    }

    /** The oracle is one step along the whole. */
    @ParameterizedTest(name = "momentum {0}, decay {1}")
    @CsvSource({"0,0", "0.6,0.2"})
    void aGradientThatComesInPartsIsThatOfTheWhole(double momentum, double decay) {
        double[] probe = normals(BELOW);
        double[] x = normals(3 * BELOW);
        double[] y = normals(3 * ABOVE);
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
                    forward(parts, row(x, i, BELOW), 1);
                    backward(parts, row(y, i, ABOVE), 1);
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
        try (Weights weights = weights(4, PLAIN);
                Matrix x = matrix(normals(BELOW), 1);
                Matrix target = matrix(new double[] {1, 2, 3, 4, 5, 6}, 1)) {
            double[] image = new double[ABOVE];
            weights.forward(Field.of(x), 0.5, 2, Field.of(target));
            backend.download(target, image);
            try (Matrix again = matrix(new double[ABOVE], 1)) {
                weights.forward(Field.of(x), 1, 0, Field.of(again));
                double[] alone = new double[ABOVE];
                backend.download(again, alone);
                for (int i = 0; i < ABOVE; i++) {
                    assertThat(image[i]).isCloseTo(alone[i] / 2 + 2 * (i + 1), within(ROUNDING));
                }
            }
        }
    }

    /** The images stay valid as long as nothing else is queried: the caller must not close what the weights remember. */
    private double[] forward(Weights weights, double[] x, int rows) {
        double[] image = new double[rows * ABOVE];
        Matrix fields = matrix(x, rows);
        try (Matrix target = backend.allocate(1, rows, ABOVE)) {
            weights.forward(Field.of(fields), 1, 0, Field.of(target));
            backend.download(target, image);
        }
        return image;
    }

    private double[] backward(Weights weights, double[] y, int rows) {
        double[] image = new double[rows * BELOW];
        Matrix fields = matrix(y, rows);
        try (Matrix target = backend.allocate(1, rows, BELOW)) {
            weights.backward(Field.of(fields), 1, 0, Field.of(target));
            backend.download(target, image);
        }
        return image;
    }

    private Matrix matrix(double[] values, int rows) {
        Matrix matrix = backend.allocate(1, rows, values.length / rows);
        backend.upload(values, matrix);
        return matrix;
    }

    private double[] normals(int n) {
        return java.util.stream.DoubleStream.generate(random::nextGaussian)
                .limit(n)
                .toArray();
    }

    private static double[] row(double[] rows, int i, int n) {
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

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
