package org.widthbench.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inner products of the columns of a matrix, exactly symmetric. */
final class GramMatrix {
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

    /** Entries {@code (first + i, first + j)}, {@code i <= j}, and their mirror images. */
    private static void place(NativeMatrix block, int first, double[] gram, int columns) {
        int rows = block.rows();
        double[] entries = new double[rows];
        block.toHost();
        for (int j = 0; j < columns - first; j++) {
            block.read((long) j * rows, entries, 0, rows);
            for (int i = 0; i < rows && i <= j; i++) {
                gram[(first + i) * columns + first + j] = entries[i];
                gram[(first + j) * columns + first + i] = entries[i];
            }
        }
    }
}
