package org.widthbench.core.solver;

/** Numbers of the noise streams of one solve, so that no two uses of a seed overlap. */
final class Streams {
    private static final int PER_LAYER = 4;
    /** 2^64 over the golden ratio, spreads neighbouring seeds. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private Streams() {}

    /** Noise rows of layer {@code l = 1..L}; index = arrival x samples + sample. */
    static long basis(int layer) {
        return (long) PER_LAYER * layer;
    }

    /** Residual noise of {@code u^l}; index = row x samples + sample. */
    static long residualU(int layer) {
        return (long) PER_LAYER * layer + 1;
    }

    /** Residual noise of {@code r^l}; index = row x samples + sample. */
    static long residualR(int layer) {
        return (long) PER_LAYER * layer + 2;
    }

    /** Seed of a layer's Sobol scrambling. */
    static long scrambling(long seed, int layer) {
        return seed * SPREAD + layer;
    }
}
