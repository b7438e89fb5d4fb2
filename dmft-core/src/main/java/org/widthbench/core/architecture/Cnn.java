package org.widthbench.core.architecture;

import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.weights.Realization;

/**
 * k x k SAME convolutions and a global average pool, {@code docs/theory.md} section 6.
 *
 * @param kernel filter size k, odd
 * @param residual the stream
 * @param scaling factors in front of the convolutions
 */
public record Cnn(int kernel, Residual residual, Scaling scaling) implements Architecture {
    /** What a configuration without {@code network.kernel} means. */
    public static final int DEFAULT_KERNEL = 3;
    /** Twice the side of the largest images in use: farther out a filter sees padding only. Its square is counted in an int. */
    private static final int MOST_FILTER = 1023;

    /** Factors in front of the convolutions. */
    public enum Scaling {
        /** {@code 1/sqrt(C k^2)} with C the channels that a layer reads: every layer's fields stay of order one. */
        MEAN_FIELD,
        /** The published notebook's: none on the first layer, {@code 1/sqrt(N)} on the others. */
        NOTEBOOK
    }

    /** @throws InvalidInputException naming {@code network.kernel} unless it is odd and of a sensible size */
    public Cnn {
        InvalidInputException.require(
                kernel >= 1 && kernel <= MOST_FILTER && kernel % 2 == 1,
                "network.kernel",
                kernel,
                kernel <= MOST_FILTER ? "an odd whole number >= 1" : "an odd whole number in 1.." + MOST_FILTER);
    }

    /** The network of {@code docs/theory.md} section 6 as it stands there. */
    public Cnn(int kernel) {
        this(kernel, Residual.NONE, Scaling.MEAN_FIELD);
    }

    /** With filters of the size that a configuration without {@code network.kernel} means. */
    public Cnn() {
        this(DEFAULT_KERNEL);
    }

    @Override
    public String word() {
        return "cnn";
    }

    @Override
    public boolean takesImages() {
        return true;
    }

    @Override
    public Architecture with(int filter, Residual stream) {
        return new Cnn(filter, stream, scaling);
    }

    @Override
    public boolean takesBias() {
        return false;
    }

    @Override
    public boolean takesOutputsAndStreams() {
        return false;
    }

    @Override
    public boolean hasEquations() {
        return !residual.exists() && scaling == Scaling.MEAN_FIELD;
    }

    @Override
    public Program program(Network network, Dataset data, double gamma0, Realization realization, int points) {
        int colours = channels(data.inputs());
        return new LayeredProgram(network, data, gamma0, realization, points, layer -> switch (scaling) {
            case MEAN_FIELD -> 1;
            case NOTEBOOK -> layer == 0 ? kernel * Math.sqrt(colours) : kernel;
        });
    }
}
