package org.widthbench.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

/**
 * NumPy archives ({@code .npz}): a zip of one {@code NAME.npy} per array.
 *
 * <p>Written are float64 arrays, or bytes (uint8), in C order, stored without compression, zip64 where an array or the archive
 * needs it. The same arrays always make the same bytes.
 *
 * <p>Read is what NumPy writes: float and integer types and truth values of either byte order, C and Fortran order,
 * header versions 1 to 3, stored or deflated. Everything else is refused; pickled objects are never deserialized, and no
 * file can make the reader allocate more than its own bytes can fill.
 */
public final class Npz {
    private static final String ARRAY_SUFFIX = ".npy";
    // Arrays in one archive; results have some dozens.
    private static final int MAX_ARRAYS = 10_000;
    // Deflate expands a byte to at most 1032, whatever the archive claims.
    private static final long MAX_EXPANSION = 1032;
    private static final int CHUNK_ENTRIES = 1 << 15;
    // The earliest time that a zip can hold: archives do not depend on when they were written.
    private static final LocalDateTime TIMESTAMP = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * Writes arrays to a file, which holds all of them or stays as it was.
     *
     * @param arrays by name, written in the map's order
     * @throws InvalidInputException naming the file if it cannot be written, or a name that is none
     */
    public static void write(Path file, Map<String, Tensor> arrays) {
        write(file, arrays, Set.of());
    }

