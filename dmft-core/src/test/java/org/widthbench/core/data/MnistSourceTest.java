package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.ImageFormat.Layout;
import org.widthbench.core.data.ImageFormat.Normalization;

class MnistSourceTest {
    private static final ImageFormat PLAIN = ImageFormat.standard().normalizedBy(Normalization.NONE);

    @TempDir
    Path folder;

    private static byte[] idx(int magic, int count, int[] sizes, byte[] data) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        out.writeInt(count);
        for (int size : sizes) {
            out.writeInt(size);
        }
        out.write(data);
        return bytes.toByteArray();
    }

    private void write(String name, boolean zipped, byte[] bytes) throws IOException {
        if (zipped) {
            try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name + ".gz")))) {
                out.write(bytes);
            }
        } else {
            Files.write(folder.resolve(name), bytes);
        }
    }

    /** Images of 4 x 4 pixels; pixel i of image k is {@code 16 k + i}. */
    private void writeSet(String prefix, boolean zipped, int... labels) throws IOException {
        byte[] pixels = new byte[16 * labels.length];
        byte[] labelBytes = new byte[labels.length];
        for (int k = 0; k < labels.length; k++) {
            labelBytes[k] = (byte) labels[k];
            for (int i = 0; i < 16; i++) {
                pixels[16 * k + i] = (byte) (16 * k + i);
            }
        }
        write(prefix + "-images-idx3-ubyte", zipped, idx(0x803, labels.length, new int[] {4, 4}, pixels));
        write(prefix + "-labels-idx1-ubyte", zipped, idx(0x801, labels.length, new int[0], labelBytes));
    }

    private MnistSource source(int points, int testPoints, ImageFormat format) {
        return new MnistSource(folder, List.of(7, 2), points, testPoints, format);
    }

    private void assertRefused(MnistSource source, String... mentions) {
        assertThatThrownBy(source::load)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(mentions);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void firstImagesOfEachDigitAreTakenFirstDigitFirst(boolean zipped) throws IOException {
        writeSet("train", zipped, 2, 7, 5, 7, 2, 7);
        writeSet("t10k", zipped, 7, 2);
        Dataset dataset = source(4, 2, PLAIN).load();
        assertThat(dataset.inputs().shape()).containsExactly(16, 6);
        int[] images = {1, 3, 0, 4, 0, 1};
        for (int q = 0; q < 6; q++) {
            assertThat(255 * dataset.inputs().get(5, q)).isCloseTo(16 * images[q] + 5, within(1e-12));
        }
        assertThat(dataset.targets()).containsExactly(-1, -1, 1, 1);
        assertThat(source(4, 2, PLAIN).testTargets()).containsExactly(-1, 1);
    }

    @Test
    void imagesArePooledForAConvolutionalNetwork() throws IOException {
        writeSet("train", true, 7, 2);
        Dataset dataset = source(2, 0, PLAIN.as(Layout.IMAGES).pooledTo(2)).load();
        assertThat(dataset.inputs().shape()).containsExactly(2, 2, 2, 1);
        // Lower right block of image 1: pixels 10, 11, 14, 15 beyond 16.
        assertThat(255 * dataset.inputs().get(1, 1, 1, 0)).isCloseTo(16 + 12.5, within(1e-12));
    }

    @Test
    void filesThatCannotServeAreRefusedByKeyFileAndCause() throws IOException {
        assertRefused(source(2, 0, PLAIN), "data.dir: " + folder, "train-images-idx3-ubyte");
        assertRefused(
                new MnistSource(folder.resolve("absent"), List.of(0, 1), 2, 0, PLAIN), "data.dir", "absent", "fetch");
        writeSet("train", false, 7, 2, 7);
        assertRefused(source(4, 0, PLAIN), "data.points: 4", "at most 2", "class 2");
        assertRefused(source(2, 2, PLAIN), "data.dir", "t10k-images-idx3-ubyte");
        String images = "train-images-idx3-ubyte";
        byte[] whole = Files.readAllBytes(folder.resolve(images));
        Files.write(folder.resolve(images), Arrays.copyOf(whole, 40));
        assertRefused(source(2, 0, PLAIN), images, "truncated");
        write(images, false, idx(0x803, 4, new int[] {4, 4}, new byte[64]));
        assertRefused(source(2, 0, PLAIN), "4 images", "3 labels");
        write(images, false, idx(0x803, 3, new int[] {60_000, 60_000}, new byte[64]));
        assertRefused(source(2, 0, PLAIN), "60000 x 60000");
        write(images, false, idx(0x801, 3, new int[] {4, 4}, new byte[64]));
        assertRefused(source(2, 0, PLAIN), "begins with 00000801", "expected 00000803");
        Files.delete(folder.resolve(images));
        Files.write(folder.resolve(images + ".gz"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        assertRefused(source(2, 0, PLAIN), images + ".gz", "cannot be read");
    }

    /** Each damage leaves the images that are asked for whole: only reading on to the end shows it. */
    @Test
    void aFileWhoseEndDoesNotFitItsHeaderIsRefusedThoughEnoughImagesComeBefore() throws IOException {
        String images = "train-images-idx3-ubyte";
        String labels = "train-labels-idx1-ubyte";
        writeSet("train", false, 7, 2, 5, 5);
        byte[] whole = Files.readAllBytes(folder.resolve(images));
        byte[] wholeLabels = Files.readAllBytes(folder.resolve(labels));
        assertThat(source(2, 0, PLAIN).load().points()).isEqualTo(2);
        Files.write(folder.resolve(images), Arrays.copyOf(whole, whole.length - 5));
        assertRefused(source(2, 0, PLAIN), images, "truncated");
        Files.write(folder.resolve(images), Arrays.copyOf(whole, whole.length + 1));
        assertRefused(source(2, 0, PLAIN), images, "goes on beyond the 4 images");
        Files.write(folder.resolve(images), whole);
        Files.write(folder.resolve(labels), Arrays.copyOf(wholeLabels, wholeLabels.length + 1));
        assertRefused(source(2, 0, PLAIN), labels, "goes on beyond the 4 labels");
        wholeLabels[wholeLabels.length - 1] = (byte) 254;
        Files.write(folder.resolve(labels), wholeLabels);
        assertRefused(source(2, 0, PLAIN), labels, "label 254 for image 3", "0..9");
    }

    /** RFC 1952: the last eight bytes are the CRC-32 and the length of what was packed; {@code gzip -t} refuses each of these. */
    @Test
    void aGzipThatFailsItsOwnChecksIsRefused() throws IOException {
        String name = "train-images-idx3-ubyte";
        writeSet("train", true, 7, 2, 5, 5);
        byte[] whole = Files.readAllBytes(folder.resolve(name + ".gz"));
        for (int fromEnd : new int[] {8, 5, 4, 1}) {
            byte[] flipped = whole.clone();
            flipped[whole.length - fromEnd] ^= 1;
            Files.write(folder.resolve(name + ".gz"), flipped);
            assertRefused(source(2, 0, PLAIN), name + ".gz", "cannot be read");
        }
        Files.write(folder.resolve(name + ".gz"), Arrays.copyOf(whole, whole.length + 3));
        assertRefused(source(2, 0, PLAIN), name + ".gz", "after a valid .gz stream");
        Files.write(folder.resolve(name + ".gz"), Arrays.copyOf(whole, whole.length - 4));
        assertRefused(source(2, 0, PLAIN), name + ".gz");
    }
}
