package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Fuzzer;
import org.widthbench.core.Tensor;
import org.widthbench.core.data.fetch.FileReaders.Reader;
import org.widthbench.core.io.Npz;

/** Whatever bytes a file holds, reading it gives whole data or one line that says what is wrong. */
class FileReadersFuzzTest {
    /** Some seconds; -Dwidthbench.fuzz.runs asks for more. */
    private static final int RUNS = Integer.getInteger("widthbench.fuzz.runs", 5_000);

    private static final List<String> WORDS = List.of(
            "'descr': ",
            "'fortran_order': ",
            "'shape': ",
            "True",
            "False",
            "None",
            "'<f8'",
            "'>f4'",
            "'>i4'",
            "'|b1'",
            "'|O'",
            "'<U9'",
            "(2,)",
            "(2, 3)",
            "()",
            "(-1,)",
            "(65536, 65536)",
            "(2147483647,)",
            "99999999999",
            "../",
            "/etc/",
            ".npy",
            "\u0093NUMPY");

    @TempDir
    private Path folder;

    @Test
    void filesOfAnyBytesAreReadOrRefused() throws Exception {
        String log = new Fuzzer(folder).run(FileReaders.class, RUNS, seeds(), WORDS);
        assertThat(log).endsWith("exit 0");
        assertThat(Fuzzer.counts(log)).hasSize(5).allSatisfy((file, counts) -> {
            assertThat(counts.read()).as(file).isPositive();
            assertThat(counts.refused()).as(file).isGreaterThan(50);
        });
    }

    /** That a defect which only one header in a great many shows would be found. */
    @Test
    void aPlantedDefectIsFound() throws Exception {
        String log = new Fuzzer(folder).run(Planted.class, 500_000, List.of(new byte[12]), List.of("W"));
        assertThat(log).contains("planted defect").doesNotEndWith("exit 0");
    }

    /** Fails at one of 4 billion headers. */
    public static final class Planted {
        private Planted() {}

        /** Jazzer's entry. */
        public static void fuzzerTestOneInput(byte[] input) {
            if (input.length >= 4 && input[0] == 'W' && input[1] == 'I' && input[2] == 'D' && input[3] == 'E') {
                throw new IllegalStateException("planted defect");
            }
        }
    }

    private List<byte[]> seeds() throws IOException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("X", new Tensor(new int[] {2, 3}, new double[] {1, 2, 3, 4, 5, 6}));
        arrays.put("s", new Tensor(new int[0], new double[] {1}));
        Path archive = folder.resolve("seed.npz");
        Npz.write(archive, arrays);
        byte[] npy;
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (ZipInputStream stored = new ZipInputStream(Files.newInputStream(archive));
                ZipOutputStream zip = new ZipOutputStream(deflated)) {
            stored.getNextEntry();
            npy = stored.readAllBytes();
            zip.putNextEntry(new ZipEntry("X.npy"));
            zip.write(npy);
        }
        byte[] tar = tar();
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(seed(Reader.NPZ, Files.readAllBytes(archive)));
        seeds.add(seed(Reader.NPZ, deflated.toByteArray()));
        seeds.add(seed(Reader.NPY_IN_SOUND_ZIP, npy));
        seeds.add(seed(Reader.CIFAR, new byte[] {0, 1, 0, 1, 9, 0}));
        seeds.add(seed(Reader.MNIST_IMAGES, FileReaders.MNIST_IMAGES));
        seeds.add(seed(Reader.MNIST_LABELS, FileReaders.gzip(FileReaders.MNIST_LABELS)));
        seeds.add(seed(Reader.MNIST_LABELS_IN_SOUND_GZIP, FileReaders.MNIST_LABELS));
        seeds.add(seed(Reader.TAR_GZ, FileReaders.gzip(tar)));
        seeds.add(seed(Reader.TAR_IN_SOUND_GZIP, tar));
        return seeds;
    }

    private static byte[] seed(Reader reader, byte[] bytes) {
        byte[] seed = new byte[1 + bytes.length];
        seed[0] = (byte) List.of(Reader.values()).indexOf(reader);
        System.arraycopy(bytes, 0, seed, 1, bytes.length);
        return seed;
    }

    private static byte[] tar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry("batches/a.bin");
            entry.setSize(3);
            tar.putArchiveEntry(entry);
            tar.write(new byte[] {1, 2, 3});
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
