package org.widthbench.core.linalg;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** A device matrix to which rows are appended; capacity doubles. */
public final class GrowingRows implements AutoCloseable {
    private final Backend backend;
    private final int columns;
    private Matrix memory;
    private int count;

    public GrowingRows(Backend backend, int capacity, int columns) {
        this.backend = backend;
        this.columns = columns;
        this.memory = backend.allocateUnset(1, capacity, columns);
    }

    public int count() {
        return count;
    }

    /** All rows so far. */
    public Matrix filled() {
        return memory.rows(0, count);
    }

    /** Some rows. */
    public Matrix block(int row, int rows) {
        return memory.rows(row, rows);
    }

    /** Appends {@code n} rows of unspecified content and returns them. */
    public Matrix append(int n) {
        if (count + n > memory.rows()) {
            // Rows that nobody has written yet take no memory of the machine.
            Matrix grown = backend.allocateUnset(1, Math.max(count + n, 2 * memory.rows()), columns);
            backend.copy(filled(), grown.rows(0, count));
            memory.close();
            memory = grown;
        }
        count += n;
        return memory.rows(count - n, n);
    }

    @Override
    public void close() {
        memory.close();
    }
}
