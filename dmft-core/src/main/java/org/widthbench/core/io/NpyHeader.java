package org.widthbench.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header of NumPy's {@code .npy} format, versions 1 to 3: a magic string, a length, and a Python dictionary literal
 * such as {@code {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }}.
 *
 * @param type element type
 * @param fortranOrder first axis fastest
 * @param shape sizes per axis
 * @param entries product of the sizes
 * @param headerBytes bytes before the data
 */
record NpyHeader(NpyType type, boolean fortranOrder, int[] shape, int entries, long headerBytes) {
    /** Little-endian float64. */
    static final String FLOAT64 = "<f8";

    /** uint8. */
    static final String BYTE = "|u1";

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_VERSION = 3;
    // NumPy writes some 118 bytes and reads at most 10000 unless told otherwise.
    private static final int MAX_TEXT_BYTES = 10_000;
    private static final int MAX_RANK = 64;
    // The data of an array in this format start at a multiple of this.
    private static final int ALIGNMENT = 64;

    private static final Pattern ITEM = Pattern.compile("\\s*(['\"])(descr|fortran_order|shape)\\1\\s*:\\s*"
            + "(?:(?<order>True|False)|\\((?<shape>[-+0-9L,\\s]*)\\)|(['\"])(?<descr>[^'\"]*)\\5|(?<structured>\\[))"
            + "\\s*(?<comma>,?)");

    long dataBytes() {
        return (long) entries * type.bytes();
    }

    /**
     * Reads the header and leaves the stream at the first data byte.
     *
     * @throws NpyFormatException saying what is wrong with it
     */
    static NpyHeader read(InputStream in) throws IOException {
        byte[] start = exactly(in, MAGIC.length + 2);
        if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new NpyFormatException("is not a NumPy array (the magic string is missing)");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > MAX_VERSION) {
            throw new NpyFormatException("has format version " + version + "; versions 1 to 3 can be read");
        }
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        ByteBuffer length = ByteBuffer.wrap(exactly(in, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
        long textBytes =
                version == 1 ? Short.toUnsignedLong(length.getShort()) : Integer.toUnsignedLong(length.getInt());
        if (textBytes > MAX_TEXT_BYTES) {
            throw new NpyFormatException("has a header of " + textBytes + " bytes; at most " + MAX_TEXT_BYTES);
        }
        String text = new String(exactly(in, (int) textBytes), StandardCharsets.UTF_8);
        return parse(text, start.length + lengthBytes + textBytes);
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new NpyFormatException("is truncated within its header");
        }
        return bytes;
    }

    private static NpyHeader parse(String text, long headerBytes) throws NpyFormatException {
        String dictionary = text.strip();
        if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
            throw malformed();
        }
        String items = dictionary.substring(1, dictionary.length() - 1);
        NpyType type = null;
        Boolean fortranOrder = null;
        int[] shape = null;
        Matcher item = ITEM.matcher(items);
        int at = 0;
        boolean another = true;
        while (another && item.region(at, items.length()).lookingAt()) {
            String key = item.group(2);
            if (item.group("structured") != null) {
                throw new NpyFormatException("has a structured dtype; a plain number type is needed");
            } else if (key.equals("descr") && type == null && item.group("descr") != null) {
                type = NpyType.parse(item.group("descr"));
            } else if (key.equals("fortran_order") && fortranOrder == null && item.group("order") != null) {
                fortranOrder = item.group("order").equals("True");
            } else if (key.equals("shape") && shape == null && item.group("shape") != null) {
                shape = parseShape(item.group("shape"));
            } else {
                throw malformed();
            }
            at = item.end();
            another = !item.group("comma").isEmpty();
        }
        if (type == null
                || fortranOrder == null
                || shape == null
                || !items.substring(at).isBlank()) {
            throw malformed();
        }
        return new NpyHeader(type, fortranOrder, shape, entries(shape), headerBytes);
    }

    private static NpyFormatException malformed() {
        return new NpyFormatException("has a malformed header");
    }

    private static int[] parseShape(String tuple) throws NpyFormatException {
        List<Integer> sizes = new ArrayList<>();
        String[] parts = tuple.isBlank() ? new String[0] : tuple.split(",", -1);
        boolean trailingComma = parts.length > 1 && parts[parts.length - 1].isBlank();
        int rank = trailingComma ? parts.length - 1 : parts.length;
        if (rank > MAX_RANK) {
            throw new NpyFormatException("has " + rank + " axes; at most " + MAX_RANK);
        }
        for (int axis = 0; axis < rank; axis++) {
            // Python 2 wrote long integers with an L.
            String digits = parts[axis].strip().replaceFirst("L$", "");
            if (!digits.matches("[0-9]{1,10}") || Long.parseLong(digits) > Integer.MAX_VALUE) {
                throw new NpyFormatException(
                        "has shape (" + tuple.strip() + "); sizes must be in 0.." + Integer.MAX_VALUE);
            }
            sizes.add(Integer.parseInt(digits));
        }
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int entries(int[] shape) throws NpyFormatException {
        // Zero sizes are left out, so that no order of the axes hides an overflow.
        long entries = 1;
        boolean empty = false;
        for (int size : shape) {
            empty |= size == 0;
            entries *= Math.max(1, size);
            if (entries > Integer.MAX_VALUE) {
                throw new NpyFormatException("has shape " + Arrays.toString(shape) + "; at most " + Integer.MAX_VALUE
                        + " entries can be held");
            }
        }
        return empty ? 0 : (int) entries;
    }

    /** The header of an array in C order, format version 1. */
    static byte[] of(String descr, int[] shape) {
        String sizes = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + sizes
                + (shape.length == 1 ? "," : "") + "), }";
        int start = MAGIC.length + 2 + Short.BYTES;
        int total = (start + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - start));
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NpyHeader that
                && type.equals(that.type)
                && fortranOrder == that.fortranOrder
                && Arrays.equals(shape, that.shape)
                && headerBytes == that.headerBytes;
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(shape);
    }
}
