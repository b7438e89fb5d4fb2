package org.widthbench.core;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Damages files in the ways that break parsers: flips, cuts, repeats, and numbers at the edge of their range. */
public final class ByteMutator {
    private static final int[] EDGES = {0, 1, -1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0x01000000};
    private static final int MAX_MUTATIONS = 3;

    private final Random random;

    /** @param seed the same seed damages the same bytes in the same way */
    public ByteMutator(long seed) {
        random = new Random(seed);
    }

    /** A damaged copy. */
    public byte[] mutate(byte[] original) {
        byte[] bytes = original.clone();
        for (int n = 1 + random.nextInt(MAX_MUTATIONS); n > 0 && bytes.length > 8; n--) {
            bytes = mutateOnce(bytes);
        }
        return bytes;
    }

    private byte[] mutateOnce(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
        return switch (random.nextInt(6)) {
            case 0 -> with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)), 1);
            case 1 -> with(bytes, at, random.nextInt(256), 1);
            case 2 -> with(bytes, at, EDGES[random.nextInt(EDGES.length)], 1 << random.nextInt(3));
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + length, bytes.length));
            default -> join(Arrays.copyOf(bytes, at + length), Arrays.copyOfRange(bytes, at, bytes.length));
        };
    }

    /** Overwrites up to four bytes with a little-endian number. */
    private static byte[] with(byte[] bytes, int at, int value, int count) {
        for (int i = 0; i < count && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> (8 * i));
        }
        return bytes;
    }

    private static byte[] join(byte[] head, byte[] tail) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(head.length + tail.length);
        all.writeBytes(head);
        all.writeBytes(tail);
        return all.toByteArray();
    }
}
