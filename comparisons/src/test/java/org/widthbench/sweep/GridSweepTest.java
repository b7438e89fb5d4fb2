package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.core.solver.Solver;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.ExperimentGrid;
import org.widthbench.experiment.ExperimentReader;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.training.PrecisionChoice;

/** Sweeps whose "networks" are theories of few samples, so that what is shared, kept and redone can be counted. */
class GridSweepTest {
    private static final CheckpointFile.Interval EVERY_STEP = new CheckpointFile.Interval.Steps(1);

    @TempDir
    private Path folder;

    private final List<String> trained = Collections.synchronizedList(new ArrayList<>());
    private final List<String> said = new ArrayList<>();
    private ExperimentGrid grid;

    @BeforeEach
    void configure() throws IOException {
        grid = ExperimentReader.readGrid(Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2, activation: linear}
                training: {steps: 4}
                theory:   {solver: linear, samples: 8}
                sweep:    {widths: [5, 9], seeds: 3, grid: {training.gamma0: [0.5, 1], data.seed: [0, 1]}}
                """), List.of());
    }

    private Path out() {
        return folder.resolve("r\u00e9sultats \u03b3\u2080 = 1, neu");
    }

    /** As a network would, it depends on problem, width and seed alone. */
    private OrderParameters train(Problem problem, int width, long seed, Progress progress) {
        trained.add(problem.training().gamma0() + "/" + problem.inputKernel().data()[1] + "/" + width + "/" + seed);
        Solver stand = new LinearSolver(4, seed);
        return stand.solve(problem.withGamma0(problem.training().gamma0() + 1.0 / (width + seed)), backend(), progress)
                .results();
    }

    @FunctionalInterface
    private interface Train {
        OrderParameters train(Problem problem, int width, long seed, Progress progress);
    }

    private static Networks networks(Train train) {
        return new Networks(PrecisionChoice.FLOAT64) {
            @Override
            public OrderParameters train(Problem problem, int width, long seed, Progress progress) {
                return train.train(problem, width, seed, progress);
            }

            @Override
            public void requireFits(Problem problem, int width) {
                // These need next to nothing.
            }
        };
    }

    private static Backend backend() {
        return Backends.open("cpu");
    }

    private GridSweep sweep() {
        return new GridSweep(out(), grid, networks(this::train), 2, EVERY_STEP);
    }

    private String run(boolean resume) {
        return run(resume, () -> {});
    }

    /** @param begun called between the start of the sweep and its first task */
    private String run(boolean resume, Runnable begun) {
        try (GridSweep sweep = sweep()) {
            sweep.begin(resume, false, said::add);
            begun.run();
            sweep.compute(true, backend(), Reporter.SILENT);
            return tables(sweep);
        }
    }

    private String tables(GridSweep sweep) {
        Csv table = AlignmentTable.csv(grid.axes().keySet());
        for (int p = 0; p < grid.points().size(); p++) {
            sweep.result(p).table().addTo(table, grid.points().get(p));
        }
        table.write(out().resolve("alignment.csv"));
        try {
            return Files.readString(out().resolve("alignment.csv"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<Path> taskFiles() throws IOException {
        try (Stream<Path> all = Files.walk(out().resolve("points"))) {
            return all.filter(file -> file.toString().contains("width-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyPointWidthAndSeedIsTrainedOnceAndTheTableNamesThePoint() {
        String csv = run(false);
        assertThat(trained).hasSize(4 * 2 * 3).doesNotHaveDuplicates();
        assertThat(csv.lines().findFirst().orElseThrow())
                .isEqualTo("width,seed,kernel,layer,alignment,loss_distance,training.gamma0,data.seed");
        // Four points, two widths, three seeds, two kernels, two layers.
        assertThat(csv.lines()).hasSize(1 + 4 * 2 * 3 * 2 * 2);
        assertThat(csv.lines().filter(row -> row.endsWith(",0.5,1"))).hasSize(24);
    }

    @Test
    void twoSweepsStartedAtOnceOnOneFolderDoNothingTwice() throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(2);
        // These tasks take a millisecond: unless it waits, the first is through before the second starts.
        CountDownLatch begun = new CountDownLatch(2);
        try {
            Callable<String> one = () -> run(false, () -> {
                begun.countDown();
                try {
                    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            List<Future<String>> runs = both.invokeAll(List.of(one, one));
            assertThat(trained).hasSize(4 * 2 * 3).doesNotHaveDuplicates();
            assertThat(runs.get(0).get()).isEqualTo(runs.get(1).get());
        } finally {
            both.shutdown();
        }
    }

    @Test
    void aSecondRunWithoutResumeStartsAfresh() {
        String first = run(false);
        assertThat(run(false)).isEqualTo(first);
        assertThat(trained).hasSize(2 * 4 * 2 * 3);
    }

    @Test
    void cutFlippedAndEmptyResultsAreFoundAndOnlyTheyAreRedone() throws IOException {
        String first = run(false);
        List<Path> tasks = taskFiles();
        byte[] whole = Files.readAllBytes(tasks.get(3));
        Files.write(tasks.get(3), java.util.Arrays.copyOf(whole, whole.length / 2));
        Files.write(tasks.get(8), new byte[0]);
        byte[] flipped = Files.readAllBytes(tasks.get(20));
        flipped[flipped.length / 2] ^= 4;
        Files.write(tasks.get(20), flipped);
        Path theory;
        try (Stream<Path> all = Files.walk(out().resolve("points"))) {
            theory = all.filter(file -> file.toString().matches(".*theory-.*npz"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] archive = Files.readAllBytes(theory);
        byte[] damaged = archive.clone();
        damaged[damaged.length / 3] ^= 1;
        // A new file: the published copy may be the same one under a second name.
        Files.delete(theory);
        Files.write(theory, damaged);
        trained.clear();
        assertThat(run(true)).isEqualTo(first);
        assertThat(trained).hasSize(3);
        assertThat(Files.readAllBytes(theory)).isEqualTo(archive);
    }

    @Test
    void namedPipesInPlaceOfResultsHangNobodyAndAreRedone() throws Exception {
        String first = run(false);
        List<Path> tasks = taskFiles();
        List<Path> pipes = List.of(tasks.get(0), tasks.get(9), out().resolve("summary.json"));
        for (Path pipe : pipes) {
            Files.deleteIfExists(pipe);
            assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                    .isZero();
        }
        trained.clear();
        assertThat(run(true)).isEqualTo(first);
        assertThat(trained).hasSize(2);
    }

    @Test
    void aSweepOfOtherSettingsIsRefusedWhileOneIsAtWorkAndAfterItUnlessForced() throws IOException {
        GridSweep atWork = sweep();
        atWork.begin(false, false, said::add);
        atWork.compute(true, backend(), Reporter.SILENT);
        ExperimentGrid mine = grid;
        grid = ExperimentReader.readGrid(folder.resolve("c.yaml"), List.of("training.eta=0.3"));
        try (GridSweep other = sweep()) {
            // Not even by force: two at work would mix.
            for (boolean force : new boolean[] {false, true}) {
                assertThatThrownBy(() -> other.begin(true, force, said::add))
                        .hasMessageContaining("another process is at work on it with other settings: training.eta 0.3,"
                                + " there 0.1");
            }
        }
        atWork.close();
        try (GridSweep other = sweep()) {
            assertThatThrownBy(() -> other.begin(true, false, said::add))
                    .hasMessageContaining("training.eta 0.3, there 0.1")
                    .hasMessageContaining("--force");
        }
        assertThat(taskFiles()).hasSize(4 * 2 * 3);
        // More seeds add to what is there.
        grid = ExperimentReader.readGrid(folder.resolve("c.yaml"), List.of("sweep.seeds=4"));
        trained.clear();
        run(true);
        assertThat(trained).hasSize(4 * 2);
        grid = ExperimentReader.readGrid(folder.resolve("c.yaml"), List.of("training.eta=0.3"));
        try (GridSweep other = sweep()) {
            other.begin(true, true, said::add);
        }
        assertThat(said)
                .anyMatch(line -> line.contains("training.eta 0.3, there 0.1") && line.endsWith("it is replaced"));
        assertThat(taskFiles()).isEmpty();
        grid = mine;
    }

    @Test
    void aClockThatJumpsChangesNothing() throws IOException {
        String first = run(false);
        int i = 0;
        List<Path> files;
        try (Stream<Path> all = Files.walk(out())) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Instant date = Instant.parse(i++ % 2 == 0 ? "1971-01-01T00:00:00Z" : "2100-01-01T00:00:00Z");
            Files.setLastModifiedTime(file, FileTime.from(date));
        }
        trained.clear();
        assertThat(run(true)).isEqualTo(first);
        assertThat(trained).isEmpty();
    }

    @Test
    void aPointThatFailsIsNamedAndAllOthersAreDone() throws IOException {
        GridSweep sweep = new GridSweep(
                out(),
                grid,
                networks((problem, width, seed, progress) -> {
                    if (problem.training().gamma0() == 1 && width == 9) {
                        throw new SolverException("network of width 9 diverged at step 2");
                    }
                    return train(problem, width, seed, progress);
                }),
                1,
                EVERY_STEP);
        try (sweep) {
            sweep.begin(false, false, said::add);
            assertThatThrownBy(() -> sweep.compute(true, backend(), Reporter.SILENT))
                    .isInstanceOf(SolverException.class)
                    .hasMessage("2 of 4 grid points failed, the first at training.gamma0=1, data.seed=0:"
                            + " network of width 9 diverged at step 2");
        }
        // Widest first: the failing points stop there, the others are whole.
        assertThat(taskFiles()).hasSize(2 * 6);
        assertThat(sweep().missing()).hasSize(2 * 6).contains("width 9 seed 0 at training.gamma0=1, data.seed=1");
    }

    @Test
    void whatIsFinishedCanBeGatheredByAProcessThatTrainsNothing() {
        String first = run(false);
        trained.clear();
        GridSweep gather = sweep();
        assertThat(gather.missing()).isEmpty();
        assertThat(tables(gather)).isEqualTo(first);
        assertThat(trained).isEmpty();
    }

    @Test
    void aTheoryStoppedMidwayGoesOnFromItsCheckpointToTheSameBits() throws IOException {
        grid = ExperimentReader.readGrid(Files.writeString(folder.resolve("causal.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2, activation: linear}
                training: {steps: 10}
                theory:   {samples: 64}
                sweep:    {widths: [5], seeds: 1}
                """), List.of());
        AtomicInteger whole = new AtomicInteger();
        try (GridSweep sweep = sweep()) {
            sweep.begin(false, false, said::add);
            sweep.compute(true, counting(whole), Reporter.SILENT);
        }
        Path published = out().resolve("theory.npz");
        tables(sweep());
        byte[] undisturbed = Files.readAllBytes(published);
        try (GridSweep sweep = sweep()) {
            sweep.begin(false, false, said::add);
            assertThat(checkpoints()).isEmpty();
            assertThatThrownBy(() -> sweep.compute(true, backend(), listener((completed, total) -> {
                        if (completed == 7) {
                            throw new IllegalStateException("killed");
                        }
                    })))
                    .hasMessage("killed");
        }
        assertThat(checkpoints()).hasSize(1);
        AtomicInteger rest = new AtomicInteger();
        try (GridSweep sweep = sweep()) {
            sweep.begin(true, false, said::add);
            sweep.compute(true, counting(rest), listener(Progress.NONE));
            tables(sweep);
        }
        assertThat(said).isEmpty();
        // Seven of ten steps are repeated without computing.
        assertThat(rest.get())
                .as("%d of %d", rest.get(), whole.get())
                .isPositive()
                .isLessThan(whole.get() * 2 / 3);
        assertThat(checkpoints()).isEmpty();
        assertThat(Files.readAllBytes(published)).isEqualTo(undisturbed);
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(out().resolve("tasks"))) {
            return files.filter(file -> file.toString().endsWith(".checkpoint.npz"))
                    .toList();
        }
    }

    /** A backend that counts its matrix operations. */
    private static Backend counting(AtomicInteger operations) {
        Backend backend = backend();
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    operations.incrementAndGet();
                    return method.invoke(backend, arguments);
                });
    }

    private Reporter listener(Progress progress) {
        return new Reporter() {
            @Override
            public <T> T stage(String name, Function<Progress, T> work) {
                return work.apply(name.startsWith("theory") ? progress : Progress.NONE);
            }

            @Override
            public void say(String line) {
                said.add(line);
            }
        };
    }

    @Test
    void theoriesSolvedSideBySideAreThoseSolvedOneByOne() throws IOException {
        ExperimentGrid causal =
                ExperimentReader.readGrid(Files.writeString(folder.resolve("causal.yaml"), """
                data:     {dimension: 3, points: 4}
                network:  {depth: 2, activation: linear}
                training: {steps: 6}
                theory:   {samples: 64}
                sweep:    {widths: [5], seeds: 1, grid: {training.gamma0: [0.5, 1, 3], training.eta: [0.1, 1.0e+9]}}
                """), List.of());
        List<List<byte[]>> archives = new ArrayList<>();
        for (int atOnce : new int[] {1, 4}) {
            Path results = out().resolve("at once " + atOnce);
            try (GridSweep sweep = new GridSweep(results, causal, networks(this::train), 1, EVERY_STEP)) {
                sweep.begin(false, false, said::add);
                // Three points diverge, and no other with them.
                assertThatThrownBy(() -> sweep.compute(true, several(atOnce), Reporter.SILENT))
                        .hasMessageStartingWith("3 of 6 grid points failed, the first at ")
                        .hasMessageContaining("diverged at step");
            }
            List<byte[]> found = new ArrayList<>();
            try (Stream<Path> all = Files.walk(results)) {
                for (Path file : all.filter(
                                path -> path.getFileName().toString().matches("theory-\\w+\\.npz"))
                        .sorted()
                        .toList()) {
                    found.add(Files.readAllBytes(file));
                }
            }
            archives.add(found);
        }
        assertThat(archives.get(0)).hasSize(3);
        assertThat(archives.get(1).toArray(byte[][]::new))
                .isDeepEqualTo(archives.get(0).toArray(byte[][]::new));
    }

    /** The CPU, saying that several problems at once are worth it. */
    private static Backend several(int atOnce) {
        Backend cpu = backend();
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(),
                new Class<?>[] {Backend.class},
                (proxy, method, arguments) ->
                        method.getName().equals("problemsAtOnce") ? atOnce : method.invoke(cpu, arguments));
    }
}
