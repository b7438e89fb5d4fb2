package org.widthbench.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Inner products of the columns of a matrix, exactly symmetric. */
final class GramMatrix {
    /** Columns per product: long enough for GEMM to run at full speed, and half of the square is never computed. */
    private static final int BLOCK = 256;

    private GramMatrix() {}

    /**
     * {@code fields^T fields / n} for a column-major {@code (n, m)} matrix.
     *
     * @return {@code (m, m)} row-major
     */
    static double[] of(INDArray fields, Precision precision) {
        int columns = fields.columns();
        double[] gram = new double[columns * columns];
        for (int first = 0; first < columns; first += BLOCK) {
            int count = Math.min(BLOCK, columns - first);
            try (INDArray block = NativeMemory.allocate(precision, count, columns - first)) {
                Nd4j.gemm(
                        view(fields, first, first + count),
                        view(fields, first, columns),
                        block,
                        true,
                        false,
                        1.0 / fields.rows(),
                        0);
                place(block, first, gram, columns);
            }
        }
        return gram;
    }

    /** Entries {@code (first + i, first + j)}, {@code i <= j}, and their mirror images. */
    private static void place(INDArray block, int first, double[] gram, int columns) {
        int count = block.rows();
        NativeMemory.toHost(block);
        NativeMemory.forEachSegment(count, columns - first, (j, from, length) -> {
            double[] entries = new double[length];
            NativeMemory.read(block, (long) j * count + from, entries, length);
            for (int k = 0; k < length && from + k <= j; k++) {
                int i = from + k;
                gram[(first + i) * columns + first + j] = entries[k];
                gram[(first + j) * columns + first + i] = entries[k];
            }
        });
    }

    private static INDArray view(INDArray fields, int from, int to) {
        return fields.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }
}
