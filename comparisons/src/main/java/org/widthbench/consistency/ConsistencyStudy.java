package org.widthbench.consistency;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.Sha256;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.sweep.Task;
import org.widthbench.sweep.TaskStore;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/**
 * Runs the tasks of a study one after the other; a network that is measured leaves a file at once. Any number of processes may
 * work on one folder: no network is trained twice.
 */
public final class ConsistencyStudy {
    /** Which arrays a file holds; part of its name, so that files of other arrays are not found. */
    private static final int FORMAT = 3;

    /** Begins the names of what belongs to no task. */
    private static final String EDGE = "edge";

    private final ConsistencySpec spec;
    private final Backend backend;
    private final Path folder;
    private final boolean resume;
    private final boolean force;
    private final CheckpointFile.Interval checkpointEvery;
    private final Reporter reporter;
    private final boolean flat;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param folder takes a file per network under {@code tasks/}
     * @param resume whether to keep what an earlier run of the same configuration finished
     * @param force whether a study of another configuration may be replaced
     * @param checkpointEvery how often a theory that is being solved is kept, to go on after a kill
     */
    public ConsistencyStudy(
            ConsistencySpec spec,
            Backend backend,
            Path folder,
            boolean resume,
            boolean force,
            CheckpointFile.Interval checkpointEvery,
            Reporter reporter) {
        this.spec = spec;
        this.backend = backend;
        this.folder = folder;
        this.resume = resume;
        this.force = force;
        this.checkpointEvery = checkpointEvery;
        this.reporter = reporter;
        this.flat = !spec.network().architecture().takesImages();
    }

    /**
     * Measures what the claims need.
     *
     * @throws WidthbenchException if data cannot be read or a network diverges
     */
    public StudyResult run(Set<Claim> claims) {
        List<TaskStage> stages = claims.stream().allMatch(Claim::isAboutRates)
                ? List.of()
                : spec.tasks().stream().map(TaskStage::new).toList();
        List<EdgeStage> edges = new ArrayList<>();
        if (spec.edge() != null && claims.stream().anyMatch(Claim::isAboutRates)) {
            EdgeTask task = new EdgeTask(spec.edge());
            Arrays.stream(spec.edge().rates()).forEach(rate -> edges.add(new EdgeStage(task, rate)));
        }
        List<Task<?>> tasks = new ArrayList<>();
        stages.forEach(stage -> tasks.addAll(stage.networks));
        stages.forEach(stage -> tasks.add(stage.theory));
        edges.forEach(stage -> tasks.addAll(stage.networks));
        edges.forEach(stage -> tasks.add(stage.theory));
        try (SharedFolder shared = new SharedFolder(folder, settings(spec), force, reporter::say)) {
            shared.begin(resume, tasks, claims.size() == Claim.values().length);
            List<StudyResult.TaskResult> results =
                    stages.stream().map(stage -> stage.run(shared)).toList();
            List<EdgeRun> runs = new ArrayList<>();
            Map<Double, double[]> theory = new LinkedHashMap<>();
            edges.forEach(stage -> stage.run(shared, runs, theory));
            Set<String> commits = new TreeSet<>();
            tasks.forEach(task -> commits.addAll(task.store().commits()));
            return new StudyResult(spec, results, runs, theory, notes, commits);
        }
    }

    /** All that determines the numbers of a study. */
    public static Settings settings(ConsistencySpec spec) {
        return Settings.of("consistency", spec.toMap());
    }

    /** One task's theory and networks. */
    private final class TaskStage {
        private final ConsistencyTask task;
        private final SampleStream stream;
        private final Task<Observed> theory;
        private final List<Task<NetworkRun>> networks = new ArrayList<>();

        TaskStage(ConsistencyTask task) {
            this.task = task;
            stream = task.stream(spec.training().batch(), spec.measure().testPoints(), flat);
            TaskStore solved = store(task.name(), stream.batch(0), stream.test(), true);
            theory = theory(
                    solved,
                    task.name() + "-theory",
                    task.name() + ": theory (" + method() + ")",
                    TaskStore.arrays(Observed::arrays, Observed::of),
                    (line, progress) ->
                            line.task(stream, progress, stop -> reporter.say(where() + ": " + stop.getMessage())));
            TaskStore trained = store(task.name(), stream.batch(0), stream.test(), false);
            NetworkMeasurement measurement = new NetworkMeasurement(family(stream.test()), spec);
            spec.sweep()
                    .forEach((width, seed) -> networks.add(new Task<>(
                            trained,
                            task.name() + "-" + TaskStore.task(width, seed),
                            width,
                            NetworkRun.codec(width, seed),
                            progress -> measurement.follow(task.name(), stream, width, seed, progress))));
        }

        private String where() {
            return "task " + task.name();
        }

        StudyResult.TaskResult run(SharedFolder shared) {
            reporter.say(where() + ": "
                    + Samples.dataset(stream.repeated().orElseGet(() -> stream.batch(0)), stream.test())
                            .description()
                    + (stream.repeated().isPresent() ? "" : ", new training points at every step"));
            Optional<Observed> solved = solved(shared, theory, where());
            solved.map(line -> line.times()[line.last()])
                    .filter(end -> end < spec.training().steps())
                    .ifPresent(end -> note(where() + ": the DMFT line ends at step " + end
                            + ", and nothing else is compared with it, for the solver could not go on; raise theory.samples, or accept"
                            + " a cap by theory.maxPivots"));
            String title = task.name() + ": " + networks.size() + " networks, N up to "
                    + spec.sweep().widest();
            List<NetworkRun> runs = reporter.stage(title, progress -> shared.results(networks, progress));
            return new StudyResult.TaskResult(
                    task.name(), stream.test().targets().clone(), runs, solved.orElse(null));
        }
    }

