package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.InvalidInputException;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/** Images of one brightness each, 10 per class: class 0 dark, class 1 bright. */
class ConsistencyTaskTest {
    private static final int PIXELS = 32 * 32 * 3;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeImages() throws IOException {
        for (String name : List.of("data_batch_1.bin", "test_batch.bin")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                byte[] image = new byte[PIXELS];
                Arrays.fill(image, (byte) (i % 2 == 0 ? 10 + i : 200 + i));
                bytes.write(i % 2);
                bytes.write(image);
            }
            Files.write(folder.resolve(name), bytes.toByteArray());
        }
    }

    private ConsistencySpec read(String task, String... more) throws IOException {
        Path file = Files.writeString(
                folder.resolve("study.yaml"),
                "tasks: {images: {source: cifar10, dir: ., side: 4, " + task + "}}\n" + String.join("\n", more));
        return ConsistencyReader.read(file, List.of("training.batch=4", "measure.testPoints=6"));
    }

    @Test
    void freshImagesKeepTheirLabelsAndTestImagesComeFromBothClassesInTurn() throws IOException {
        ConsistencyTask task =
                read("points: 8", "network: {architecture: cnn}").tasks().get(0);
        SampleStream stream = task.stream(4, 6, false);
        assertThat(stream.repeated()).isEmpty();
        assertThat(stream.test().inputs().shape()).containsExactly(6, 4, 4, 1);
        assertThat(stream.test().targets()).containsExactly(-1, 1, -1, 1, -1, 1);
        Samples batch = stream.batch(3);
        assertThat(batch.inputs().shape()).containsExactly(4, 4, 4, 1);
        for (int b = 0; b < 4; b++) {
            double brightest = 0;
            for (int i = 0; i < 16; i++) {
                brightest = Math.max(brightest, batch.inputs().data()[b * 16 + i]);
            }
            // What moved in is black; what stayed is dark or bright.
            assertThat(brightest > 0.5).isEqualTo(batch.targets()[b] > 0);
        }
    }

    @Test
    void imagesThatAreNotFreshAreATrainingSetAsTheyAre() throws IOException {
        ConsistencyTask task = read("points: 8, fresh: false").tasks().get(0);
        SampleStream stream = task.stream(4, 6, true);
        Samples training = stream.repeated().orElseThrow();
        assertThat(training.inputs().shape()).containsExactly(8, 16);
        assertThat(training.targets()).containsExactly(-1, -1, -1, -1, 1, 1, 1, 1);
        assertThat(stream.batch(0).inputs().data()).doesNotContain(0.0);
    }

    @Test
    void settingsOfImagesAreWrittenBackAsTheyWereRead() throws IOException {
        ConsistencySpec first = read("points: 8, shift: 1, mirror: false, seed: 3");
        assertThat(Json.text(first.toMap()))
                .contains("\"shift\" : 1")
                .contains("\"mirror\" : false")
                .contains("\"points\" : 8");
    }

    @Test
    void morePointsThanThereAreImagesAreNamed() throws IOException {
        ConsistencyTask task = read("points: 40").tasks().get(0);
        assertThatThrownBy(() -> task.stream(4, 6, true))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("tasks." + task.name() + ".points: ")
                .hasMessageContaining("at most 20");
        ConsistencyTask small = read("points: 2").tasks().get(0);
        assertThatThrownBy(() -> small.stream(4, 6, true)).hasMessageContaining("training.batch: 4");
    }
}
