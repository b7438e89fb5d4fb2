package org.widthbench.consistency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.Network;
import org.widthbench.core.Progress;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.Reporter;
import org.widthbench.sweep.Sha256;
import org.widthbench.training.family.LayeredFamily;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Samples;

/** Runs the tasks of a study one after the other; a network that is measured leaves a file at once. */
public final class ConsistencyStudy {
    /** Rough cost of a step in units of one weight's: what does not grow with the width. */
    private static final double FIXED_COST = 2e4;

    private final ConsistencySpec spec;
    private final Backend backend;
    private final Path folder;
    private final boolean resume;
    private final Reporter reporter;
    private final boolean flat;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param folder takes a file per network under {@code tasks/}
     * @param resume whether to keep what an earlier run of the same configuration finished
     */
    public ConsistencyStudy(ConsistencySpec spec, Backend backend, Path folder, boolean resume, Reporter reporter) {
        this.spec = spec;
        this.backend = backend;
        this.folder = folder;
        this.resume = resume;
        this.reporter = reporter;
        this.flat = spec.network().architecture() == Network.Architecture.MLP;
    }

    /**
     * Measures everything.
     *
     * @throws WidthbenchException if data cannot be read or a network diverges
     */
    public StudyResult run() {
        List<SampleStream> streams = new ArrayList<>();
        for (ConsistencyTask task : spec.tasks()) {
            streams.add(task.stream(spec.training().batch(), spec.measure().testPoints(), flat));
        }
        List<StudyResult.TaskResult> tasks = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            tasks.add(task(spec.tasks().get(i), streams.get(i)));
        }
        Map<Double, double[]> edgeTheory = new LinkedHashMap<>();
        List<EdgeRun> edges = spec.edge() == null ? List.of() : edges(edgeTheory);
        return new StudyResult(spec, tasks, edges, edgeTheory, notes);
    }

    private StudyResult.TaskResult task(ConsistencyTask task, SampleStream stream) {
        RunStore store = store(task.name(), stream.batch(0), stream.test(), false);
        Observed theory = theory(task, stream, store(task.name(), stream.batch(0), stream.test(), true));
        NetworkMeasurement measurement = new NetworkMeasurement(family(stream.test()), spec);
        int[] widths = spec.sweep().widths();
        List<NetworkRun> runs = new ArrayList<>();
        String title = task.name() + ": " + spec.sweep().tasks() + " networks, N up to "
                + spec.sweep().widest();
        reporter.stage(title, progress -> {
            Share share = new Share(progress, spec.sweep().seeds());
            for (int width : widths) {
                for (long seed = 0; seed < spec.sweep().seeds(); seed++) {
                    long number = seed;
                    NetworkRun run = store.network(width, seed).orElseGet(() -> {
                        NetworkRun fresh = measurement.follow(task.name(), stream, width, number, share.within(width));
                        store.write(fresh);
                        return fresh;
                    });
                    runs.add(run);
                    share.finish(width);
                }
            }
            return null;
        });
        double[] targets = stream.test().targets().clone();
        return new StudyResult.TaskResult(task.name(), targets, runs, theory);
    }

    /** Null, with a note, where no solver can express the task. */
    private Observed theory(ConsistencyTask task, SampleStream stream, RunStore store) {
        if (spec.theory() == null) {
            note("task " + task.name() + ": no DMFT line, because of theory: none");
            return null;
        }
        Optional<Samples> training = stream.repeated();
        Optional<Observed> earlier = store.theory();
        if (earlier.isPresent()) {
            return earlier.get();
        }
        try {
            Observed solved = reporter.stage(
                    task.name() + ": theory (" + spec.theory().method().word() + ")", progress -> {
                        TheoryLine line = new TheoryLine(spec, backend);
                        return training.isPresent()
                                ? line.repeated(training.get(), stream.test(), progress)
                                : line.online(stream, progress);
                    });
            store.write(solved);
            return solved;
        } catch (WidthbenchException e) {
            note("task " + task.name() + ": no DMFT line, because " + e.getMessage());
            return null;
        }
    }

    private List<EdgeRun> edges(Map<Double, double[]> theory) {
        ConsistencySpec.Edge edge = spec.edge();
        ConsistencyTask task = spec.tasks().stream()
                .filter(t -> t.name().equals(edge.task()))
                .findFirst()
                .orElseThrow();
        Samples training = task.first(edge.points(), spec.measure().testPoints(), flat);
        NetworkMeasurement measurement = new NetworkMeasurement(family(training), spec);
        RunStore store = store("edge", training, training, false);
        List<EdgeRun> runs = new ArrayList<>();
        for (double rate : edge.rates()) {
            reporter.stage("edge of stability, learning rate " + rate, progress -> {
                Share share = new Share(progress, edge.seeds());
                for (int width : spec.sweep().widths()) {
                    for (long seed = 0; seed < edge.seeds(); seed++) {
                        long number = seed;
                        runs.add(store.edge(width, seed, rate).orElseGet(() -> {
                            EdgeRun run = measurement.atRate(training, rate, width, number, share.within(width));
                            store.write(run);
                            return run;
                        }));
                        share.finish(width);
                    }
                }
                return null;
            });
            if (spec.theory() == null) {
                note("learning rate " + rate + ": no DMFT line, because of theory: none");
                continue;
            }
            try {
                theory.put(
                        rate,
                        reporter.stage(
                                "edge of stability, learning rate " + rate + ": theory",
                                progress -> new TheoryLine(spec, backend).edge(training, rate, progress)));
            } catch (WidthbenchException e) {
                note("learning rate " + rate + ": no DMFT line, because " + e.getMessage());
            }
        }
        return runs;
    }

    private void note(String line) {
        notes.add(line);
        reporter.say(line);
    }

    private LayeredFamily family(Samples like) {
        int[] shape = like.inputs().shape();
        return new LayeredFamily(
                spec.network(),
                spec.training().gamma0(),
                java.util.Arrays.copyOfRange(shape, 1, shape.length),
                backend);
    }

    /** Data count by content: the same images elsewhere are the same, other images in their place are not. */
    private RunStore store(String name, Samples training, Samples test, boolean theory) {
        Map<String, Object> all = new LinkedHashMap<>(spec.toMap());
        all.remove("sweep");
        if (!theory) {
            all.remove("theory");
        }
        Object tasks = all.remove("tasks");
        Object edge = all.remove("edge");
        all.put("task", name.equals("edge") ? edge : ((Map<?, ?>) tasks).get(name));
        all.put(
                "data",
                Sha256.of(training.inputs().data())
                        + Sha256.of(training.targets())
                        + Sha256.of(test.inputs().data()));
        all.put("backend", backend.description().replaceAll(", [0-9]+ cores", ""));
        all.put("version", Provenance.version());
        return new RunStore(folder.resolve("tasks"), name, Json.text(all), resume);
    }

    /** Progress in units of cost: a network of 1000 neurons takes many times longer than one of 30. */
    private final class Share {
        private final Progress progress;
        private final double total;
        private double done;

        Share(Progress progress, int seeds) {
            this.progress = progress;
            double sum = 0;
            for (int width : spec.sweep().widths()) {
                sum += seeds * cost(width);
            }
            this.total = sum;
        }

        Progress within(int width) {
            return (completed, all) -> report(done + cost(width) * completed / all);
        }

        void finish(int width) {
            done += cost(width);
            report(done);
        }

        private void report(double cost) {
            progress.step((int) Math.round(1000 * cost / total), 1000);
        }

        private static double cost(int width) {
            return FIXED_COST + (double) width * width;
        }
    }
}
