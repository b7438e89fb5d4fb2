package org.widthbench.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inner products of the columns of a matrix, exactly symmetric. */
final class GramMatrix {
    /** Side of the square that is mirrored at a time: 8 KB, within the first-level cache. */
    private static final int TILE = 32;

    private GramMatrix() {}

    /**
     * {@code fields^T fields / n} for a column-major {@code (n, m)} matrix; the half below the diagonal is mirrored.
     *
     * @return {@code (m, m)} row-major
     */
    static double[] of(NativeMatrix fields, Precision precision) {
        int columns = fields.columns();
        double[] gram = new double[columns * columns];
        Panels panels = Panels.of(columns);
        INDArray[] views = panels.views(fields);
        panels.forEach(panel -> {
            int first = panels.from(panel);
            try (NativeMatrix block = NativeMatrix.allocate(precision, panels.size(panel), columns - first)) {
                INDArray rest = fields.columns(first, columns);
                Nd4j.gemm(views[panel], rest, block.array(), true, false, 1.0 / fields.rows(), 0);
                place(block, first, gram, columns);
            }
        });
        return gram;
    }

    /** Entries {@code (first + i, first + j)}, {@code i <= j}, and their mirror images, a square tile at a time. */
    private static void place(NativeMatrix block, int first, double[] gram, int columns) {
        int rows = block.rows();
        double[] entries = new double[TILE];
        block.toHost();
        for (int i0 = 0; i0 < rows; i0 += TILE) {
            for (int j0 = i0; j0 < columns - first; j0 += TILE) {
                for (int j = j0; j < Math.min(j0 + TILE, columns - first); j++) {
                    int count = Math.min(Math.min(i0 + TILE, rows), j + 1) - i0;
                    block.read((long) j * rows + i0, entries, 0, count);
                    for (int i = i0; i < i0 + count; i++) {
                        gram[(first + i) * columns + first + j] = entries[i - i0];
                        gram[(first + j) * columns + first + i] = entries[i - i0];
                    }
                }
            }
        }
    }
}
