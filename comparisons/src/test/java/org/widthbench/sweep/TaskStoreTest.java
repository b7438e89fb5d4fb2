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
        return new TaskStore(new TaskNames(folder, identity));
    }

    @Test
    void keepsEveryBit() {
        TaskStore store = store("identity");
        store.write(result);
        TaskResult read = store.read(64, 3).orElseThrow();
        assertThat(read).usingRecursiveComparison().isEqualTo(result);
    }

    @Test
    void anotherConfigurationWidthOrSeedFindsNothing() {
        store("identity").write(result);
        assertThat(store("another").read(64, 3)).isEmpty();
        assertThat(store("identity").read(65, 3)).isEmpty();
        assertThat(store("identity").read(64, 4)).isEmpty();
    }

    @Test
    void aResultUnderAnotherTasksNameIsNotTakenForIt() throws IOException {
        TaskStore store = store("identity");
        store.write(result);
        Files.copy(store.file("width-64-seed-3"), store.file("width-64-seed-4"));
        assertThat(store.read(64, 4)).isEmpty();
    }

    /** The same width and seed of other settings, under the name that these settings look for. */
    @Test
    void aResultOfOtherSettingsUnderTheNameOfTheseIsNotTaken() throws IOException {
        store("another").write(result);
        TaskStore store = store("identity");
        Files.copy(store("another").file("width-64-seed-3"), store.file("width-64-seed-3"));
        assertThat(store.read(64, 3)).isEmpty();
    }

    @Test
    void whatOtherSettingsOrCodeLeftIsDeletedAndNothingElse() throws IOException {
        store("old code").write(result);
        store("new code").write(result);
        Path checkpoint = Files.createFile(new TaskNames(folder, "old code").file("theory", ".checkpoint.npz"));
        Path foreign = Files.createFile(folder.resolve("notes.txt"));
        assertThat(TaskNames.deleteOthers(folder, List.of(new TaskNames(folder, "new code"))))
                .isEqualTo(2);
        assertThat(store("old code").read(64, 3)).isEmpty();
        assertThat(store("new code").read(64, 3)).isPresent();
        assertThat(checkpoint).doesNotExist();
        assertThat(foreign).exists();
    }

    @Test
    void aFileCutAnywhereCountsAsNone() throws IOException {
        TaskStore store = store("identity");
        store.write(result);
        byte[] whole = Files.readAllBytes(store.file("width-64-seed-3"));
        // All but the last byte: it is only the final line feed.
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(store.file("width-64-seed-3"), java.util.Arrays.copyOf(whole, length));
            assertThat(store.read(64, 3))
                    .as("%d of %d bytes", length, whole.length)
                    .isEmpty();
        }
    }

    @Test
    void aFlippedBitIsNoticedOrHarmless() throws IOException {
        TaskStore store = store("identity");
        store.write(result);
        byte[] whole = Files.readAllBytes(store.file("width-64-seed-3"));
        int noticed = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            Files.write(store.file("width-64-seed-3"), damaged);
            Optional<TaskResult> read = store.read(64, 3);
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
