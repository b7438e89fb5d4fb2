package org.widthbench.core.random;

import org.apache.commons.numbers.gamma.InverseErf;
import org.widthbench.core.Tensor;

/**
 * The float32 normals of {@code jax.random.normal(PRNGKey(seed), shape)}, with which the published notebooks draw their
 * inputs: threefry2x32 with 20 rounds (Salmon et al., SC 2011) over the counters {@code 0 .. n-1}, whose first half is the
 * first and whose second half the second word of each block (the layout before "partitionable" keys).
 *
 * <p>A word becomes {@code u = 2 f - 1} just inside (-1, 1), {@code f} its upper 23 bits as a fraction, all in float32; the
 * normal is {@code sqrt(2) erfinv(u)} with sqrt(2) rounded to float32, the rest in float64, and rounded once at the end.
 * JAX evaluates {@code erfinv} by a float32 polynomial, so that its own numbers may differ in the last few bits.
 */
public final class Threefry {
    private static final int[][] ROTATIONS = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    private static final int GROUPS = 5;
    private static final int KEY_PARITY = 0x1BD11BDA;
    private static final int FRACTION_SHIFT = 9;
    private static final int ONE_BITS = 0x3F800000;
    private static final float LOWEST = Math.nextAfter(-1f, 0);
    private static final float SQRT_2 = (float) Math.sqrt(2);

    private Threefry() {}

    /**
     * Standard normals in float32 precision.
     *
     * @param seed as given to {@code PRNGKey}
     * @param shape sizes per axis
     * @throws IllegalArgumentException if a size is negative or there are more than 2^31 entries
     */
    public static Tensor normal(long seed, int... shape) {
        Tensor normals = Tensor.zeros(shape);
        double[] data = normals.data();
        int[] bits = bits(seed, data.length);
        for (int i = 0; i < data.length; i++) {
            float fraction = Float.intBitsToFloat((bits[i] >>> FRACTION_SHIFT) | ONE_BITS) - 1f;
            float u = Math.max(LOWEST, fraction * 2f + LOWEST);
            data[i] = (float) (SQRT_2 * InverseErf.value(u));
        }
        return normals;
    }

    /** The first {@code count} random words of a key, in JAX's order. */
    static int[] bits(long seed, int count) {
        int[] bits = new int[count];
        int half = (count + 1) / 2;
        for (int i = 0; i < half; i++) {
            // An odd count is padded with one counter 0.
            int second = half + i < count ? half + i : 0;
            long block = block((int) (seed >>> 32), (int) seed, i, second);
            bits[i] = (int) (block >>> 32);
            if (half + i < count) {
                bits[half + i] = (int) block;
            }
        }
        return bits;
    }

    /**
     * One threefry2x32 block.
     *
     * @return the first word in the upper half, the second in the lower
     */
    static long block(int key0, int key1, int counter0, int counter1) {
        int[] schedule = {key0, key1, key0 ^ key1 ^ KEY_PARITY};
        int x0 = counter0 + key0;
        int x1 = counter1 + key1;
        for (int group = 0; group < GROUPS; group++) {
            for (int rotation : ROTATIONS[group % 2]) {
                x0 += x1;
                x1 = Integer.rotateLeft(x1, rotation) ^ x0;
            }
            x0 += schedule[(group + 1) % 3];
            x1 += schedule[(group + 2) % 3] + group + 1;
        }
        return ((long) x0 << 32) | (x1 & 0xFFFFFFFFL);
    }
}
