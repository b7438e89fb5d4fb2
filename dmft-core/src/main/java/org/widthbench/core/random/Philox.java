package org.widthbench.core.random;

/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1,
 * 2, 3" (SC 2011). A block of four 32-bit words is a bijection of a 128-bit counter, chosen by a 64-bit key: no state,
 * so every block can be had in any order, on any number of threads, on CPU and GPU alike.
 *
 * <p>The 128-bit counter, least significant word first, is {@code (low(block), high(block), low(stream),
 * high(stream))}; the key is {@code (low(seed), high(seed))}.
 */
public final class Philox {
    /** 32-bit words in one block. */
    public static final int WORDS = 4;

    private static final int ROUNDS = 10;
    // Multipliers and Weyl increments of the published algorithm.
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long LOW_WORD = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * Writes the blocks {@code firstBlock, firstBlock + 1, ...} of a stream.
     *
     * @param seed the key
     * @param stream upper half of the counter
     * @param firstBlock lower half of the counter of the first block, an unsigned number that wraps around
     * @param words receives {@code 4 count} words
     * @param offset index of the first word written
     * @param count number of blocks
     * @throws IndexOutOfBoundsException if {@code words} is too short
     */
    public static void blocks(long seed, long stream, long firstBlock, int[] words, int offset, int count) {
        java.util.Objects.checkFromIndexSize(offset, Math.multiplyExact(WORDS, count), words.length);
        int stream0 = (int) stream;
        int stream1 = (int) (stream >>> 32);
        for (int b = 0; b < count; b++) {
            long block = firstBlock + b;
            int c0 = (int) block;
            int c1 = (int) (block >>> 32);
            int c2 = stream0;
            int c3 = stream1;
            int k0 = (int) seed;
            int k1 = (int) (seed >>> 32);
            for (int round = 0; round < ROUNDS; round++) {
                long product0 = MULTIPLIER_0 * (c0 & LOW_WORD);
                long product1 = MULTIPLIER_1 * (c2 & LOW_WORD);
                c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
                c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
                c1 = (int) product1;
                c3 = (int) product0;
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            int at = offset + WORDS * b;
            words[at] = c0;
            words[at + 1] = c1;
            words[at + 2] = c2;
            words[at + 3] = c3;
        }
    }
}
