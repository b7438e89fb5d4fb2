package org.widthbench.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;

/** Every operation against the loop that states it, over awkward sizes, batches and views. */
class CpuBackendTest {
    private static final int BATCH = 2;

    private final Backend backend = new CpuBackend();
    private final Random random = new Random(3);

    @AfterEach
    void close() {
        backend.close();
    }

    private double[] values(int n) {
        return random.doubles(n, -2, 2).toArray();
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
                assertThat(read(target)).containsExactly(expected, within(1e-10));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,5", "33,7", "300,100"})
    void gramMatchesTheProduct(int n, int k) {
        double[] a = values(BATCH * n * k);
        Matrix gram = view(new double[BATCH * n * n], n, n);
        Matrix product = view(new double[BATCH * n * n], n, n);
        backend.gram(0.3, view(a, n, k), gram);
        backend.gemm(0.3, view(a, n, k), false, view(a, n, k), true, 0, product);
        assertThat(read(gram)).containsExactly(read(product), within(1e-10));
    }

    @Test
    void kernelBlockIsTheProductForTheHost() {
        double[] a = values(BATCH * 3 * 40);
        double[] b = values(BATCH * 5 * 40);
        Matrix product = view(new double[BATCH * 3 * 5], 3, 5);
        backend.gemm(0.3, view(a, 3, 40), false, view(b, 5, 40), true, 0, product);
        assertThat(backend.kernelBlock(0.3, view(a, 3, 40), view(b, 5, 40))).containsExactly(read(product));
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
        assertThat(read(scaled)).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,2000", "40,17"})
    void lowerSolveUndoesTheProduct(int n, int columns) {
        double[] lower = values(BATCH * n * n);
        for (int i = 0; i < lower.length; i++) {
            int row = i / n % n;
            int column = i % n;
            lower[i] = row == column ? 3 : row > column ? lower[i] / n : 0;
        }
        double[] x = values(BATCH * n * columns);
        Matrix b = view(new double[x.length], n, columns);
        backend.gemm(1, view(lower, n, n), false, view(x, n, columns), false, 0, b);
        backend.solveLower(view(lower, n, n), b);
        assertThat(read(b)).containsExactly(x, within(1e-9));
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
            if (readAdded[i] != 2 * x[i] - y[i] || readMultiplied[i] != 0.5 * x[i] * y[i] + 3 * out[i]) {
                throw new AssertionError("entry " + i);
            }
            if (Math.abs(readPhi[i] - expected / 0.8) > 1e-15
                    || Math.abs(readSlope[i] - 1 + expected * expected) > 1e-15) {
                throw new AssertionError("activation at " + x[i]);
            }
        }
        assertThat(sums).containsExactly(expectedSums, within(1e-9));
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
