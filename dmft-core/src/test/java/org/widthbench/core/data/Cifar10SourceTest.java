package org.widthbench.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.Tensor;
import org.widthbench.core.data.ImageFormat.Layout;
import org.widthbench.core.data.ImageFormat.Normalization;

class Cifar10SourceTest {
    private static final int RECORD = 3073;
    private static final ImageFormat PLAIN = ImageFormat.standard().normalizedBy(Normalization.NONE);
    private static final Offset<Double> ROUNDING = within(1e-12);

    @TempDir
    Path folder;

    /** Writes records whose images are uniformly of one colour: {@code {label, red, green, blue}} each. */
    private void write(String name, int[]... records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int[] record : records) {
            bytes.write(record[0]);
            for (int channel = 1; channel <= 3; channel++) {
                byte[] plane = new byte[1024];
                Arrays.fill(plane, (byte) record[channel]);
                bytes.write(plane);
            }
        }
        Files.write(folder.resolve(name), bytes.toByteArray());
    }

    private Cifar10Source source(int first, int second, int points, int testPoints, ImageFormat format) {
        return new Cifar10Source(folder, List.of(first, second), points, testPoints, format);
    }

    private void assertRefused(Cifar10Source source, String... mentions) {
        assertThatThrownBy(source::load)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(mentions)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void firstImagesOfEachClassAreTakenInFileOrderFirstClassFirst() throws IOException {
        write("data_batch_2.bin", new int[] {3, 40, 40, 40}, new int[] {5, 50, 50, 50}, new int[] {3, 60, 60, 60});
        write("data_batch_1.bin", new int[] {5, 10, 10, 10}, new int[] {9, 20, 20, 20}, new int[] {3, 30, 30, 30});
        write("test_batch.bin", new int[] {3, 70, 70, 70}, new int[] {5, 80, 80, 80});
        Cifar10Source source = source(5, 3, 4, 2, PLAIN.inColour());
        Dataset dataset = source.load();
        assertThat(dataset.inputs().shape()).containsExactly(3072, 6);
        int[] expected = {10, 50, 30, 40, 80, 70};
        for (int q = 0; q < 6; q++) {
            assertThat(255 * dataset.inputs().get(1234, q)).isCloseTo(expected[q], ROUNDING);
        }
        assertThat(dataset.targets()).containsExactly(-1, -1, 1, 1);
        assertThat(source.testTargets()).containsExactly(-1, 1);
    }

    @Test
    void grayIsTheWeightedSumOfTheColours() throws IOException {
        write(
                "data_batch_1.bin",
                new int[] {0, 255, 0, 0},
                new int[] {0, 0, 255, 0},
                new int[] {1, 0, 0, 255},
                new int[] {1, 100, 150, 250});
        Tensor gray = source(0, 1, 4, 0, PLAIN).load().inputs();
        assertThat(gray.shape()).containsExactly(1024, 4);
        assertThat(gray.get(7, 0)).isCloseTo(0.2989, ROUNDING);
        assertThat(gray.get(7, 1)).isCloseTo(0.5870, ROUNDING);
        assertThat(gray.get(7, 2)).isCloseTo(0.1140, ROUNDING);
        assertThat(gray.get(7, 3)).isCloseTo((29.89 + 0.5870 * 150 + 0.1140 * 250) / 255, ROUNDING);
    }

    @Test
    void rootMeanSquareOfTheTrainingPointsScalesTestPointsToo() throws IOException {
        write("data_batch_1.bin", new int[] {0, 30, 30, 30}, new int[] {1, 40, 40, 40});
        write("test_batch.bin", new int[] {0, 200, 200, 200}, new int[] {1, 0, 0, 0});
        Tensor x = source(0, 1, 2, 2, ImageFormat.standard().inColour()).load().inputs();
        double scale = Math.sqrt((30 * 30 + 40 * 40) / 2.0);
        assertThat(x.get(0, 0)).isCloseTo(30 / scale, ROUNDING);
        assertThat(x.get(3071, 1)).isCloseTo(40 / scale, ROUNDING);
        assertThat(x.get(99, 2)).isCloseTo(200 / scale, ROUNDING);
        assertThat(x.get(99, 3)).isZero();
    }

    /** Real images, against the few lines of arithmetic that the contract spells out. */
    @Test
    void realImagesGiveTheKernelOfTheContractsFormula() throws IOException {
        Path dir = SharedFiles.require("data/cifar10");
        byte[] bytes = Files.readAllBytes(dir.resolve("data_batch_1_first2000.bin"));
        double[][] gray = new double[10][1024];
        int[] count = new int[2];
        double squares = 0;
        for (int record = 0; count[0] + count[1] < 10; record++) {
            int label = bytes[record * RECORD];
            if (label < 2 && count[label] < 5) {
                double[] image = gray[5 * label + count[label]++];
                for (int i = 0; i < 1024; i++) {
                    int at = record * RECORD + 1 + i;
                    image[i] = 0.2989 * ((bytes[at] & 255) / 255.0)
                            + 0.5870 * ((bytes[at + 1024] & 255) / 255.0)
                            + 0.1140 * ((bytes[at + 2048] & 255) / 255.0);
                    squares += image[i] * image[i];
                }
            }
        }
        double scale = Math.sqrt(squares / (10 * 1024));
        Dataset dataset = new Cifar10Source(dir, List.of(0, 1), 10, 0, ImageFormat.standard()).load();
        double trace = 0;
        for (int mu = 0; mu < 10; mu++) {
            for (int d = 0; d < 1024; d++) {
                double x = dataset.inputs().get(d, mu);
                assertThat(x).isCloseTo(gray[mu][d] / scale, ROUNDING);
                trace += x * x / 1024;
            }
        }
        assertThat(trace).isCloseTo(10, ROUNDING);
        assertThat(dataset.targets()).containsExactly(-1, -1, -1, -1, -1, 1, 1, 1, 1, 1);
    }

    @Test
    void imageLayoutHoldsTheSamePixelsAsColumns() {
        Path dir = SharedFiles.require("data/cifar10");
        ImageFormat colour = ImageFormat.standard().inColour();
        Tensor columns =
                new Cifar10Source(dir, List.of(3, 8), 6, 0, colour).load().inputs();
        Tensor images = new Cifar10Source(dir, List.of(3, 8), 6, 0, colour.as(Layout.IMAGES))
                .load()
                .inputs();
        assertThat(images.shape()).containsExactly(6, 32, 32, 3);
        for (int q = 0; q < 6; q++) {
            assertThat(images.get(q, 20, 7, 2)).isEqualTo(columns.get((20 * 32 + 7) * 3 + 2, q));
        }
    }

    @Test
    void poolingAveragesSquareBlocks() {
        Path dir = SharedFiles.require("data/cifar10");
        ImageFormat images = PLAIN.inColour().as(Layout.IMAGES);
        Tensor full = new Cifar10Source(dir, List.of(0, 1), 4, 0, images).load().inputs();
        Tensor pooled = new Cifar10Source(dir, List.of(0, 1), 4, 0, images.pooledTo(8))
                .load()
                .inputs();
        assertThat(pooled.shape()).containsExactly(4, 8, 8, 3);
        double sum = 0;
        for (int row = 20; row < 24; row++) {
            for (int column = 4; column < 8; column++) {
                sum += full.get(2, row, column, 1);
            }
        }
        assertThat(pooled.get(2, 5, 1, 1)).isCloseTo(sum / 16, ROUNDING);
    }

    @Test
    void handUnpackedArchiveFolderIsFound() throws IOException {
        Path unpacked = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
        write("data_batch_1.bin", new int[] {0, 1, 1, 1}, new int[] {1, 2, 2, 2});
        Files.move(folder.resolve("data_batch_1.bin"), unpacked.resolve("data_batch_1.bin"));
        assertThat(source(0, 1, 2, 0, PLAIN).load().points()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0,1; 11; 0; data.points: 11",
                "0,1; 0; 0; data.points: 0",
                "0,1; 10; 3; data.testPoints: 3",
                "0,1; 10; -2; data.testPoints: -2",
                "0,10; 10; 0; data.classes: [0, 10]",
                "-1,1; 10; 0; data.classes: [-1, 1]",
                "4,4; 10; 0; data.classes: [4, 4]",
                "4; 10; 0; data.classes: [4]",
                "1,2,3; 10; 0; data.classes: [1, 2, 3]",
            })
    void valuesOutsideTheirRangeAreRefusedByKey(String classes, int points, int testPoints, String mention) {
        List<Integer> list =
                Arrays.stream(classes.split(",")).map(Integer::valueOf).toList();
        assertThatThrownBy(() -> new Cifar10Source(folder, list, points, testPoints, PLAIN))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(mention)
                .hasMessageContaining("expected");
    }

    @Test
    void filesThatCannotServeAreRefusedByKeyFileAndCause() throws IOException {
        assertRefused(source(0, 1, 2, 0, PLAIN), "data.dir: " + folder, "data_batch_*.bin");
        assertRefused(
                new Cifar10Source(folder.resolve("absent"), List.of(0, 1), 2, 0, PLAIN), "data.dir", "absent", "fetch");
        write("data_batch_1.bin", new int[] {0, 1, 1, 1}, new int[] {1, 2, 2, 2}, new int[] {1, 3, 3, 3});
        assertRefused(source(0, 1, 4, 0, PLAIN), "data.points: 4", "at most 2", "1 images of class 0");
        assertRefused(source(0, 1, 2, 2, PLAIN), "data.dir", "test_batch.bin");
        assertRefused(source(0, 1, 2, 0, PLAIN.pooledTo(5)), "data.side: 5", "divisor");
        assertRefused(source(0, 1, 2, 0, PLAIN.pooledTo(64)), "data.side: 64", "divisor");
        write("data_batch_2.bin", new int[] {10, 1, 1, 1});
        assertRefused(source(0, 1, 4, 0, PLAIN), "data_batch_2.bin record 0", "label 10");
        byte[] whole = Files.readAllBytes(folder.resolve("data_batch_1.bin"));
        Files.write(folder.resolve("data_batch_1.bin"), Arrays.copyOf(whole, whole.length - 1));
        assertRefused(source(0, 1, 2, 0, PLAIN), "data_batch_1.bin", "9218 bytes", "truncated");
        Files.delete(folder.resolve("data_batch_2.bin"));
        write("data_batch_1.bin", new int[] {0, 0, 0, 0}, new int[] {1, 0, 0, 0});
        assertRefused(source(0, 1, 2, 0, ImageFormat.standard()), "data.normalize", "black");
    }

    /** The images that are asked for stand before the damage. */
    @Test
    void anEmptiedBatchAndALabelBeyondNineAreRefusedThoughEnoughImagesComeBefore() throws IOException {
        write("data_batch_1.bin", new int[] {0, 1, 1, 1}, new int[] {1, 2, 2, 2});
        write("data_batch_2.bin");
        assertRefused(source(0, 1, 2, 0, PLAIN), "data_batch_2.bin", "0 bytes");
        write("data_batch_2.bin", new int[] {0, 1, 1, 1}, new int[] {10, 2, 2, 2});
        assertRefused(source(0, 1, 2, 0, PLAIN), "data_batch_2.bin", "record 1 has label 10");
        write("data_batch_2.bin", new int[] {9, 1, 1, 1});
        assertThat(source(0, 1, 2, 0, PLAIN).load().points()).isEqualTo(2);
    }
}
