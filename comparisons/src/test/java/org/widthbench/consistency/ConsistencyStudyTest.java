package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.training.stream.Teacher;

class ConsistencyStudyTest {
    @TempDir
    private Path folder;

    private static ConsistencySpec spec(double eta, int... widths) {
        Teacher teacher = new Teacher(3, new int[] {1, 2}, 0, 0, 1);
        return new ConsistencySpec(
                List.of(
                        new ConsistencyTask("online", new ConsistencyTask.FromTeacher(teacher), 0),
                        new ConsistencyTask("repeated", new ConsistencyTask.FromTeacher(teacher), 4)),
                Network.mlp(2, new Tanh(0.8)),
                new ConsistencySpec.Descent(1, eta, 6, 2),
                new ConsistencySpec.Measure(4, 6, 3, 4, 1e-2, 40),
                new ConsistencySpec.Edge("repeated", 4, new double[] {0.5, 1e4}, 10, 3, 1),
                new SweepSpec(widths, 2),
                TheorySettings.causal().withSamples(256));
    }

    private boolean force;
    private CheckpointFile.Interval every = CheckpointFile.Interval.standard();
    private Reporter reporter = Reporter.SILENT;

    private StudyResult run(ConsistencySpec spec, boolean resume) {
        try (Backend backend = new CpuBackend()) {
            return new ConsistencyStudy(spec, backend, folder, resume, force, every, reporter)
                    .run(EnumSet.allOf(Claim.class));
        }
    }