    /** What is trained at every learning rate: full-batch descent on one set. */
    private final class EdgeTask {
        private final Samples training;
        private final TaskStore solved;
        private final TaskStore trained;
        private final NetworkMeasurement measurement;

        EdgeTask(ConsistencySpec.Edge edge) {
            ConsistencyTask task = spec.tasks().stream()
                    .filter(t -> t.name().equals(edge.task()))
                    .findFirst()
                    .orElseThrow();
            training = task.first(edge.points(), spec.measure().testPoints(), flat);
            solved = store(EDGE, training, training, true);
            trained = store(EDGE, training, training, false);
            measurement = new NetworkMeasurement(family(training), spec);
        }
    }

    /** The theory and networks of one learning rate. */
    private final class EdgeStage {
        private final double rate;
        private final Task<double[]> theory;
        private final List<Task<EdgeRun>> networks = new ArrayList<>();

        EdgeStage(EdgeTask task, double rate) {
            this.rate = rate;
            String name = "-rate-" + rate;
            theory = theory(
                    task.solved,
                    EDGE + "-theory" + name,
                    title() + ": theory",
                    TaskStore.arrays(loss -> Map.of("loss", Tensor.vector(loss)), arrays -> arrays.get("loss")
                            .data()),
                    (line, progress) -> line.edge(task.training, rate, progress));
            new SweepSpec(spec.sweep().widths(), spec.edge().seeds())
                    .forEach((width, seed) -> networks.add(new Task<>(
                            task.trained,
                            EDGE + "-" + TaskStore.task(width, seed) + name,
                            width,
                            EdgeRun.codec(width, seed, rate),
                            progress -> task.measurement.atRate(task.training, rate, width, seed, progress))));
        }

        void run(SharedFolder shared, List<EdgeRun> runs, Map<Double, double[]> losses) {
            runs.addAll(reporter.stage(title(), progress -> shared.results(networks, progress)));
            solved(shared, theory, "learning rate " + rate).ifPresent(loss -> losses.put(rate, loss));
        }

        private String title() {
            return "edge of stability, learning rate " + rate;
        }
    }

    private String method() {
        return spec.theory() == null ? "" : spec.theory().method().word();
    }

    /** The solving of a theory, from where a killed process was. */
    private <R> Task<R> theory(
            TaskStore store,
            String name,
            String title,
            TaskStore.Codec<R> codec,
            BiFunction<TheoryLine, Progress, R> solve) {
        return new Task<>(store, name, 0, codec, unused -> {
            CheckpointFile kept = store.checkpoint(name, backend, checkpointEvery, reporter::say);
            return reporter.stage(
                    title,
                    progress -> kept.run(
                            backend,
                            Files.exists(kept.file()),
                            (checkpointing, checkpoints) ->
                                    solve.apply(new TheoryLine(spec, checkpointing), checkpoints.apply(progress))));
        });
    }

    /** Empty, with a note, if the theory is left out or no solver can express the task. */
    private <R> Optional<R> solved(SharedFolder shared, Task<R> theory, String where) {
        if (spec.theory() == null) {
            note(where + ": no DMFT line, because of theory: none");
            return Optional.empty();
        }
        try {
            return Optional.of(shared.results(List.of(theory), Progress.NONE).get(0));
        } catch (WidthbenchException e) {
            note(where + ": no DMFT line, because " + e.getMessage());
            return Optional.empty();
        }
    }

    private void note(String line) {
        notes.add(line);
        reporter.say(line);
    }

    private NetworkFamily family(Samples like) {
        int[] shape = like.inputs().shape();
        return new NetworkFamily(
                spec.network(), spec.training().gamma0(), Arrays.copyOfRange(shape, 1, shape.length), backend);
    }

    /** Data count by content: the same images elsewhere are the same, other images in their place are not. */
    private TaskStore store(String name, Samples training, Samples test, boolean theory) {
        Map<String, Object> all = new LinkedHashMap<>(spec.toMap());
        all.remove("sweep");
        if (!theory) {
            all.remove("theory");
        }
        Map<?, ?> tasks = (Map<?, ?>) all.remove("tasks");
        Object edge = all.remove(EDGE);
        if (name.equals(EDGE)) {
            // Learning rates and seeds are in the names of the files.
            Map<Object, Object> shared = new LinkedHashMap<>((Map<?, ?>) edge);
            shared.keySet().removeAll(List.of("rates", "seeds"));
            all.put("task", shared);
        } else {
            all.put("task", tasks.get(name));
        }
        all.put(
                "data",
                Sha256.of(training.inputs().data())
                        + Sha256.of(training.targets())
                        + Sha256.of(test.inputs().data()));
        all.put("backend", backend.description().replaceAll(", [0-9]+ cores", ""));
        all.put("code", Code.hash());
        return new TaskStore(folder.resolve("tasks"), FORMAT + "\n" + Json.text(all));
    }
}
