package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.ExperimentGrid;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.sweep.SweepPoint.SolvedTheory;

/**
 * The theories and networks of a grid, with results kept in a folder that any number of processes may share: each takes the
 * tasks that no other is at ({@link SharedFolder}), and leaves every finished one as a small file ({@link TaskStore}).
 */
public final class GridSweep implements AutoCloseable {
    private final Path folder;
    private final ExperimentGrid grid;
    private final Networks networks;
    private final List<SweepPoint> points = new ArrayList<>();
    private final int atOnce;
    private final CheckpointFile.Interval checkpointEvery;
    /** What stopped a grid point, by its tasks. */
    private final Map<TaskStore, SolverException> failures = new ConcurrentHashMap<>();

    private final AtomicInteger trained = new AtomicInteger();
    private final Settings settings;
    private SharedFolder shared;

    /**
     * Reads the data of every point; writes nothing yet.
     *
     * @param folder of the results
     * @param atOnce networks trained at the same time by this process; 0 for what cores and memory carry
     * @param checkpointEvery how often a theory that is being solved is kept, to go on after a kill
     * @throws InvalidInputException if the data of a point cannot be read
     */
    public GridSweep(
            Path folder, ExperimentGrid grid, Networks networks, int atOnce, CheckpointFile.Interval checkpointEvery) {
        this.folder = folder;
        this.checkpointEvery = checkpointEvery;
        this.grid = grid;
        this.networks = networks;
        this.atOnce = atOnce;
        Map<DataSource, Dataset> data = new HashMap<>();
        for (GridPoint point : grid.points()) {
            Experiment experiment = point.experiment();
            Dataset dataset = data.computeIfAbsent(experiment.data(), DataSource::load);
            Problem problem = new Problem(dataset, experiment.network(), experiment.training());
            networks.requireFits(problem, experiment.sweep().widest());
            Path place = grid.hasAxes() ? folder.resolve("points").resolve(point.folderName()) : folder;
            points.add(new SweepPoint(place, point, problem, networks.identity()));
        }
        settings = Settings.of("sweep", grid.toMap())
                .with("networks", networks.identity())
                .withData(
                        points.stream().map(point -> point.problem().dataset()).toList());
    }

    /** All that determines the results. */
    public Settings settings() {
        return settings;
    }

    /** Folder of a point's results: {@code points/NAME-HASH}, or the sweep's own where there is no grid. */
    public Path folder(int point) {
        return points.get(point).folder();
    }

    /** The problem of a point. */
    public Problem problem(int point) {
        return points.get(point).problem();
    }

    /** Says what data were read, in a line for each that differs. */
    public void describe(Reporter reporter) {
        Set<String> lines = new LinkedHashSet<>();
        for (int p = 0; p < points.size(); p++) {
            DataSource source = grid.points().get(p).experiment().data();
            Dataset dataset = problem(p).dataset();
            lines.add(source.description(dataset));
            source.doubt(dataset).ifPresent(lines::add);
        }
        lines.forEach(reporter::say);
    }

    /** Number of networks that this process trains at the same time. */
    public int atOnce() {
        return atOnce != 0
                ? atOnce
                : IntStream.range(0, points.size())
                        .map(p -> networks.atOnce(problem(p), spec(p).widest()))
                        .min()
                        .orElseThrow();
    }

    /**
     * Says what counts as done: with {@code resume} what earlier runs left, else nothing, unless another process is at work on
     * this folder just now, whose work is joined.
     *
     * @param force whether a sweep of other settings may be replaced
     * @param say told what is replaced or deleted
     * @return whether another process is at work
     * @throws InvalidInputException if a sweep of other settings is at work there, or is there and may not be replaced
     */
    public boolean begin(boolean resume, boolean force, Consumer<String> say) {
        shared = new SharedFolder(folder, settings, force, say);
        List<Task<?>> all = new ArrayList<>();
        points.forEach(point -> all.add(point.solving(null, checkpointEvery, Reporter.SILENT)));
        all.addAll(networks(null));
        return shared.begin(resume, all, true);
    }

