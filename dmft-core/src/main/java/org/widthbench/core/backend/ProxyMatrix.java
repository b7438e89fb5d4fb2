package org.widthbench.core.backend;

/** A matrix that a backend gives out for one of the backend beneath it; as it stands, a view. */
class ProxyMatrix implements Matrix {
    private final Matrix inner;

    ProxyMatrix(Matrix inner) {
        this.inner = inner;
    }

    /** What the backend beneath knows; null for an output that is not wanted. */
    static Matrix inner(Matrix matrix) {
        return matrix == null ? null : ((ProxyMatrix) matrix).inner;
    }

    @Override
    public final int batch() {
        return inner.batch();
    }

    @Override
    public final int rows() {
        return inner.rows();
    }

    @Override
    public final int columns() {
        return inner.columns();
    }

    @Override
    public final Matrix block(int row, int rows, int column, int columns) {
        return new ProxyMatrix(inner.block(row, rows, column, columns));
    }

    @Override
    public void close() {}

    @Override
    public final String toString() {
        return inner.toString();
    }
}
