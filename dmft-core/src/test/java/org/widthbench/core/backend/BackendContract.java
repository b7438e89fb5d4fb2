package org.widthbench.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.random.NormalNoise;

/**
 * What every backend promises: each operation against the loop that states it, over awkward sizes, batches and views. Numbers
 * are exact in the format of the fields and at most 2, so that a sum of k products may be off by {@code 4 (k + 2)} roundings
 * (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
 */
public abstract class BackendContract {
    private static final int BATCH = 2;
    private static final double EXACT = 0x1p-53;

    private final FieldPrecision format;
    private final Backend backend;
    private final Random random = new Random(3);
    /** Largest relative error of rounding to the format. */
    private final double unit;

    protected BackendContract(FieldPrecision format, Backend backend) {
        this.format = format;
        this.backend = backend;
        this.unit = format == FieldPrecision.FLOAT32 ? 0x1p-24 : EXACT;
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private double[] values(int n) {
        return random.doubles(n, -2, 2).map(this::rounded).toArray();
    }

    private double rounded(double x) {
        return format == FieldPrecision.FLOAT32 ? (float) x : x;
    }

    private double[] rounded(double[] x) {
        return Arrays.stream(x).map(this::rounded).toArray();
    }

    private static double sumError(int terms, double unit) {
        return 4 * (terms + 2) * unit;
    }

    /** A view into a larger matrix, so that strides differ from widths. */
    private Matrix view(double[] values, int rows, int columns) {
        Matrix view = backend.allocate(BATCH, rows + 3, columns + 2).block(1, rows, 2, columns);
        backend.upload(values, view);
        return view;
    }

    private double[] read(Matrix m) {
        double[] values = new double[m.batch() * m.rows() * m.columns()];
        backend.download(m, values);
        return values;
    }

    /** A loop: AssertJ's own takes the square of the length to describe a failure. */
    private static void requireClose(double[] actual, double[] expected, double error) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= error)) {
                throw new AssertionError("entry " + i + " is " + actual[i] + ", not " + expected[i] + " to " + error);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "2,3,1", "31,33,7", "10,2000,257", "700,3,300", "5,5,0"})
    void productMatchesTheLoop(int m, int n, int k) {
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                double[] a = values(BATCH * m * k);
                double[] b = values(BATCH * k * n);
                double[] c = values(BATCH * m * n);
                Matrix target = view(c, m, n);
                backend.gemm(0.5, view(a, ta ? k : m, ta ? m : k), ta, view(b, tb ? n : k, tb ? k : n), tb, 2, target);
                double[] expected = new double[c.length];
                for (int i = 0; i < c.length; i++) {
                    int p = i / (m * n);
                    int row = i / n % m;
                    int column = i % n;
                    double sum = 0;
                    for (int j = 0; j < k; j++) {
                        sum += a[p * m * k + (ta ? j * m + row : row * k + j)]
                                * b[p * k * n + (tb ? column * k + j : j * n + column)];
                    }
                    expected[i] = 0.5 * sum + 2 * c[i];
                }
                requireClose(read(target), expected, sumError(k, unit));
            }
        }
    }

    /** More columns than any piece that is taken to float64 at a time. */
    @ParameterizedTest
    @CsvSource({"1,1,5", "3,5,40", "33,7,0", "10,130,5000", "200,3,300"})
    void kernelSumsAreFloat64WhateverTheFieldsAreKeptIn(int m, int n, int k) {
        double[] a = values(BATCH * m * k);
        double[] b = values(BATCH * n * k);
        double[] expected = new double[BATCH * m * n];
        for (int i = 0; i < expected.length; i++) {
            int row = i / n;
            int other = i / (m * n) * n + i % n;
            for (int j = 0; j < k; j++) {
                expected[i] += 0.3 * a[row * k + j] * b[other * k + j];
            }
        }
        requireClose(backend.kernelBlock(0.3, view(a, m, k), view(b, n, k)), expected, sumError(k, EXACT));
    }

    @ParameterizedTest
    @CsvSource({"1,5", "33,7", "300,100"})
    void kernelOfAMatrixWithItselfIsSymmetricToTheLastBit(int n, int k) {
        double[] a = values(BATCH * n * k);
        Matrix rows = view(a, n, k);
        double[] gram = backend.kernelBlock(0.3, rows, rows);
        requireClose(gram, backend.kernelBlock(0.3, rows, view(a, n, k)), sumError(k, EXACT));
        for (int i = 0; i < gram.length; i++) {
            int first = i / (n * n) * n * n;
            assertThat(gram[i]).isEqualTo(gram[first + i % n * n + i / n % n]);
        }
    }

    @Test
    void rowsAreScaledEachByItsFactor() {
        double[] x = values(BATCH * 3 * 7);
        double[] scale = values(BATCH * 3);
        Matrix scaled = view(new double[x.length], 3, 7);
        backend.scaleRows(scale, view(x, 3, 7), scaled);
        double[] expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            expected[i] = scale[i / 7] * x[i];
        }
        requireClose(read(scaled), expected, 4 * unit);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2100", "40,17"})
    void quotientIsOverTheRoot(int rows, int columns) {
        double[] x = values(BATCH * rows * columns);
        double[] y = Arrays.stream(values(x.length)).map(Math::abs).toArray();
        double[] target = values(x.length);
        double[] expected = new double[x.length];
        Arrays.setAll(expected, i -> target[i] + 0.5 * x[i] / (Math.sqrt(y[i]) + 1));
        Matrix sum = view(target, rows, columns);
        backend.addQuotient(0.5, view(x, rows, columns), 1, view(y, rows, columns), sum);
        // Neither term exceeds 2; the term and the sum are rounded.
        requireClose(read(sum), expected, 8 * unit);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2100", "40,17"})
    void lowerSolveUndoesTheProduct(int n, int columns) {
        double[] lower = values(BATCH * n * n);
        for (int i = 0; i < lower.length; i++) {
            int row = i / n % n;
            int column = i % n;
            lower[i] = row == column ? 3 : row > column ? lower[i] / n : Double.NaN;
        }
        double[] x = values(BATCH * n * columns);
        double[] product = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int row = i / columns;
            for (int j = 0; j <= row % n; j++) {
                product[i] += lower[row * n + j] * x[(row - row % n + j) * columns + i % columns];
            }
        }
        Matrix b = view(product, n, columns);
        backend.solveLower(lower, b);
        // The inverse has norm below 1, and b is at most 10.
        requireClose(read(b), x, 10 * unit + n * 10 * EXACT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1023, 1024, 1025, 40_000})
    void elementwiseOperationsMatchTheLoops(int columns) {
        int rows = 3;
        double[] x = values(BATCH * rows * columns);
        double[] y = values(x.length);
        double[] out = values(x.length);
        Matrix added = view(y, rows, columns);
        backend.add(2, view(x, rows, columns), -1, added);
        Matrix multiplied = view(out, rows, columns);
        backend.multiply(0.5, view(x, rows, columns), view(y, rows, columns), 3, multiplied);
        Activation tanh = new Tanh(0.8);
        Matrix phi = view(out, rows, columns);
        Matrix slope = view(out, rows, columns);
        backend.activate(tanh, view(x, rows, columns), phi, slope);
        double[] sums = backend.rowDot(view(x, rows, columns), view(y, rows, columns));
        double[] readAdded = read(added);
        double[] readMultiplied = read(multiplied);
        double[] readPhi = read(phi);
        double[] readSlope = read(slope);
        double[] expectedSums = new double[BATCH * rows];
        for (int i = 0; i < x.length; i++) {
            expectedSums[i / columns] += x[i] * y[i];
            double expected = Math.tanh(0.8 * x[i]);
            // Two products and a sum, each rounded; none exceeds 8.
            if (Math.abs(readAdded[i] - (2 * x[i] - y[i])) > 24 * unit
                    || Math.abs(readMultiplied[i] - (0.5 * x[i] * y[i] + 3 * out[i])) > 24 * unit) {
                throw new AssertionError("entry " + i);
            }
            if (Math.abs(readPhi[i] - expected / 0.8) > 8 * unit
                    || Math.abs(readSlope[i] - 1 + expected * expected) > 8 * unit) {
                throw new AssertionError("activation at " + x[i]);
            }
        }
        requireClose(sums, expectedSums, sumError(columns, EXACT));
    }

    /** Flush with their memory, where rows may be taken together: in place, each output alone, and copies. */
    @ParameterizedTest
    @CsvSource({"7,13", "300,11", "1,1"})
    void wholeMatricesAreTreatedAsTheirBlocks(int rows, int columns) {
        double[] x = values(BATCH * rows * columns);
        try (Matrix whole = backend.allocate(BATCH, rows, columns);
                Matrix other = backend.allocateUnset(BATCH, rows, columns)) {
            backend.upload(x, whole);
            backend.copy(whole, other);
            assertThat(read(other)).containsExactly(x);
            backend.add(1, whole, 1, other);
            assertThat(read(other))
                    .containsExactly(Arrays.stream(x).map(entry -> 2 * entry).toArray());
            Matrix blocks = view(x, rows, columns);
            backend.activate(new Tanh(1), blocks, blocks, null);
            backend.activate(new Tanh(1), whole, null, other);
            backend.activate(new Tanh(1), whole, whole, null);
            assertThat(read(whole)).containsExactly(read(blocks));
            assertThat(Arrays.stream(read(other))).allMatch(slope -> slope > 0 && slope <= 1);
            backend.zero(other.rows(rows - 1, 1));
            assertThat(read(other.rows(rows - 1, 1))).containsOnly(0);
            assertThat(read(other.rows(0, rows - 1))).doesNotContain(0);
        }
    }

    @Test
    void noiseDependsOnIndexAndSeedAlone() {
        double[] zero = new double[BATCH * 5 * 3000];
        Matrix whole = view(zero, 5, 3000);
        backend.normal(new long[] {7, 8}, 2, 100, whole);
        Matrix lastRows = view(new double[BATCH * 2 * 3000], 2, 3000);
        backend.normal(new long[] {7, 8}, 2, 100 + 3 * 3000, lastRows);
        double[] all = read(whole);
        double[] some = read(lastRows);
        for (int p = 0; p < BATCH; p++) {
            for (int i = 0; i < 2 * 3000; i++) {
                assertThat(some[p * 6000 + i]).isEqualTo(all[p * 15000 + 9000 + i]);
            }
        }
        assertThat(all[0]).isNotEqualTo(all[15000]);
        double[] stream = new double[3000];
        NormalNoise.fill(stream, 0, 3000, 7, 2, 100);
        requireClose(Arrays.copyOf(all, 3000), rounded(stream), 0.0);
    }

    /** Standard errors at 20000 draws: .007 for the mean, .0099 for the variance (kurtosis 3 - 1/16). */
    @Test
    void coarseNoiseHasUnitVarianceAndRespectsRowScales() {
        Matrix out = view(new double[BATCH * 2 * 20_000], 2, 20_000);
        backend.addCoarseNoise(new double[] {1, 0, 3, 1}, new long[] {1, 2}, 5, 3, out);
        double[] noise = read(out);
        double[] scale = {1, 0, 3, 1};
        for (int row = 0; row < 4; row++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < 20_000; i++) {
                sum += noise[row * 20_000 + i] / 20_000;
                squares += noise[row * 20_000 + i] * noise[row * 20_000 + i] / 20_000;
            }
            assertThat(sum).isCloseTo(0, within(4 * 0.0071 * scale[row] + 1e-300));
            assertThat(squares)
                    .isCloseTo(scale[row] * scale[row], within(4 * 0.0099 * scale[row] * scale[row] + 1e-300));
        }
    }

    /**
     * Against the sums over pixels, offsets and channels; filters wider than an image, one tap, and patches of more than one
     * piece of work included.
     */
    @ParameterizedTest
    @CsvSource({"2,3,4,3,2,5", "1,2,2,5,3,1", "3,1,1,1,4,6", "1,5,3,3,1,2", "3,32,32,3,160,1"})
    void convolutionAndItsTransposesMatchTheSums(
            int count, int height, int width, int kernel, int channels, int outputs) {
        Images images = new Images(height, width, kernel);
        int rows = count * images.pixels();
        int fan = images.taps() * channels;
        double[] x = values(BATCH * rows * channels);
        double[] y = values(BATCH * rows * outputs);
        double[] weights = values(BATCH * outputs * fan);
        double[] forward = new double[y.length];
        double[] back = new double[x.length];
        double[] gradient = new double[weights.length];
        for (int b = 0; b < BATCH; b++) {
            for (int a = 0; a < rows; a++) {
                for (int tap = 0; tap < images.taps(); tap++) {
                    int down = a / width % height + tap / kernel - kernel / 2;
                    int right = a % width + tap % kernel - kernel / 2;
                    if (down < 0 || down >= height || right < 0 || right >= width) {
                        continue;
                    }
                    int seen = b * rows + a / images.pixels() * images.pixels() + down * width + right;
                    for (int i = 0; i < outputs; i++) {
                        int at = (b * rows + a) * outputs + i;
                        int filter = (b * outputs + i) * fan + tap * channels;
                        for (int j = 0; j < channels; j++) {
                            forward[at] += 0.5 * weights[filter + j] * x[seen * channels + j];
                            back[seen * channels + j] += 0.5 * weights[filter + j] * y[at];
                            gradient[filter + j] += 0.5 * y[at] * x[seen * channels + j];
                        }
                    }
                }
            }
        }
        Matrix fieldX = view(x, rows, channels);
        Matrix fieldY = view(y, rows, outputs);
        Matrix filters = view(weights, outputs, fan);
        Matrix sum = view(y, rows, outputs);
        backend.convolve(images, 0.5, fieldX, filters, 2, sum);
        requireClose(read(sum), plus(forward, 2, y), sumError(fan, unit));
        sum = view(x, rows, channels);
        backend.convolveBack(images, 0.5, fieldY, filters, 0, sum);
        requireClose(read(sum), back, sumError(images.taps() * outputs, 2 * unit));
        sum = view(weights, outputs, fan);
        backend.convolveWeights(images, 0.5, fieldY, fieldX, -1, sum);
        requireClose(read(sum), plus(gradient, -1, weights), sumError(rows, unit));
    }

    private static double[] plus(double[] x, double factor, double[] y) {
        double[] sum = new double[x.length];
        Arrays.setAll(sum, i -> x[i] + factor * y[i]);
        return sum;
    }

    @Test
    void gatheredRowsAreCopies() {
        double[] x = values(BATCH * 6 * 4);
        Matrix target = view(new double[BATCH * 3 * 4], 3, 4);
        backend.gatherRows(view(x, 6, 4), new int[] {5, 0, 5}, target);
        double[] rows = read(target);
        for (int i = 0; i < rows.length; i++) {
            int p = i / 12;
            int source = new int[] {5, 0, 5}[i / 4 % 3];
            assertThat(rows[i]).isEqualTo(x[p * 24 + source * 4 + i % 4]);
        }
    }

    @Test
    void misfittingShapesAreRefused() {
        Matrix a = backend.allocate(1, 2, 3);
        assertThatThrownBy(() -> backend.gemm(1, a, false, a, false, 0, a))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 x 3");
        assertThatThrownBy(() -> a.block(0, 3, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
