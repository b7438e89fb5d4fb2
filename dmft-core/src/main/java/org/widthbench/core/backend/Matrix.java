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

    /** Frees the memory; views of it become invalid. Closing a view does nothing. */
    @Override
    void close();
}
