package org.widthbench.core.weights;

import java.util.function.BiConsumer;
import org.widthbench.core.backend.Matrix;

/**
 * A quantity of some neurons, a row per point and a column per neuron.
 *
 * @param value {@code (rows, N)}
 * @param free companion of the same shape: in the theory the field that knows the initial noise of the weights and nothing else, a
 *     control variate; under derivatives how the value moves along a direction of the weights; null where the weights want none
 */
public record Field(Matrix value, Matrix free) {

    /** A field without a companion. */
    public static Field of(Matrix value) {
        return new Field(value, null);
    }

    /** View of whole rows. */
    public Field rows(int first, int count) {
        return new Field(value.rows(first, count), free == null ? null : free.rows(first, count));
    }

    /** How many rows. */
    public int count() {
        return value.rows();
    }

    /** Does the same to the matrices of this field and another one. */
    public void with(Field other, BiConsumer<Matrix, Matrix> operation) {
        operation.accept(value, other.value);
        if (free != null) {
            operation.accept(free, other.free);
        }
    }
}
