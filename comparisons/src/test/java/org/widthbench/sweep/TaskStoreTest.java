package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.comparison.Comparison;
import org.widthbench.experiment.Json;

class TaskStoreTest {
    @TempDir
    private Path folder;

    private final TaskResult result = new TaskResult(
            64,
            3,
            new Comparison(
                    new double[] {0.1 + 0.2, 1.0 / 3},
                    new double[] {0.75, Double.MIN_VALUE},
                    new double[] {1.1, Double.MAX_VALUE},
                    new double[] {2.0 / 3, 0},
                    1e-17,
                    0.5),
            new double[] {1, 0.1, 1e-300},
            2.5);

    private TaskStore store(String identity) {
        return new TaskStore(folder, identity);
    }

    private void write(TaskStore store) {
        store.write(TaskStore.task(result.width(), result.seed()), result);
    }

    private static Optional<TaskResult> read(TaskStore store, int width, long seed) {
        return store.read(TaskStore.task(width, seed)).map(tree -> Json.value(tree, TaskResult.class));
    }

    private static Path file(TaskStore store, int seed) {
        return store.file(TaskStore.task(64, seed), ".json");
    }

    @Test
    void keepsEveryBit() {
        TaskStore store = store("identity");
        write(store);
        TaskResult read = read(store, 64, 3).orElseThrow();
        assertThat(read).usingRecursiveComparison().isEqualTo(result);
    }

    @Test
    void anotherConfigurationWidthOrSeedFindsNothing() {
        write(store("identity"));
        assertThat(read(store("another"), 64, 3)).isEmpty();
        assertThat(read(store("identity"), 65, 3)).isEmpty();
        assertThat(read(store("identity"), 64, 4)).isEmpty();
    }

    @Test
    void aResultUnderAnotherTasksNameIsNotTakenForIt() throws IOException {
        TaskStore store = store("identity");
        write(store);
        Files.copy(file(store, 3), file(store, 4));
        assertThat(read(store, 64, 4)).isEmpty();
    }

    /** The same width and seed of other settings, under the name that these settings look for. */
    @Test
    void aResultOfOtherSettingsUnderTheNameOfTheseIsNotTaken() throws IOException {
        write(store("another"));
        TaskStore store = store("identity");
        Files.copy(file(store("another"), 3), file(store, 3));
        assertThat(read(store, 64, 3)).isEmpty();
    }

    @Test
    void whatOtherSettingsOrCodeLeftIsDeletedAndNothingElse() throws IOException {
        write(store("old code"));
        write(store("new code"));
        Path checkpoint = Files.createFile(store("old code").file("theory", ".checkpoint.npz"));
        Path foreign = Files.createFile(folder.resolve("notes.txt"));
        assertThat(TaskStore.tidy(folder, List.of(store("new code")))).isEqualTo(2);
        assertThat(read(store("old code"), 64, 3)).isEmpty();
        assertThat(read(store("new code"), 64, 3)).isPresent();
        assertThat(checkpoint).doesNotExist();
        assertThat(foreign).exists();
    }

    @Test
    void aFileCutAnywhereCountsAsNone() throws IOException {
        TaskStore store = store("identity");
        write(store);
        byte[] whole = Files.readAllBytes(file(store, 3));
        // All but the last byte: it is only the final line feed.
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(file(store, 3), java.util.Arrays.copyOf(whole, length));
            assertThat(read(store, 64, 3))
                    .as("%d of %d bytes", length, whole.length)
                    .isEmpty();
        }
    }

    @Test
    void aFlippedBitIsNoticedOrHarmless() throws IOException {
        TaskStore store = store("identity");
        write(store);
        byte[] whole = Files.readAllBytes(file(store, 3));
        int noticed = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            Files.write(file(store, 3), damaged);
            Optional<TaskResult> read = read(store, 64, 3);
            if (read.isPresent()) {
                // White space, say.
                assertThat(read.get()).usingRecursiveComparison().isEqualTo(result);
            } else {
                noticed++;
            }
        }
        assertThat(noticed).isGreaterThan(whole.length / 2);
    }
}
