package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.comparison.SmallResults;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Progress;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;

class LocalSweepTest {
    private static final SweepSpec SPEC = new SweepSpec(new int[] {10, 40}, 2);

    @TempDir
    private Path folder;

    private final OrderParameters theory = SmallResults.result(2, 0.5);
    private final List<String> trained = new ArrayList<>();

    /** A "network" whose distance from the theory shrinks with the width. */
    private OrderParameters train(int width, long seed, Progress progress) {
        trained.add(width + "/" + seed);
        progress.step(1, 1);
        return SmallResults.result(2, 0.5 + (1.0 + seed) / width);
    }

    private AlignmentTable sweep(boolean resume) {
        return new LocalSweep(theory, this::train, NetworkListener.NONE)
                .run(SPEC, new TaskStore(folder, "identity"), resume, Reporter.SILENT);
    }

    @Test
    void everyWidthAndSeedIsTrainedOnceInOrder() {
        AlignmentTable table = sweep(false);
        assertThat(trained).containsExactly("10/0", "10/1", "40/0", "40/1");
        assertThat(table.widths()).containsExactly(10, 40);
        assertThat(table.statistics(AlignmentTable.Kernel.PHI, 1).get(1).mean())
                .isGreaterThan(
                        table.statistics(AlignmentTable.Kernel.PHI, 1).get(0).mean());
    }

    @Test
    void resumeRedoesOnlyMissingAndDamagedTasksAndGivesTheSameTable() throws IOException {
        String undisturbed = sweep(false).csv();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        assertThat(files).hasSize(SPEC.tasks());
        Files.delete(files.get(0));
        Files.write(files.get(2), new byte[0]);
        trained.clear();
        assertThat(sweep(true).csv()).isEqualTo(undisturbed);
        assertThat(trained).containsExactly("10/0", "40/0");
        trained.clear();
        assertThat(sweep(true).csv()).isEqualTo(undisturbed);
        assertThat(trained).isEmpty();
    }

    @Test
    void progressRunsToItsEndWithoutGoingBack() {
        List<Double> fractions = new ArrayList<>();
        Reporter reporter = new Reporter() {
            @Override
            public <T> T stage(String name, java.util.function.Function<Progress, T> work) {
                return work.apply((completed, total) -> fractions.add((double) completed / total));
            }

            @Override
            public void say(String line) {}
        };
        new LocalSweep(theory, this::train, NetworkListener.NONE).run(SPEC, reporter);
        assertThat(fractions).isSorted().endsWith(1.0);
    }
}
