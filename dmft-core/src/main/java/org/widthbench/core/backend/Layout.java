package org.widthbench.core.backend;

import java.util.Objects;

/**
 * Where the entries of a batch of row-major matrices, or of a view of them, lie in their memory, counted in entries.
 *
 * @param offset of entry (0,0) of the first problem
 * @param batch number of problems
 * @param batchStride from one problem to the next
 * @param rows of each matrix
 * @param columns of each matrix
 * @param stride from one row to the next
 */
public record Layout(long offset, int batch, long batchStride, int rows, int columns, long stride) {

    /** A batch that fills its memory, problem after problem. */
    public static Layout of(int batch, int rows, int columns) {
        return new Layout(0, batch, (long) rows * columns, rows, columns, columns);
    }

    /**
     * A rectangle of each matrix.
     *
     * @throws IndexOutOfBoundsException if it does not lie within the matrix
     */
    public Layout block(int row, int blockRows, int column, int blockColumns) {
        Objects.checkFromIndexSize(row, blockRows, rows);
        Objects.checkFromIndexSize(column, blockColumns, columns);
        return new Layout(index(0, row, column), batch, batchStride, blockRows, blockColumns, stride);
    }

    /** Index of an entry. */
    public long index(int problem, int row, int column) {
        return offset + problem * batchStride + row * stride + column;
    }

    /** Number of entries of all problems. */
    public long entries() {
        return Math.multiplyExact(Math.multiplyExact((long) batch, rows), columns);
    }

    /** True if all entries lie one after the other. */
    public boolean isContiguous() {
        return (stride == columns || rows == 1) && (batchStride == (long) rows * columns || batch == 1);
    }

    @Override
    public String toString() {
        return batch + " x " + rows + " x " + columns;
    }
}
