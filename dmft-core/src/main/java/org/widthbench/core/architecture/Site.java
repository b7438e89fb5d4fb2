package org.widthbench.core.architecture;

import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.Weights;

/**
 * A hidden layer of a program, as the last passes left it. Fields have a row per point presented (per point of the last backward
 * pass and output, the output running fastest) and pixel, the pixel running fastest.
 */
public interface Site {
    /** {@code h^l}. */
    Field preactivations();

    /** {@code phi(h^l)}. */
    Field activations();

    /** {@code z^l}. */
    Field pullbacks();

    /** {@code g^l}. */
    Field gradients();

    /** {@code phi(h^l)} averaged over pixels, a row per point presented; valid until the next pass. */
    Coordinates featureCoordinates();

    /** {@code g^l} summed over pixels, a row per point of the last backward pass and output; valid until the next pass. */
    Coordinates gradientCoordinates();

    /** What the layer is computed with: {@code h^l = factor W phi^{l-1} / sqrt(inputs)}. */
    Weights weights();

    /** The factor. */
    double factor();
}