    /**
     * Writes arrays to a file, some of them as bytes.
     *
     * @param bytes names of the arrays whose entries are whole numbers from 0 to 255, written as uint8
     * @throws InvalidInputException naming the file if it cannot be written, or a name that is none
     */
    public static void write(Path file, Map<String, Tensor> arrays, Set<String> bytes) {
        for (String name : arrays.keySet()) {
            if (!isPlain(name)) {
                throw new InvalidInputException(file + ": '" + printable(name) + "' is no name for an array");
            }
        }
        AtomicFile.write(file, out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
                zip.setMethod(ZipOutputStream.STORED);
                for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
                    writeArray(zip, array.getKey(), array.getValue(), bytes.contains(array.getKey()));
                }
            }
        });
    }

    /** The bytes of a text in UTF-8 as an array, to be written as bytes. */
    public static Tensor characters(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        double[] numbers = new double[bytes.length];
        Arrays.setAll(numbers, i -> Byte.toUnsignedInt(bytes[i]));
        return Tensor.vector(numbers);
    }

    /** The text of {@link #characters}. */
    public static String text(Tensor characters) {
        byte[] bytes = new byte[characters.data().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) characters.data()[i];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void writeArray(ZipOutputStream zip, String name, Tensor array, boolean bytes) throws IOException {
        byte[] header = NpyHeader.of(bytes ? NpyHeader.BYTE : NpyHeader.FLOAT64, array.shape());
        CRC32 crc = new CRC32();
        crc.update(header);
        eachChunk(array.data(), bytes, crc::update);
        ZipEntry entry = new ZipEntry(name + ARRAY_SUFFIX);
        entry.setTimeLocal(TIMESTAMP);
        long size = header.length + (bytes ? 1L : Double.BYTES) * array.data().length;
        entry.setSize(size);
        entry.setCompressedSize(size);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(header);
        eachChunk(array.data(), bytes, zip::write);
        zip.closeEntry();
    }

    @FunctionalInterface
    private interface ByteSink {
        void accept(byte[] bytes, int offset, int length) throws IOException;
    }

    private static void eachChunk(double[] data, boolean bytes, ByteSink sink) throws IOException {
        byte[] chunk = new byte[Double.BYTES * Math.min(CHUNK_ENTRIES, data.length)];
        var doubles = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
        for (int at = 0; at < data.length; at += CHUNK_ENTRIES) {
            int count = Math.min(CHUNK_ENTRIES, data.length - at);
            if (bytes) {
                for (int i = 0; i < count; i++) {
                    chunk[i] = (byte) data[at + i];
                }
            } else {
                doubles.clear().put(data, at, count);
            }
            sink.accept(chunk, 0, bytes ? count : Double.BYTES * count);
        }
    }

    /**
     * Reads every array.
     *
     * @return arrays by name, in the archive's order
     * @throws InvalidInputException naming the file and the array if the archive cannot be read in full
     */
    public static Map<String, Tensor> read(Path file) {
        return open(file, zip -> {
            Map<String, ZipEntry> members = members(file, zip);
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            long available = Runtime.getRuntime().maxMemory();
            for (Map.Entry<String, ZipEntry> member : members.entrySet()) {
                Tensor array = readMember(file, zip, member.getKey(), member.getValue(), available);
                available -= (long) Double.BYTES * array.data().length;
                arrays.put(member.getKey(), array);
            }
            return arrays;
        });
    }

    /**
     * Reads one array.
     *
     * @throws InvalidInputException naming the file and the array if it is not there or cannot be read
     */
    public static Tensor readArray(Path file, String name) {
        return open(file, zip -> {
            Map<String, ZipEntry> members = members(file, zip);
            ZipEntry entry = members.get(name);
            if (entry == null) {
                throw new InvalidInputException(file + ": has no array '" + name + "'; it holds " + members.keySet());
            }
            return readMember(file, zip, name, entry, Runtime.getRuntime().maxMemory());
        });
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ZipFile zip) throws IOException;
    }

    private static <T> T open(Path file, Reader<T> reader) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(file + ": " + (Files.exists(file) ? "is not a file" : "no such file")
                    + "; expected a .npz archive");
        }
        try (ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            return reader.read(zip);
        } catch (IOException e) {
            throw new InvalidInputException(
                    file + ": cannot be read as a NumPy archive (.npz): " + printable(IoFailure.reason(e)), e);
        }
    }

    private static Map<String, ZipEntry> members(Path file, ZipFile zip) {
        if (zip.size() > MAX_ARRAYS) {
            throw new InvalidInputException(file + ": holds " + zip.size() + " arrays; at most " + MAX_ARRAYS);
        }
        Map<String, ZipEntry> members = new LinkedHashMap<>();
        for (ZipEntry entry : entries(file, zip)) {
            String member = entry.getName();
            String name =
                    member.endsWith(ARRAY_SUFFIX) ? member.substring(0, member.length() - ARRAY_SUFFIX.length()) : "";
            if (!isPlain(name)) {
                throw new InvalidInputException(
                        file + ": member '" + printable(member) + "' is refused; expected NAME.npy");
            }
            if (members.put(name, entry) != null) {
                throw new InvalidInputException(file + ": array '" + name + "' occurs twice");
            }
        }
        return members;
    }

    private static List<? extends ZipEntry> entries(Path file, ZipFile zip) {
        try {
            return zip.stream().toList();
        } catch (IllegalArgumentException e) {
            // What ZipFile throws at comments that are no UTF-8.
            throw new InvalidInputException(
                    file + ": cannot be read as a NumPy archive (.npz): a member's name or comment is not in UTF-8", e);
        }
    }

    /** Whether a name stays what it is when some other program unpacks the archive to files. */
    private static boolean isPlain(String name) {
        return name.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7F)
                && Arrays.stream(name.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static Tensor readMember(Path file, ZipFile zip, String name, ZipEntry entry, long available) {
        try (InputStream in = zip.getInputStream(entry)) {
            return readArray(in, entry, available);
        } catch (NpyFormatException e) {
            throw new InvalidInputException(file + ": array '" + name + "' " + e.getMessage(), e);
        } catch (IOException e) {
            throw new InvalidInputException(
                    file + ": array '" + name + "' cannot be read: " + printable(IoFailure.reason(e)), e);
        }
    }

    private static Tensor readArray(InputStream member, ZipEntry entry, long available) throws IOException {
        CRC32 crc = new CRC32();
        InputStream in = new CheckedInputStream(member, crc);
        NpyHeader header = NpyHeader.read(in);
        long expected = header.headerBytes() + header.dataBytes();
        if (entry.getSize() != expected) {
            throw new NpyFormatException("has " + entry.getSize() + " bytes; its shape "
                    + Arrays.toString(header.shape()) + " needs " + expected);
        }
        if (expected > MAX_EXPANSION * entry.getCompressedSize()) {
            throw new NpyFormatException("claims " + expected + " bytes from " + entry.getCompressedSize()
                    + " compressed ones, which cannot be");
        }
        long memory = (long) Double.BYTES * header.entries() * (header.fortranOrder() ? 2 : 1);
        if (memory > available) {
            throw new NpyFormatException("needs " + memory + " bytes of memory; raise the Java heap (-Xmx)");
        }
        double[] data = readData(in, header);
        if (in.read() >= 0) {
            throw new NpyFormatException("goes on beyond its shape " + Arrays.toString(header.shape()));
        }
        if (crc.getValue() != entry.getCrc()) {
            throw new NpyFormatException("does not match its checksum: the file is damaged");
        }
        Tensor stored = new Tensor(header.shape(), data);
        return header.fortranOrder() ? toRowMajor(stored) : stored;
    }

    private static double[] readData(InputStream in, NpyHeader header) throws IOException {
        double[] data = new double[header.entries()];
        int width = header.type().bytes();
        byte[] bytes = new byte[width * Math.min(CHUNK_ENTRIES, data.length)];
        for (int at = 0; at < data.length; at += CHUNK_ENTRIES) {
            int count = Math.min(CHUNK_ENTRIES, data.length - at);
            if (in.readNBytes(bytes, 0, width * count) < width * count) {
                throw new NpyFormatException("is truncated");
            }
            header.type().convert(ByteBuffer.wrap(bytes), data, at, count);
        }
        return data;
    }

    /** Entries laid out first axis fastest, laid out last axis fastest. */
    private static Tensor toRowMajor(Tensor fortran) {
        int[] shape = fortran.shape();
        double[] from = fortran.data();
        double[] to = new double[from.length];
        int[] index = new int[shape.length];
        int[] strides = new int[shape.length];
        int stride = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        int source = 0;
        for (int i = 0; i < to.length; i++) {
            to[i] = from[source];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                source += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                source -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return new Tensor(shape, to);
    }
}
