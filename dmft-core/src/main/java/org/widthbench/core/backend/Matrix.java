package org.widthbench.core.backend;

/**
 * A batch of equally shaped matrices in a backend's memory, or a rectangular view of one. Only the backend that made it
 * can read it. Rows are contiguous (row-major); problem {@code b} of the batch is matrix {@code b}.
 */
public interface Matrix extends AutoCloseable {
    /** Number of problems solved side by side. */
    int batch();

    /** Rows of each matrix. */
    int rows();

    /** Columns of each matrix. */
    int columns();

    /** Number of entries of all problems. */
    default long entries() {
        return Math.multiplyExact(Math.multiplyExact((long) batch(), rows()), columns());
    }

    /**
     * A view that shares memory.
     *
     * @throws IndexOutOfBoundsException if the rectangle does not lie within this matrix
     */
    Matrix block(int row, int rows, int column, int columns);

    /** View of whole rows. */
    default Matrix rows(int row, int rows) {
        return block(row, rows, 0, columns());
    }

    /** @throws IllegalArgumentException if this matrix has another shape */
    default void requireShape(int batch, int rows, int columns) {
        if (batch() != batch || rows() != rows || columns() != columns) {
            throw new IllegalArgumentException(this + " where " + Layout.of(batch, rows, columns) + " is needed");
        }
    }

    /** @throws IllegalArgumentException if this matrix has another shape than that one */
    default void requireShapeOf(Matrix other) {
        requireShape(other.batch(), other.rows(), other.columns());
    }

    /**
     * Number of terms in each entry of {@code op(a) op(b)}.
     *
     * @throws IllegalArgumentException if the product does not exist or does not fit {@code c}
     */
    static int terms(Matrix a, boolean transposeA, Matrix b, boolean transposeB, Matrix c) {
        int terms = transposeA ? a.rows() : a.columns();
        if ((transposeA ? a.columns() : a.rows()) != c.rows()
                || (transposeB ? b.rows() : b.columns()) != c.columns()
                || (transposeB ? b.columns() : b.rows()) != terms
                || a.batch() != c.batch()
                || b.batch() != c.batch()) {
            throw new IllegalArgumentException(
                    "gemm of " + a + (transposeA ? "^T" : "") + " and " + b + (transposeB ? "^T" : "") + " into " + c);
        }
        return terms;
    }

    /** Frees the memory; views of it become invalid. Closing a view does nothing. */
    @Override
    void close();
}
