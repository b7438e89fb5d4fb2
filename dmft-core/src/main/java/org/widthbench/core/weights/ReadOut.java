package org.widthbench.core.weights;

import java.util.Map;
import org.widthbench.core.backend.Matrix;

/** The last weights {@code w (C, N)} of a network, one row per output. */
public interface ReadOut extends AutoCloseable {
    /**
     * {@code w . phi / N}, summed in float64. The features are remembered until the next call.
     *
     * @return {@code (networks, rows, C)}
     */
    double[] outputs(Field phi);

    /** {@code z = scale w}, for every row the w of its output. */
    void pullBack(double scale, int[] outputs, Field z);

    /** {@link Weights#gather} of {@code drive phi} for the last features. */
    void gather(double[] driving);

    /**
     * {@link Weights#learn} of {@code drive phi} for the last features.
     *
     * @param driving {@code (networks, C, rows)}
     */
    void learn(double[] driving, double rate);

    /** All that a step changes, by name; the matrices themselves. */
    Map<String, Matrix> state();

    @Override
    void close();
}
