package org.widthbench.core.weights;

import org.widthbench.core.backend.Matrix;

/** Gives the fields of one layer coordinates in which their inner products are cheap. */
public interface FieldSpace extends AutoCloseable {
    /**
     * @param fields {@code (q, N)}
     * @return valid until the next call
     */
    Coordinates of(Matrix fields);

    /** Frees what the space keeps. */
    @Override
    default void close() {}
}
