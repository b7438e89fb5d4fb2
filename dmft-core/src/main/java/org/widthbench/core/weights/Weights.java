package org.widthbench.core.weights;

import org.widthbench.core.backend.Matrix;

/**
 * A matrix {@code W(t)} of shape {@code (M, N)} that starts with independent standard normal entries, in the three ways that a
 * network touches it. Fields are rows: features {@code (rows, N)}, gradients {@code (rows, M)}.
 */
public interface Weights extends AutoCloseable {
    /** {@code target = W x / sqrt(N) + keep target}, row by row. The features are remembered until the next call. */
    void forward(Matrix x, double keep, Matrix target);

    /**
     * {@code target = W^T y / sqrt(N)}, row by row. The gradients are remembered until the next call.
     *
     * @param target null if only {@link #learn} is to know them
     */
    void backward(Matrix y, Matrix target);

    /**
     * One step of the optimizer along {@code sum_i drive_i y_i x_{rows[i]}^T / sqrt(N)}, with the y of the last {@link
     * #backward} and the x of the last {@link #forward}.
     *
     * @param rows for every y the row of x that it belongs to
     * @param drive {@code a b Delta} of every y, one after the other for networks side by side
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void learn(int[] rows, double[] drive, double rate);

    /** The last features. */
    Coordinates features();

    /** The last gradients. */
    Coordinates gradients();

    @Override
    void close();
}
