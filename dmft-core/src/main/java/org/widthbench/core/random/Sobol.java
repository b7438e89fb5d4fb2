package org.widthbench.core.random;

import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Randomized Sobol points, uniform in the open unit cube: the first {@code 2^m} of them put exactly one point in each
 * interval {@code [j 2^-m, (j+1) 2^-m)} of each coordinate, yet each single point is uniformly distributed. Direction
 * numbers are those of Joe and Kuo (2008), from commons-math3.
 */
public final class Sobol {
    /** Coordinates for which direction numbers are at hand. */
    public static final int MAX_DIMENSIONS = 1000;

    // The generator's points are whole multiples of 2^-52.
    private static final int BITS = 52;
    private static final double SCALE = 0x1p-52;
    // Levels scrambled one by one; below them (fewer than 2^32 points can differ there) all bits are drawn at once.
    private static final int NESTED_LEVELS = 32;
    // Streams of Philox, so that the shifts are unlike any other noise of the same seed.
    private static final long SHIFT_STREAM = 0x536F626F6CL;

    private Sobol() {}

    /**
     * Points with one random digital shift per coordinate: every coordinate's bits are xor-ed with a constant.
     *
     * @param dimensions {@code 1..1000}
     * @param count number of points, best a power of two
     * @param seed chooses the shift
     * @return {@code count} points of {@code dimensions} coordinates
     * @throws IllegalArgumentException if {@code dimensions} is not in range or {@code count} is negative
     */
    public static double[][] points(int dimensions, int count, long seed) {
        long[] shifts = coordinateKeys(dimensions, seed);
        return transform(dimensions, count, (bits, coordinate) -> bits ^ (shifts[coordinate] >>> (Long.SIZE - BITS)));
    }

    /**
     * Points with nested uniform scrambling (Owen 1995): the flip of each bit is a random function of all bits above it.
     * Keeps the stratification, and unlike a digital shift makes the error for smooth integrands fall faster than
     * {@code 1 / count}.
     *
     * @param dimensions {@code 1..1000}
     * @param count number of points, best a power of two
     * @param seed chooses the scrambling
     * @return {@code count} points of {@code dimensions} coordinates
     * @throws IllegalArgumentException if {@code dimensions} is not in range or {@code count} is negative
     */
    public static double[][] owenScrambledPoints(int dimensions, int count, long seed) {
        long[] keys = coordinateKeys(dimensions, seed);
        return transform(dimensions, count, (bits, coordinate) -> nestedScramble(bits, keys[coordinate]));
    }

    private static long nestedScramble(long bits, long key) {
        long scrambled = bits;
        for (int level = 0; level < NESTED_LEVELS; level++) {
            int position = BITS - 1 - level;
            scrambled ^= (nodeHash(bits, level, key) >>> (Long.SIZE - 1)) << position;
        }
        int rest = BITS - NESTED_LEVELS;
        return scrambled ^ (nodeHash(bits, NESTED_LEVELS, key) >>> (Long.SIZE - rest));
    }

    /** Random word of the node that the first {@code level} bits lead to in the binary tree of one coordinate. */
    private static long nodeHash(long bits, int level, long key) {
        long node = (1L << level) | (bits >>> (BITS - level));
        // The finalizer of SplitMix64 (Stafford's variant 13) over a Weyl sequence.
        long hash = key + node * 0x9E3779B97F4A7C15L;
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }

    private static long[] coordinateKeys(int dimensions, long seed) {
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw new IllegalArgumentException("dimensions must be in 1.." + MAX_DIMENSIONS + ", not " + dimensions);
        }
        int[] words = new int[Philox.WORDS * dimensions];
        Philox.blocks(seed, SHIFT_STREAM, 0, words, 0, dimensions);
        long[] keys = new long[dimensions];
        for (int d = 0; d < dimensions; d++) {
            keys[d] = ((long) words[Philox.WORDS * d] << 32) | (words[Philox.WORDS * d + 1] & 0xFFFFFFFFL);
        }
        return keys;
    }

    @FunctionalInterface
    private interface Scramble {
        long apply(long bits, int coordinate);
    }

    private static double[][] transform(int dimensions, int count, Scramble scramble) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be >= 0, not " + count);
        }
        SobolSequenceGenerator generator = new SobolSequenceGenerator(dimensions);
        double[][] points = new double[count][];
        for (int i = 0; i < count; i++) {
            double[] point = generator.nextVector();
            for (int d = 0; d < dimensions; d++) {
                long bits = scramble.apply((long) (point[d] / SCALE), d);
                // The middle of the cell: never 0 or 1.
                point[d] = (bits + 0.5) * SCALE;
            }
            points[i] = point;
        }
        return points;
    }
}
