package org.widthbench.core.architecture;

import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Images;
import org.widthbench.core.weights.Realization;

/**
 * What connects the layers of a network: everything about it that is not depth, activation, width or training. A new one is a
 * class that implements this and a line in {@link Architectures}.
 */
public interface Architecture {
    /** The name in configurations and errors. */
    String word();

    /** The residual stream. */
    Residual residual();

    /** Whether a point is an image, {@code (height, width, channels)}, rather than a vector. */
    boolean takesImages();

    /** Side of its filters: 1 where it has none. */
    int kernel();

    /** How the points of some data look to it. */
    default Images images(Tensor inputs) {
        return takesImages() ? new Images(inputs.size(1), inputs.size(2), kernel()) : Images.VECTOR;
    }

    /** The same with other values of the keys {@code network.kernel}, where it has filters, and {@code network.residual}. */
    Architecture with(int filter, Residual stream);

    /** Whether neurons may have biases. */
    boolean takesBias();

    /** Whether there may be several outputs, and data that pass once only. */
    boolean takesOutputsAndStreams();

    /** Whether {@code docs/theory.md} section 3, or 6 for images, is its theory as it stands: what solvers without a program solve. */
    default boolean hasEquations() {
        return false;
    }

    /** Number of hidden layers of a network of this depth. */
    default int layers(int depth) {
        return residual().layers(depth);
    }

    /** Numbers per row of what the first layer reads: D, or the channels of an image. */
    default int channels(Tensor inputs) {
        return inputs.size(takesImages() ? 3 : 0);
    }

    /** The largest of a network's matrices, entries. */
    default double largestMatrix(Network network, Tensor inputs, double width) {
        double inner = network.layers() > 1 ? width : 0;
        return width * images(inputs).taps() * Math.max(inner, channels(inputs));
    }

    /** Entries of all matrices between neurons; those that read the data are {@code N k^2 C} more. */
    default double innerWeights(Network network, Tensor inputs, double width) {
        return (network.layers() - 1.0) * width * width * images(inputs).taps();
    }

    /**
     * The architecture as a program.
     *
     * @param gamma0 what outputs are divided by
     * @param realization what it is made of
     * @param points most points that are presented at a time
     */
    Program program(Network network, Dataset data, double gamma0, Realization realization, int points);
}
