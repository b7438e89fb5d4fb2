package org.widthbench.core.weights;

import java.util.Map;
import java.util.Optional;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;

/**
 * A matrix {@code W(t)} of shape {@code (M, N)} that starts with independent standard normal entries, in the three ways that a
 * network touches it. Fields are rows: features {@code (rows, N)}, gradients {@code (rows, M)}.
 */
public interface Weights extends AutoCloseable {
    /** {@code target = keep target + scale W x / sqrt(N)}, row by row. The features are remembered until the next call. */
    void forward(Field x, double scale, double keep, Field target);

    /** Whether the last {@link #forward} may have added something else to the free companion of its target than the one before. */
    default boolean freeMoved() {
        return true;
    }

    /**
     * {@code target = keep target + scale W^T y / sqrt(N)}, row by row. The gradients are remembered until the next call.
     *
     * @param target null if only {@link #learn} is to know them
     */
    void backward(Field y, double scale, double keep, Field target);

    /**
     * Adds {@code sum_i drive_i y_i x_{rows[i]}^T / sqrt(N)} to what the next step goes along, with the y of the last {@link
     * #backward} and the x of the last {@link #forward}: for batches that pass in parts.
     *
     * @param rows for every y the row of x that it belongs to
     * @param drive {@code a b Delta} of every y, one after the other for networks side by side
     */
    void gather(int[] rows, double[] drive);

    /**
     * One step of the optimizer along {@code sum_i drive_i y_i x_{rows[i]}^T / sqrt(N)} and what was {@linkplain #gather
     * gathered}.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void learn(int[] rows, double[] drive, double rate);

    /** The last features. */
    Coordinates features();

    /** The last gradients. */
    Coordinates gradients();

    /** What is kept of the fields; none where all of them is. */
    default Optional<Directions> directions() {
        return Optional.empty();
    }

    /**
     * {@code sum_i y_i x_i^T} over some rows of the last gradients and features, in their coordinates: the gradient of what the rows
     * belong to.
     *
     * @return {@code (m, k)}, to be closed by the caller, and what inner products of such matrices are divided by
     * @throws UnsupportedOperationException if nobody asks for it of such weights
     */
    default Coordinates outer(int first, int count) {
        throw new UnsupportedOperationException("the gradient of a single point");
    }

    /**
     * All that a step changes, by name; the matrices themselves, not copies.
     *
     * @throws UnsupportedOperationException if these are no matrices of fixed shape
     */
    default Map<String, Matrix> state() {
        throw new UnsupportedOperationException("weights that are not kept as a matrix");
    }

    /**
     * A convolution: weights that act on the patches of images.
     *
     * @param weights {@code (M, k^2 C)}, columns by row offset, column offset and channel, the last fastest; closed with what is returned
     */
    static Weights onPatches(Backend backend, Images images, Weights weights) {
        return new Convolution(backend, images, weights);
    }

    @Override
    void close();
}
