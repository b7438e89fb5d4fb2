package org.widthbench.core.weights;

import org.widthbench.core.backend.Matrix;

/**
 * Rows that stand for fields of a layer: {@code <x_i, x_j> = rows_i . rows_j / norm}, the average over neurons. Later ones of
 * the same origin may have more columns, in which the earlier ones are zero.
 *
 * @param rows one per field; valid until the next query
 * @param norm what the inner product is divided by
 */
public record Coordinates(Matrix rows, double norm) {
    /** A field as its own coordinates, a column per neuron. */
    public static Coordinates of(Matrix field) {
        return new Coordinates(field, field.columns());
    }
}
