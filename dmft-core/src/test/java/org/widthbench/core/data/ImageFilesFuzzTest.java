package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.ByteMutator;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;

/** Whatever bytes the files hold, loading gives a finite dataset or an InvalidInputException, nothing else. */
class ImageFilesFuzzTest {
    private static final int ROUNDS = 300;

    @TempDir
    Path folder;

    private boolean accepts(DataSource source, String round) {
        try {
            Dataset dataset = source.load();
            assertThat(dataset.points()).isEqualTo(4);
            return true;
        } catch (InvalidInputException e) {
            assertThat(e.getMessage()).as(round).startsWith("data.").doesNotContain("\n");
            return false;
        } catch (RuntimeException | Error e) {
            return fail(round + " escaped as " + e, e);
        }
    }

    @Test
    void damagedCifarFilesAreReadOrRefused() throws IOException {
        byte[] records = new byte[6 * 3073];
        new Random(5).nextBytes(records);
        for (int record = 0; record < 6; record++) {
            records[3073 * record] = (byte) (record % 2);
        }
        Cifar10Source source = new Cifar10Source(folder, List.of(0, 1), 4, 0, ImageFormat.standard());
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(folder.resolve("data_batch_1.bin"), new ByteMutator(round).mutate(records));
            accepted += accepts(source, "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS - 1);
    }

    @Test
    void damagedMnistFilesAreReadOrRefused() throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + 6 * 16);
        images.putInt(0x803).putInt(6).putInt(4).putInt(4);
        while (images.hasRemaining()) {
            images.put((byte) images.position());
        }
        ByteBuffer labels = ByteBuffer.allocate(8 + 6).putInt(0x801).putInt(6);
        labels.put(new byte[] {0, 1, 0, 1, 2, 2});
        MnistSource source = new MnistSource(folder, List.of(0, 1), 4, 0, ImageFormat.standard());
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteMutator mutator = new ByteMutator(round);
            byte[] zippedLabels = gzip(labels.array());
            Files.write(
                    folder.resolve("train-images-idx3-ubyte"),
                    round % 3 == 0 ? images.array() : mutator.mutate(images.array()));
            Files.write(
                    folder.resolve("train-labels-idx1-ubyte.gz"),
                    round % 3 == 1
                            ? zippedLabels
                            : round % 2 == 0 ? mutator.mutate(zippedLabels) : gzip(mutator.mutate(labels.array())));
            accepted += accepts(source, "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS - 1);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        }
        return zipped.toByteArray();
    }
}
