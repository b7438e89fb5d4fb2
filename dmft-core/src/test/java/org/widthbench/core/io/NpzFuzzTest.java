package org.widthbench.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.ByteMutator;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

/** Whatever bytes a file holds, reading it gives arrays or an InvalidInputException of one line, nothing else. */
class NpzFuzzTest {
    private static final int ROUNDS = 1000;

    @TempDir
    Path folder;

    private static Map<String, Tensor> arrays() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("X", new Tensor(new int[] {2, 3}, new double[] {1, 2, 3, 4, 5, 6}));
        arrays.put("y", Tensor.vector(1, -1));
        arrays.put("s", new Tensor(new int[0], new double[] {1}));
        return arrays;
    }

    /** Deflates the members, after {@code change} has had its way with their bytes. */
    private static byte[] rezip(byte[] archive, UnaryOperator<byte[]> change) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(change.apply(in.readAllBytes()));
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** Reads the bytes; tells whether they were accepted. */
    private boolean accepts(byte[] bytes, String round) throws IOException {
        Path file = Files.write(folder.resolve("mutant.npz"), bytes);
        try {
            Npz.read(file).forEach((name, array) -> assertThat(name).isNotEmpty());
            return true;
        } catch (InvalidInputException e) {
            assertThat(e.getMessage()).as(round).contains("mutant.npz").doesNotContain("\n");
            return false;
        } catch (RuntimeException | Error e) {
            return fail(round + " escaped as " + e, e);
        }
    }

    @Test
    void damagedArchivesAreReadOrRefused() throws IOException {
        Path file = folder.resolve("original.npz");
        Npz.write(file, arrays());
        byte[] stored = Files.readAllBytes(file);
        byte[] deflated = rezip(stored, bytes -> bytes);
        assertThat(accepts(deflated, "original")).isTrue();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] mutant = new ByteMutator(round).mutate(round % 2 == 0 ? stored : deflated);
            accepted += accepts(mutant, "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS / 2);
    }

    /** Here the zip is sound and every checksum right, so that the damage reaches the array reader. */
    @Test
    void damagedArraysInSoundArchivesAreReadOrRefused() throws IOException {
        Path file = folder.resolve("original.npz");
        Npz.write(file, arrays());
        byte[] stored = Files.readAllBytes(file);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteMutator mutator = new ByteMutator(round);
            int[] member = {round % 3};
            byte[] mutant = rezip(stored, bytes -> member[0]-- == 0 ? mutator.mutate(bytes) : bytes);
            accepted += accepts(mutant, "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS / 2);
    }

    /** Words that headers are made of, in any order: reaches deeper into the header than flipped bits do. */
    @Test
    void headersOfShuffledWordsAreReadOrRefused() throws IOException {
        String[] words = {
            "{",
            "}",
            "'descr'",
            "'fortran_order'",
            "'shape'",
            ":",
            ",",
            "(",
            ")",
            "'<f8'",
            "'|O'",
            "'>i4'",
            "True",
            "False",
            "2",
            "-1",
            "99999999999",
            "2147483647",
            "[",
            "]",
            " ",
            "'",
            "\"",
            "0",
            "(2,)",
            "()",
            "None",
            "\\"
        };
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder header = new StringBuilder("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }");
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int at = random.nextInt(header.length());
                int end = Math.min(header.length(), at + random.nextInt(12));
                header.replace(at, end, words[random.nextInt(words.length)]);
            }
            ByteArrayOutputStream npy = new ByteArrayOutputStream();
            npy.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
            npy.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
            npy.writeBytes(new byte[16]);
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(archive)) {
                zip.putNextEntry(new ZipEntry("x.npy"));
                zip.write(npy.toByteArray());
            }
            accepts(archive.toByteArray(), "round " + round + ": " + header);
        }
    }

    @Test
    void randomShapesAndBitsSurviveARoundTrip() {
        Path file = folder.resolve("random.npz");
        for (int round = 0; round < 50; round++) {
            Random random = new Random(round);
            int[] shape = random.ints(random.nextInt(6), 0, 6).toArray();
            Tensor array = Tensor.zeros(shape);
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = Double.longBitsToDouble(random.nextLong());
            }
            Npz.write(file, Map.of("a/" + round, array));
            assertThat(Npz.readArray(file, "a/" + round)).isEqualTo(array);
        }
    }
}
