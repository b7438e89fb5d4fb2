package org.widthbench.core.random;

/**
 * The initial weights of a network: standard normals that depend on {@code (seed, width, layer, index)} alone, so that
 * every trainer, precision and number of threads starts from the same network.
 */
public final class InitialWeights {
    /** Streams of one width; the layers of different widths, and the noise of the solvers below, never share one. */
    private static final int STREAMS_PER_WIDTH_BITS = 24;

    private InitialWeights() {}

    /**
     * Fills {@code out[offset .. offset+length)} with entries of one layer's weights.
     *
     * @param seed which network of the ensemble
     * @param width number N of neurons (channels of a CNN) per hidden layer
     * @param layer 0 for {@code W^0}, up to L for the read-out {@code w}
     * @param firstIndex flat index of the first entry in row-major order; row = neuron (channel) that is computed,
     *     columns = what feeds it (for a CNN: row offset, column offset, input channel, the last fastest)
     */
    public static void fill(double[] out, int offset, int length, long seed, int width, int layer, long firstIndex) {
        NormalNoise.fill(out, offset, length, seed, stream(width, layer), firstIndex);
    }

    /** The stream of {@link NormalNoise} that one layer's weights are, for those who make the noise themselves. */
    public static long stream(int width, int layer) {
        return ((long) width << STREAMS_PER_WIDTH_BITS) + layer;
    }
}
