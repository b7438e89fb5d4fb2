package org.widthbench.core.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Element type of a NumPy array.
 *
 * @param kind {@code f} float, {@code i} signed, {@code u} unsigned integer, {@code b} truth value
 * @param bytes bytes per element
 * @param order byte order
 */
record NpyType(char kind, int bytes, ByteOrder order) {
    private static final Pattern DESCR = Pattern.compile("([<>|=]?)([fiub])([1248])");
    private static final double TWO_TO_64 = 0x1p64;

    /** @throws NpyFormatException if numbers of this type cannot be read */
    static NpyType parse(String descr) throws NpyFormatException {
        Matcher matcher = DESCR.matcher(descr);
        if (descr.contains("O")) {
            throw new NpyFormatException("holds pickled Python objects, which are never read; save it as float64");
        }
        if (!matcher.matches()) {
            throw unknown(descr);
        }
        char order = matcher.group(1).isEmpty() ? '=' : matcher.group(1).charAt(0);
        char kind = matcher.group(2).charAt(0);
        int bytes = matcher.group(3).charAt(0) - '0';
        boolean known =
                switch (kind) {
                    case 'f' -> bytes >= Float.BYTES;
                    case 'b' -> bytes == 1;
                    default -> true;
                };
        if (!known || (order == '|' && bytes > 1)) {
            throw unknown(descr);
        }
        return new NpyType(kind, bytes, order == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    private static NpyFormatException unknown(String descr) {
        return new NpyFormatException(
                "has the unknown dtype '" + printable(descr) + "'; f4, f8, i1 to i8, u1 to u8 and b1 can be read");
    }

    private static String printable(String descr) {
        return descr.replaceAll("[^ -~]", "?");
    }

    /**
     * Converts raw bytes to float64. 64-bit integers beyond 2^53 are rounded.
     *
     * @param raw holds {@code count} elements from its position on
     * @param out receives the numbers from {@code offset} on
     */
    void convert(ByteBuffer raw, double[] out, int offset, int count) {
        ByteBuffer buffer = raw.slice().order(order);
        if (kind == 'f' && bytes == Double.BYTES) {
            buffer.asDoubleBuffer().get(out, offset, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            out[offset + i] = element(buffer, i * bytes);
        }
    }

    private double element(ByteBuffer buffer, int at) {
        return switch (kind) {
            case 'f' -> buffer.getFloat(at);
            case 'b' -> buffer.get(at) == 0 ? 0 : 1;
            case 'i' ->
                switch (bytes) {
                    case 1 -> buffer.get(at);
                    case 2 -> buffer.getShort(at);
                    case 4 -> buffer.getInt(at);
                    default -> buffer.getLong(at);
                };
            default ->
                switch (bytes) {
                    case 1 -> Byte.toUnsignedInt(buffer.get(at));
                    case 2 -> Short.toUnsignedInt(buffer.getShort(at));
                    case 4 -> Integer.toUnsignedLong(buffer.getInt(at));
                    default -> unsigned(buffer.getLong(at));
                };
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : bits + TWO_TO_64;
    }
}