    private Map<Path, FileTime> files() throws IOException {
        Map<Path, FileTime> times = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder.resolve("tasks"))) {
            for (Path file : all.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
                times.put(file, FileTime.fromMillis(1000));
            }
        }
        return times;
    }

    @Test
    void resumedStudyTakesWhatIsWholeAndComputesTheRestAgainToTheSameNumbers() throws IOException {
        ConsistencySpec spec = spec(0.3, 4, 8);
        StudyResult first = run(spec, false);
        Map<Path, FileTime> before = files();
        // 8 networks on tasks, 4 at learning rates, a theory per task and at the one learning rate where there is one.
        assertThat(before).hasSize(15);
        List<Path> damaged = before.keySet().stream()
                .filter(file -> file.getFileName().toString().startsWith("online-width"))
                .toList();
        Files.delete(damaged.get(0));
        byte[] bytes = Files.readAllBytes(damaged.get(1));
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged.get(1), bytes);
        Files.write(damaged.get(2), java.util.Arrays.copyOf(bytes, bytes.length / 3));

        StudyResult second = run(spec, true);
        for (Path file : before.keySet()) {
            boolean again = !Files.getLastModifiedTime(file).equals(before.get(file));
            assertThat(again)
                    .as(file.toString())
                    .isEqualTo(damaged.subList(0, 3).contains(file));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(second.tasks().get(0).runs().get(i).observed().f())
                    .isEqualTo(first.tasks().get(0).runs().get(i).observed().f());
            assertThat(second.tasks().get(1).runs().get(i).sharpness())
                    .isEqualTo(first.tasks().get(1).runs().get(i).sharpness());
        }
    }

    @Test
    void anotherConfigurationFindsNothingOfTheOldAndMoreWidthsKeepIt() throws IOException {
        run(spec(0.3, 4, 8), false);
        int count = files().size();
        run(spec(0.3, 4, 8, 16), true);
        // Two more networks on each task and at each learning rate.
        assertThat(files()).hasSize(count + 4 + 2);
        assertThatThrownBy(() -> run(spec(0.31, 4, 8), true))
                .hasMessageContaining("training.eta 0.31, there 0.3")
                .hasMessageContaining("--force");
        force = true;
        run(spec(0.31, 4, 8), true);
        // Nothing of the old is left.
        assertThat(files()).hasSize(count);
    }

    @Test
    void aTheoryStoppedMidwayGoesOnFromItsCheckpointToTheSameBits() throws IOException {
        ConsistencySpec spec = spec(0.3, 4, 8);
        Path whole = folder;
        run(spec, false);
        folder = whole.resolve("stopped");
        every = new CheckpointFile.Interval.Steps(1);
        reporter = new Reporter() {
            @Override
            public <T> T stage(String name, Function<Progress, T> work) {
                return work.apply((completed, total) -> {
                    if (name.startsWith("repeated: theory") && completed == 5) {
                        throw new IllegalStateException("killed");
                    }
                });
            }

            @Override
            public void say(String line) {}
        };
        assertThatThrownBy(() -> run(spec, true)).hasMessage("killed");
        assertThat(checkpoints()).hasSize(1);
        reporter = Reporter.SILENT;
        run(spec, true);
        assertThat(checkpoints()).isEmpty();
        try (Stream<Path> tasks = Files.list(whole.resolve("tasks"))) {
            for (Path file : tasks.toList()) {
                assertThat(Files.readAllBytes(folder.resolve("tasks").resolve(file.getFileName())))
                        .as(file.toString())
                        .isEqualTo(Files.readAllBytes(file));
            }
        }
        folder = whole;
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tasks"))) {
            return files.filter(file -> file.toString().endsWith(".checkpoint.npz"))
                    .toList();
        }
    }

    @Test
    void divergenceAtALargeLearningRateIsAResultWithFiniteNumbersOnly() {
        StudyResult result = run(spec(0.3, 4, 8), false);
        List<EdgeRun> large =
                result.edges().stream().filter(run -> run.rate() > 1).toList();
        assertThat(large).hasSize(2).allMatch(EdgeRun::diverged);
        assertThat(large.get(0).loss()).hasSizeLessThan(11);
        assertThat(result.edges()).filteredOn(run -> run.rate() < 1).noneMatch(EdgeRun::diverged);
        assertThat(result.notes()).anyMatch(note -> note.contains("learning rate 10000.0: no DMFT line"));
    }

    @Test
    void divergenceOfATaskNamesTaskAndRemedyAndLeavesNoFile() {
        assertThatThrownBy(() -> run(spec(1e6, 4, 8), false))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("task online: network of width 4 diverged at step")
                .hasMessageContaining("lower training.eta");
        // The folder may be there: a slow theory has kept its state for a while.
        assertThat(folder.resolve("tasks").toFile().list()).isNullOrEmpty();
    }

    @Test
    void theoryThatRunsOutOfSamplesGivesItsLineUntilThere() {
        Teacher teacher = new Teacher(3, new int[] {1, 2}, 0, 0, 1);
        ConsistencySpec spec = new ConsistencySpec(
                List.of(new ConsistencyTask("online", new ConsistencyTask.FromTeacher(teacher), 0)),
                Network.mlp(2, new Tanh(0.8)),
                new ConsistencySpec.Descent(1, 0.3, 64, 2),
                new ConsistencySpec.Measure(8, 6, 3, 4, 0.9, 2),
                null,
                new SweepSpec(new int[] {4, 8}, 2),
                TheorySettings.causal().withSamples(64));
        for (boolean resume : new boolean[] {false, true}) {
            StudyResult result = run(spec, resume);
            Observed theory = result.tasks().get(0).theory();
            int[] reached = theory.times();
            assertThat(reached.length).isBetween(2, 7);
            assertThat(reached).isEqualTo(java.util.Arrays.copyOf(spec.times(), reached.length));
            assertThat(result.notes())
                    .containsExactly("task online: the DMFT line ends at step " + reached[reached.length - 1]
                            + ", and nothing else is compared with it, for the solver could not go on; raise theory.samples, or"
                            + " accept a cap by theory.maxPivots");
            TaskView view = TaskView.of(result).get(0);
            assertThat(view.theory()).isNull();
            assertThat(view.theoryLoss()).hasSameSizeAs(reached);
            assertThat(view.referenceName()).isEqualTo("the mean of N = 8");
            assertThat(ConsistencyReport.write(folder, result, EnumSet.allOf(Claim.class), "e.csv", Map.of())
                            .figures())
                    .hasSize(6);
        }
    }

    @Test
    void theoryIsSolvedOnlineAndOnARepeatedSet() {
        StudyResult result = run(spec(0.3, 4, 8), false);
        for (StudyResult.TaskResult task : result.tasks()) {
            assertThat(task.theory().times())
                    .isEqualTo(task.runs().get(0).observed().times());
            assertThat(task.theory().f().shape()).containsExactly(4, 6);
        }
    }
}
