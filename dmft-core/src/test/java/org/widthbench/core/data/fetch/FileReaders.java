package org.widthbench.core.data.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.widthbench.core.Dataset;
import org.widthbench.core.Fuzzer;
import org.widthbench.core.Tensor;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.ImageFormat;
import org.widthbench.core.data.MnistSource;
import org.widthbench.core.io.Npz;

/**
 * What the fuzzer calls: the first byte of an input chooses a reader, the rest is what its file holds. Where checksums would
 * keep damage from the reader behind them, there is a second entry that packs the input soundly.
 */
public final class FileReaders {
    /** The readers, in the order of the first byte. */
    enum Reader {
        NPZ,
        NPY_IN_SOUND_ZIP,
        CIFAR,
        MNIST_IMAGES,
        MNIST_LABELS,
        MNIST_LABELS_IN_SOUND_GZIP,
        TAR_GZ,
        TAR_IN_SOUND_GZIP
    }

    static final int CIFAR_RECORD = 3073;
    /** A header, and images of 2 x 2 pixels. */
    static final byte[] MNIST_IMAGES = {
        0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2
    };

    static final byte[] MNIST_LABELS = {0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 0, 1, 2};

    private static final Path SCRATCH = Path.of(System.getProperty("java.io.tmpdir"));
    private static final Fuzzer.Input NPZ = new Fuzzer.Input("archive.npz");
    private static final Fuzzer.Input NPY = new Fuzzer.Input("array.npz");
    private static final Fuzzer.Input CIFAR = new Fuzzer.Input("data_batch_1.bin");
    private static final Fuzzer.Input IMAGES = new Fuzzer.Input("train-images-idx3-ubyte");
    private static final Fuzzer.Input TAR = new Fuzzer.Input("archive.tar.gz");

    private FileReaders() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        switch (Reader.values()[(input[0] & 0xFF) % Reader.values().length]) {
            case NPZ -> NPZ.read(bytes, "archive.npz", FileReaders::readNpz);
            case NPY_IN_SOUND_ZIP -> NPY.read(zip(bytes), "array.npz", FileReaders::readNpz);
            case CIFAR -> CIFAR.read(cifar(bytes), "data.", file -> load(cifar()));
            case MNIST_IMAGES -> mnist(bytes, gzip(MNIST_LABELS));
            case MNIST_LABELS -> mnist(MNIST_IMAGES, bytes);
            case MNIST_LABELS_IN_SOUND_GZIP -> mnist(MNIST_IMAGES, gzip(bytes));
            case TAR_GZ -> unpack(bytes);
            case TAR_IN_SOUND_GZIP -> unpack(gzip(bytes));
        }
    }

    /** Jazzer's last call. */
    public static void fuzzerTearDown() {
        Stream.of(NPZ, NPY, CIFAR, IMAGES, TAR).forEach(Fuzzer.Input::report);
    }

    private static void readNpz(Path file) {
        Map<String, Tensor> arrays = Npz.read(file);
        // What was read is written and read again to the same bits.
        Path copy = SCRATCH.resolve("copy.npz");
        Npz.write(copy, arrays);
        if (!Npz.read(copy).equals(arrays)) {
            throw new IllegalStateException("arrays do not survive being written: " + arrays.keySet());
        }
    }

    private static void load(DataSource source) {
        Dataset dataset = source.load();
        for (double entry : dataset.inputs().data()) {
            if (!Double.isFinite(entry)) {
                throw new IllegalStateException("an entry is " + entry);
            }
        }
    }

    private static DataSource cifar() {
        return new Cifar10Source(SCRATCH, List.of(0, 1), 4, 0, ImageFormat.standard());
    }

    /** One record for each byte, its label, but the last byte cuts the file short. */
    static byte[] cifar(byte[] labels) {
        byte[] records = new byte[CIFAR_RECORD * labels.length];
        for (int i = 0; i < labels.length; i++) {
            Arrays.fill(records, CIFAR_RECORD * i, CIFAR_RECORD * (i + 1), (byte) (37 * i));
            records[CIFAR_RECORD * i] = labels[i];
        }
        return labels.length == 0
                ? records
                : Arrays.copyOf(records, records.length - (labels[labels.length - 1] & 0xFF));
    }

    private static void mnist(byte[] images, byte[] zippedLabels) throws IOException {
        Files.write(SCRATCH.resolve("train-labels-idx1-ubyte.gz"), zippedLabels);
        IMAGES.read(
                images, "data.", file -> load(new MnistSource(SCRATCH, List.of(0, 1), 4, 0, ImageFormat.standard())));
    }

    private static void unpack(byte[] archive) throws IOException {
        Path inside = Files.createDirectories(SCRATCH.resolve("inside"));
        Path target = Files.createDirectories(inside.resolve("target"));
        TAR.read(archive, "archive.tar.gz", file -> new TarArchive(file).extractInto(target));
        // Nothing beside the folder, and in it plain files alone.
        try (Stream<Path> files = Files.walk(inside)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && file.getParent().equals(target)) {
                    Files.delete(file);
                } else if (!file.equals(inside) && !file.equals(target)) {
                    throw new IllegalStateException("unpacked " + file);
                }
            }
        }
    }

    private static byte[] zip(byte[] npy) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(npy);
        }
        return bytes.toByteArray();
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zipped = new GZIPOutputStream(bytes)) {
            zipped.write(content);
        }
        return bytes.toByteArray();
    }
}
