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
import org.widthbench.sweep.SharedFolder.Piece;
import org.widthbench.sweep.SweepMeter;
import org.widthbench.sweep.TaskStore;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/**
 * Runs the tasks of a study one after the other; a network that is measured leaves a file at once. Any number of processes may
 * work on one folder: no network is trained twice.
 */
public final class ConsistencyStudy {
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
        List<TaskStage> tasks = new ArrayList<>();
        if (claims.stream().anyMatch(claim -> !claim.isAboutRates())) {
            spec.tasks().forEach(task -> tasks.add(new TaskStage(task)));
        }
        boolean rates = spec.edge() != null && claims.stream().anyMatch(Claim::isAboutRates);
        Optional<EdgeStage> edge = rates ? Optional.of(new EdgeStage(spec.edge())) : Optional.empty();
        List<RunStore> stores = new ArrayList<>();
        tasks.forEach(stage -> stores.addAll(List.of(stage.networks, stage.theory)));
        edge.ifPresent(stage -> stores.addAll(List.of(stage.networks, stage.theory)));
        boolean all = claims.size() == Claim.values().length;
        try (SharedFolder shared = new SharedFolder(folder, settings(spec), force, reporter::say)) {
            shared.begin(resume, () -> tidy(all ? stores : List.of()), () -> {
                tasks.forEach(TaskStage::discard);
                edge.ifPresent(EdgeStage::discard);
            });
            List<StudyResult.TaskResult> results =
                    tasks.stream().map(task -> task.run(shared)).toList();
            List<EdgeRun> runs = new ArrayList<>();
            Map<Double, double[]> theory = new LinkedHashMap<>();
            edge.ifPresent(stage -> stage.run(shared, runs, theory));
            Set<String> commits = new TreeSet<>();
            stores.forEach(store -> commits.addAll(store.tasks().commits()));
            return new StudyResult(spec, results, runs, theory, notes, commits);
        }
    }

    /** All that determines the numbers of a study. */
    public static Settings settings(ConsistencySpec spec) {
        return Settings.of("consistency", spec.toMap());
    }

    /** @param stores of everything that the folder may hold; none if only a part of it is known */
    private void tidy(List<RunStore> stores) {
        int others = TaskStore.tidy(
                folder.resolve("tasks"), stores.stream().map(RunStore::tasks).toList());
        if (others > 0) {
            reporter.say(folder + ": " + others + " files of other settings or other code are deleted from its tasks");
        }
    }

    /** One task's theory and networks. */
    private final class TaskStage {
        private final ConsistencyTask task;
        private final SampleStream stream;
        private final RunStore networks;
        private final RunStore theory;

        TaskStage(ConsistencyTask task) {
            this.task = task;
            stream = task.stream(spec.training().batch(), spec.measure().testPoints(), flat);
            networks = store(task.name(), stream.batch(0), stream.test(), false);
            theory = store(task.name(), stream.batch(0), stream.test(), true);
        }

        void discard() {
            theory.discard(RunStore.THEORY);
            spec.sweep().forEach((width, seed) -> networks.discard(TaskStore.task(width, seed)));
        }

        StudyResult.TaskResult run(SharedFolder shared) {
            reporter.say("task " + task.name() + ": "
                    + Samples.dataset(stream.repeated().orElseGet(() -> stream.batch(0)), stream.test())
                            .description()
                    + (stream.repeated().isPresent() ? "" : ", new training points at every step"));
            Optional<Observed> solved = solve(shared);
            NetworkMeasurement measurement = new NetworkMeasurement(family(stream.test()), spec);
            String title = task.name() + ": " + spec.sweep().tasks() + " networks, N up to "
                    + spec.sweep().widest();
            reporter.stage(title, progress -> {
                SweepMeter meter = new SweepMeter(spec.sweep().eachWidth(), progress);
                List<Piece> pieces = new ArrayList<>();
                spec.sweep()
                        .forEach((width, seed) -> pieces.add(new Piece(
                                networks.name(TaskStore.task(width, seed)),
                                () -> networks.network(width, seed).isPresent(),
                                () -> networks.write(
                                        measurement.follow(task.name(), stream, width, seed, meter.within(width))))));
                shared.complete(pieces);
                return null;
            });
            List<NetworkRun> runs = new ArrayList<>();
            spec.sweep()
                    .forEach((width, seed) ->
                            runs.add(networks.network(width, seed).orElseThrow()));
            return new StudyResult.TaskResult(
                    task.name(), stream.test().targets().clone(), runs, solved.orElse(null));
        }

        /** Empty, with a note, where no solver can express the task. */
        private Optional<Observed> solve(SharedFolder shared) {
            String where = "task " + task.name();
            Piece piece = new Piece(
                    theory.name(RunStore.THEORY), () -> theory.theory().isPresent(), () -> {
                        String title = task.name() + ": theory ("
                                + spec.theory().method().word() + ")";
                        CheckpointFile kept = checkpoint(theory, RunStore.THEORY);
                        Observed solved = reporter.stage(
                                title,
                                progress -> kept.run(
                                        backend,
                                        Files.exists(kept.file()),
                                        (checkpointing, checkpoints) -> new TheoryLine(spec, checkpointing)
                                                .task(
                                                        stream,
                                                        checkpoints.apply(progress),
                                                        stop -> reporter.say(where + ": " + stop.getMessage()))));
                        theory.write(solved);
                    });
            if (!completed(shared, piece, where)) {
                return Optional.empty();
            }
            Observed solved = theory.theory().orElseThrow();
            int end = solved.times()[solved.last()];
            if (end < spec.training().steps()) {
                note(where + ": the DMFT line ends at step " + end
                        + ", and nothing else is compared with it, for the solver could not go on; raise theory.samples, or accept"
                        + " a cap by theory.maxPivots");
            }
            return Optional.of(solved);
        }
    }

    /** Full-batch descent on one set at every learning rate. */
    private final class EdgeStage {
        private final ConsistencySpec.Edge edge;
        private final SweepSpec sweep;
        private final Samples training;
        private final RunStore networks;
        private final RunStore theory;

        EdgeStage(ConsistencySpec.Edge edge) {
            this.edge = edge;
            sweep = new SweepSpec(spec.sweep().widths(), edge.seeds());
            ConsistencyTask task = spec.tasks().stream()
                    .filter(t -> t.name().equals(edge.task()))
                    .findFirst()
                    .orElseThrow();
            training = task.first(edge.points(), spec.measure().testPoints(), flat);
            networks = store("edge", training, training, false);
            theory = store("edge", training, training, true);
        }

        void discard() {
            for (double rate : edge.rates()) {
                theory.discard(RunStore.task(rate));
                sweep.forEach((width, seed) -> networks.discard(RunStore.task(width, seed, rate)));
            }
        }

        void run(SharedFolder shared, List<EdgeRun> runs, Map<Double, double[]> losses) {
            for (double rate : edge.rates()) {
                networks(shared, rate);
                sweep.forEach((width, seed) ->
                        runs.add(networks.edge(width, seed, rate).orElseThrow()));
                Piece piece = new Piece(
                        theory.name(RunStore.task(rate)),
                        () -> theory.edgeTheory(rate).isPresent(),
                        () -> theory.write(rate, solve(rate)));
                if (completed(shared, piece, "learning rate " + rate)) {
                    losses.put(rate, theory.edgeTheory(rate).orElseThrow());
                }
            }
        }

        private double[] solve(double rate) {
            CheckpointFile kept = checkpoint(theory, RunStore.task(rate));
            return reporter.stage(
                    title(rate) + ": theory",
                    progress ->
                            kept.run(backend, Files.exists(kept.file()), (checkpointing, checkpoints) -> new TheoryLine(
                                            spec, checkpointing)
                                    .edge(training, rate, checkpoints.apply(progress))));
        }

        private void networks(SharedFolder shared, double rate) {
            NetworkMeasurement measurement = new NetworkMeasurement(family(training), spec);
            reporter.stage(title(rate), progress -> {
                SweepMeter meter = new SweepMeter(sweep.eachWidth(), progress);
                List<Piece> pieces = new ArrayList<>();
                sweep.forEach((width, seed) -> pieces.add(new Piece(
                        networks.name(RunStore.task(width, seed, rate)),
                        () -> networks.edge(width, seed, rate).isPresent(),
                        () -> networks.write(measurement.atRate(training, rate, width, seed, meter.within(width))))));
                shared.complete(pieces);
                return null;
            });
        }

        private static String title(double rate) {
            return "edge of stability, learning rate " + rate;
        }
    }

    private CheckpointFile checkpoint(RunStore theory, String task) {
        return theory.tasks().checkpoint(theory.whole(task), backend, checkpointEvery, reporter::say);
    }

    /** False, with a note, if the theory is left out or cannot be solved. */
    private boolean completed(SharedFolder shared, Piece theory, String where) {
        if (spec.theory() == null) {
            note(where + ": no DMFT line, because of theory: none");
            return false;
        }
        try {
            shared.complete(List.of(theory));
            return true;
        } catch (WidthbenchException e) {
            note(where + ": no DMFT line, because " + e.getMessage());
            return false;
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
    private RunStore store(String name, Samples training, Samples test, boolean theory) {
        Map<String, Object> all = new LinkedHashMap<>(spec.toMap());
        all.remove("sweep");
        if (!theory) {
            all.remove("theory");
        }
        Map<?, ?> tasks = (Map<?, ?>) all.remove("tasks");
        Object edge = all.remove("edge");
        if (name.equals("edge")) {
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
        return new RunStore(folder.resolve("tasks"), name, Json.text(all));
    }
}
