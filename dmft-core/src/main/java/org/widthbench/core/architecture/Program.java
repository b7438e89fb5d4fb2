package org.widthbench.core.architecture;

import java.util.List;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Matrix;

/**
 * A forward pass, a backward pass and an update, over the fields of some points: a network or its theory, whichever its {@link
 * org.widthbench.core.weights.Realization} makes it.
 */
public interface Program {
    /** Most points that can be presented at a time. */
    int capacity();

    /**
     * Chooses the points that are looked at.
     *
     * @param points their indices in the data, at most {@link #capacity}
     */
    void present(int... points);

    /**
     * Shows points that the data need not hold.
     *
     * @param inputs one after the other, {@code (points, D)} or {@code (points, height, width, channels)}, at most {@link #capacity}
     */
    void present(Tensor inputs);

    /** Fills h, phi and phi' of every layer and point presented. */
    void forward();

    /**
     * What came out, not centred, summed in float64; needs {@link #forward}.
     *
     * @return {@code (networks, points, C)}
     */
    double[] outputs();

    /**
     * Fills z and g of every layer; needs {@link #forward} of the same weights.
     *
     * @param selection places among the points presented
     */
    void backward(int... selection);

    /**
     * Adds the gradient of the points of the last {@link #backward} to that of the next step: for batches that pass in parts.
     * Needs {@link #outputs}.
     *
     * @param drive {@code a b Delta}, {@code (networks, points, C)}
     */
    void gather(double[] drive);

    /**
     * One step along the gradient of the points of the last {@link #backward} and what was {@linkplain #gather gathered}.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    void learn(double[] drive, double rate);

    /** The hidden layers, from the data up. */
    List<? extends Site> sites();

    /** All that a step changes, by name; the matrices themselves, not copies. */
    Map<String, Matrix> state();
}
