package org.widthbench.sweep;

import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
import org.widthbench.sweep.SweepFolder.SolvedTheory;

/**
 * The theories and networks of a grid, with results kept in a folder that any number of processes may share: each takes the
 * tasks that no other is at ({@link SharedFolder}), and leaves every finished one as a small file ({@link TaskStore}).
 */
public final class GridSweep implements AutoCloseable {
    private final Path folder;
    private final ExperimentGrid grid;
    private final Networks networks;
    private final List<Problem> problems = new ArrayList<>();
    private final List<SweepFolder> files = new ArrayList<>();
    private final int atOnce;
    private final CheckpointFile.Interval checkpointEvery;
    private final Map<Integer, SoftReference<SolvedTheory>> theories = new HashMap<>();
    /** What stopped a grid point, by its number. */
    private final ConcurrentMap<Integer, String> failures = new ConcurrentHashMap<>();

    private final AtomicInteger trained = new AtomicInteger();
    private final Settings settings;
    private SharedFolder shared;

    private record Task(int point, int width, long seed) {}

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
        String precision = networks.identity();
        Map<DataSource, Dataset> data = new HashMap<>();
        for (int p = 0; p < grid.points().size(); p++) {
            Experiment experiment = grid.points().get(p).experiment();
            Dataset dataset = data.computeIfAbsent(experiment.data(), DataSource::load);
            Problem problem = new Problem(dataset, experiment.network(), experiment.training());
            networks.requireFits(problem, experiment.sweep().widest());
            problems.add(problem);
            files.add(new SweepFolder(folder(p), experiment, problem, precision));
        }
        this.atOnce = atOnce;
        settings = Settings.of("sweep", grid.toMap())
                .with("networks", precision)
                .withData(problems.stream().map(Problem::dataset).toList());
    }

    /** All that determines the results. */
    public Settings settings() {
        return settings;
    }

    /** Folder of a point's results: {@code points/NAME-HASH}, or the sweep's own where there is no grid. */
    public Path folder(int point) {
        return grid.hasAxes()
                ? folder.resolve("points").resolve(grid.points().get(point).folderName())
                : folder;
    }

    /** The problem of a point. */
    public Problem problem(int point) {
        return problems.get(point);
    }

    /** Says what data were read, in a line for each that differs. */
    public void describe(Reporter reporter) {
        Set<String> lines = new LinkedHashSet<>();
        for (int p = 0; p < problems.size(); p++) {
            DataSource source = grid.points().get(p).experiment().data();
            Dataset dataset = problems.get(p).dataset();
            lines.add(source.description(dataset));
            source.doubt(dataset).ifPresent(lines::add);
        }
        lines.forEach(reporter::say);
    }

    /** Number of networks that this process trains at the same time. */
    public int atOnce() {
        if (atOnce != 0) {
            return atOnce;
        }
        int carried = Integer.MAX_VALUE;
        for (int p = 0; p < problems.size(); p++) {
            carried = Math.min(carried, networks.atOnce(problems.get(p), spec(p).widest()));
        }
        return carried;
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
        return shared.begin(
                resume,
                () -> {
                    int others = files.stream().mapToInt(SweepFolder::tidy).sum();
                    if (others > 0) {
                        say.accept(folder + ": " + others
                                + " files of other settings or other code are deleted from its tasks");
                    }
                },
                () -> {
                    for (int p = 0; p < files.size(); p++) {
                        files.get(p).discard(spec(p));
                    }
                });
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
                problems.size(),
                backend,
                reporter,
                this::solveIfMissing,
                (point, failure) -> failures.put(point, failure.getMessage()));
        List<Task> open = open();
        if (!open.isEmpty()) {
            String name = open.size() + " networks, N up to "
                    + open.stream().mapToInt(Task::width).max().orElseThrow();
            reporter.stage(name, progress -> {
                train(open, all, backend, new SweepMeter(open.stream().mapToInt(Task::width), progress));
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
        for (int p = 0; p < problems.size(); p++) {
            if (theory(p).isEmpty()) {
                missing.add("the theory" + at(p));
            }
        }
        for (Task task : open()) {
            missing.add("width " + task.width + " seed " + task.seed + at(task.point));
        }
        return missing;
    }

    /** What was found at a point of the grid; everything must be there. */
    public SweepRun result(int point) {
        SolvedTheory theory =
                theory(point).orElseThrow(() -> new InvalidInputException("the theory" + at(point) + " is missing"));
        List<TaskResult> results = new ArrayList<>();
        spec(point)
                .forEach((width, seed) -> results.add(files.get(point)
                        .read(width, seed)
                        .orElseThrow(() -> new InvalidInputException(
                                "the result of width " + width + " seed " + seed + at(point) + " is missing"))));
        files.get(point).publishTheory();
        return new SweepRun(
                theory.orderParameters(),
                new AlignmentTable(results),
                theory.seconds(),
                theory.backend(),
                files.get(point).commits());
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

    private String at(int point) {
        GridPoint where = grid.points().get(point);
        return where.values().isEmpty() ? "" : " at " + where.description();
    }

    /** Largest first within a point, so that no thread is left with a long one at the end. */
    private List<Task> open() {
        List<Task> open = new ArrayList<>();
        for (int p = 0; p < problems.size(); p++) {
            int point = p;
            spec(p).forEach((width, seed) -> {
                if (!failures.containsKey(point)
                        && files.get(point).read(width, seed).isEmpty()) {
                    open.add(new Task(point, width, seed));
                }
            });
        }
        open.sort(Comparator.comparingInt(Task::point)
                .thenComparing(Comparator.comparingInt(Task::width).reversed()));
        return open;
    }

    private void train(List<Task> tasks, boolean all, Backend backend, SweepMeter meter) {
        List<Task> open = tasks;
        try (TaskPool pool = new TaskPool(Math.min(atOnce(), tasks.size()))) {
            while (!open.isEmpty()) {
                List<Task> left = new ArrayList<>();
                pool.run(open, task -> attempt(task, backend, meter, pool), (task, outcome) -> {
                    if (outcome == Leases.Outcome.IN_DOUBT || (all && outcome == Leases.Outcome.TAKEN)) {
                        left.add(task);
                    }
                });
                if (!left.isEmpty()) {
                    SharedFolder.pause();
                }
                open = left;
            }
        }
    }

    /** {@code OURS} if nothing is left to be done about the task. */
    private Leases.Outcome attempt(Task task, Backend backend, SweepMeter meter, TaskPool pool) {
        SweepFolder store = files.get(task.point);
        BooleanSupplier done = () -> failures.containsKey(task.point)
                || store.read(task.width, task.seed).isPresent();
        AtomicBoolean here = new AtomicBoolean();
        Leases.Outcome outcome =
                shared.attempt(new SharedFolder.Piece(store.taskName(task.width, task.seed), done, () -> {
                    here.set(true);
                    try {
                        store.write(train(task, backend, pool.within(meter.within(task.width))));
                        trained.incrementAndGet();
                    } catch (SolverException e) {
                        failures.putIfAbsent(task.point, e.getMessage());
                    }
                }));
        if (outcome == Leases.Outcome.OURS && !here.get()) {
            meter.skip(task.width);
        }
        return outcome;
    }

    private TaskResult train(Task task, Backend backend, Progress progress) {
        long started = System.nanoTime();
        OrderParameters network = networks.train(problems.get(task.point), task.width, task.seed, progress);
        double seconds = (System.nanoTime() - started) / 1e9;
        OrderParameters theory = theoryOrWait(task.point, backend).orderParameters();
        return new TaskResult(task.width, task.seed, Comparison.of(theory, network), network.loss(), seconds);
    }

    private void solveIfMissing(int point, Backend backend, Reporter reporter) {
        if (theory(point).isEmpty()) {
            solveIfOurs(point, backend, reporter);
        }
    }

    /** The theory of a point, which this process computes if the one that is at it goes away. */
    private SolvedTheory theoryOrWait(int point, Backend backend) {
        for (; ; ) {
            Optional<SolvedTheory> theory = theory(point);
            if (theory.isEmpty()) {
                theory = solveIfOurs(point, backend, Reporter.SILENT);
            }
            if (theory.isPresent()) {
                return theory.get();
            }
            SharedFolder.pause();
        }
    }

    private synchronized Optional<SolvedTheory> theory(int point) {
        SoftReference<SolvedTheory> kept = theories.get(point);
        SolvedTheory theory = kept == null ? null : kept.get();
        if (theory == null) {
            theory = files.get(point).readTheory().orElse(null);
            theories.put(point, new SoftReference<>(theory));
        }
        return Optional.ofNullable(theory);
    }

    private Optional<SolvedTheory> solveIfOurs(int point, Backend backend, Reporter reporter) {
        shared.attempt(new SharedFolder.Piece(
                files.get(point).theoryName(), () -> theory(point).isPresent(), () -> solve(point, backend, reporter)));
        return theory(point);
    }

    private void solve(int point, Backend backend, Reporter reporter) {
        Experiment experiment = grid.points().get(point).experiment();
        CheckpointFile checkpoint = files.get(point).checkpoint(backend, checkpointEvery, reporter::say);
        SolvedTheory theory = checkpoint.run(
                backend,
                Files.exists(checkpoint.file()),
                (checkpointing, checkpoints) -> SweepRun.solve(
                        experiment, problems.get(point), at(point), checkpointing, reporter, checkpoints));
        files.get(point).writeTheory(theory);
    }

    private void reportFailures() {
        if (failures.isEmpty()) {
            return;
        }
        Map<Integer, String> ordered = new LinkedHashMap<>();
        failures.keySet().stream().sorted().forEach(p -> ordered.put(p, failures.get(p)));
        int first = ordered.keySet().iterator().next();
        throw new SolverException(
                grid.hasAxes()
                        ? ordered.size() + " of " + problems.size() + " grid points failed, the first" + at(first)
                                + ": " + ordered.get(first)
                        : ordered.get(first));
    }
}