    /**
     * Does all work that nobody has done and nobody else is doing.
     *
     * @param all whether to wait for what others are doing, and to do it if they do not
     * @throws SolverException at the end if a theory or network could not be computed; all others were
     * @throws InvalidInputException at once if a result cannot be written
     */
    public void compute(boolean all, Backend backend, Reporter reporter) {
        TheoryLanes.solve(
                points.size(),
                backend,
                reporter,
                (point, lane, told) -> solveIfMissing(points.get(point), lane, told),
                (point, failure) -> failures.put(points.get(point).tasks(), failure));
        List<Task<TaskResult>> open = networks(backend).stream()
                .filter(task ->
                        !failures.containsKey(task.store()) && task.found().isEmpty())
                .toList();
        if (!open.isEmpty()) {
            String name = open.size() + " networks, N up to "
                    + open.stream().mapToInt(Task::width).max().orElseThrow();
            reporter.stage(name, progress -> {
                failures.putAll(shared.complete(open, atOnce(), all, progress));
                return null;
            });
        }
        reportFailures();
    }

    /** Writes tables and pages while no other process does. */
    public void publish(Runnable write) {
        shared.publish(write);
    }

    /** Networks that this process has trained. */
    public int trained() {
        return trained.get();
    }

    /** Names of theories and networks that nobody has computed. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (SweepPoint point : points) {
            if (point.theory().isEmpty()) {
                missing.add("the theory" + point.where());
            }
        }
        for (int p = 0; p < points.size(); p++) {
            SweepPoint point = points.get(p);
            spec(p).forEach((width, seed) -> {
                if (network(point, width, seed, null).found().isEmpty()) {
                    missing.add("width " + width + " seed " + seed + point.where());
                }
            });
        }
        return missing;
    }

    /** What was found at a point of the grid; everything must be there. */
    public SweepRun result(int number) {
        SweepPoint point = points.get(number);
        SolvedTheory theory = point.theory()
                .orElseThrow(() -> new InvalidInputException("the theory" + point.where() + " is missing"));
        List<TaskResult> results = new ArrayList<>();
        spec(number)
                .forEach((width, seed) -> results.add(network(point, width, seed, null)
                        .found()
                        .orElseThrow(() -> new InvalidInputException(
                                "the result of width " + width + " seed " + seed + point.where() + " is missing"))));
        point.publishTheory();
        return new SweepRun(
                theory.orderParameters(),
                new AlignmentTable(results),
                theory.seconds(),
                theory.backend(),
                point.tasks().commits());
    }

    @Override
    public void close() {
        if (shared != null) {
            shared.close();
        }
    }

    private SweepSpec spec(int point) {
        return grid.points().get(point).experiment().sweep();
    }

    /** Largest first within a point, so that no thread is left with a long one at the end. */
    private List<Task<TaskResult>> networks(Backend backend) {
        List<Task<TaskResult>> all = new ArrayList<>();
        for (int p = 0; p < points.size(); p++) {
            SweepPoint point = points.get(p);
            List<Task<TaskResult>> own = new ArrayList<>();
            spec(p).forEach((width, seed) -> own.add(network(point, width, seed, backend)));
            own.sort(Comparator.comparingInt((Task<TaskResult> task) -> task.width())
                    .reversed());
            all.addAll(own);
        }
        return all;
    }

    private Task<TaskResult> network(SweepPoint point, int width, long seed, Backend backend) {
        String name = TaskStore.task(width, seed);
        return new Task<>(point.tasks(), name, width, TaskStore.numbers(TaskResult.class), progress -> {
            long started = System.nanoTime();
            OrderParameters network = networks.train(point.problem(), width, seed, progress);
            double seconds = (System.nanoTime() - started) / 1e9;
            OrderParameters theory = theoryOrWait(point, backend).orderParameters();
            trained.incrementAndGet();
            return new TaskResult(width, seed, Comparison.of(theory, network), network.loss(), seconds);
        });
    }

    /** The theory of a point, which this process computes if the one that is at it goes away. */
    private SolvedTheory theoryOrWait(SweepPoint point, Backend backend) {
        for (; ; ) {
            solveIfMissing(point, backend, Reporter.SILENT);
            Optional<SolvedTheory> theory = point.theory();
            if (theory.isPresent()) {
                return theory.get();
            }
            SharedFolder.pause();
        }
    }

    private void solveIfMissing(SweepPoint point, Backend backend, Reporter reporter) {
        if (point.theory().isEmpty()) {
            shared.attempt(point.solving(backend, checkpointEvery, reporter), Progress.NONE);
        }
    }

    private void reportFailures() {
        List<SweepPoint> failed = points.stream()
                .filter(point -> failures.containsKey(point.tasks()))
                .toList();
        if (!failed.isEmpty()) {
            SweepPoint first = failed.get(0);
            String reason = failures.get(first.tasks()).getMessage();
            throw new SolverException(
                    grid.hasAxes()
                            ? failed.size() + " of " + points.size() + " grid points failed, the first" + first.where()
                                    + ": " + reason
                            : reason);
        }
    }
}
