package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Matrix;

/** A problem solved side by side with others gives the same bits as alone. */
class BatchTest {
    private static final int BATCH = 3;
    private static final int ROWS = 7;
    private static final int COLUMNS = 300;

    @BeforeAll
    static void requireCompiler() {
        NativeBuild.requireTool("g++", "--version");
    }

    @ParameterizedTest
    @EnumSource
    void resultsDoNotDependOnTheSizeOfTheBatch(FieldPrecision precision) {
        double[] x = new Random(5).doubles(BATCH * ROWS * COLUMNS, -1, 1).toArray();
        try (EmulatedDevice device = new EmulatedDevice(precision, EmulatedDevice.Order.FORWARD)) {
            Backend backend = new CudaBackend(device);
            double[][] together = everything(backend, x, BATCH, new long[] {1, 2, 3});
            for (int b = 0; b < BATCH; b++) {
                double[] own = Arrays.copyOfRange(x, b * ROWS * COLUMNS, (b + 1) * ROWS * COLUMNS);
                double[][] alone = everything(backend, own, 1, new long[] {b + 1});
                for (int i = 0; i < alone.length; i++) {
                    int n = alone[i].length;
                    assertThat(Arrays.copyOfRange(together[i], b * n, (b + 1) * n))
                            .as("result " + i + " of problem " + b)
                            .isEqualTo(alone[i]);
                }
            }
        }
    }

    /** Every operation once, on one problem or several. */
    private static double[][] everything(Backend backend, double[] x, int batch, long[] seeds) {
        double[] scale = new double[batch * ROWS];
        Arrays.fill(scale, 0.3);
        try (Matrix a = backend.allocate(batch, ROWS, COLUMNS);
                Matrix b = backend.allocate(batch, ROWS, COLUMNS);
                Matrix wide = backend.allocate(batch, COLUMNS, COLUMNS)) {
            backend.upload(x, a);
            backend.activate(new Tanh(0.8), a, b, null);
            backend.addCoarseNoise(scale, seeds, 1, 5, b);
            double[] kernel = backend.kernelBlock(1.0 / COLUMNS, a, b);
            double[] sums = backend.rowDot(a, b);
            backend.gemm(1, a, true, b, false, 0, wide);
            backend.gemm(0.1, a, false, wide, false, 1, b);
            double[] gram = backend.kernelBlock(1.0 / COLUMNS, a, a);
            backend.solveLower(gram, a);
            backend.multiply(1, a, b, 0, b);
            backend.normal(seeds, 2, 9, a);
            backend.add(1, a, 1, b);
            return new double[][] {kernel, sums, read(backend, wide), gram, read(backend, b)};
        }
    }

    private static double[] read(Backend backend, Matrix m) {
        double[] values = new double[m.batch() * m.rows() * m.columns()];
        backend.download(m, values);
        return values;
    }
}
