package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.Sha256;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.Solver;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.Settings;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.sweep.Task;
import org.widthbench.sweep.TaskStore;

/**
 * What a figure computes: its theories and networks are tasks, of which a killed run leaves those that are finished for the
 * next. They go when the figure is drawn.
 *
 * @param folder where tables and archives go
 * @param backend that solves
 * @param reporter who hears how it is going
 * @param shared the folder, at which this process has begun; null where nothing is kept
 * @param identity text of all that determines the numbers but the data and the networks' engine
 * @param stores of the tasks by the hash of their data
 * @param networks how networks over widths are trained
 * @param widthTheory whether theory is to say how they differ from infinite width
 */
public record FigureStudy(
        Path folder,
        Backend backend,
        Reporter reporter,
        SharedFolder shared,
        String identity,
        Map<String, TaskStore> stores,
        Networks networks,
        boolean widthTheory) {

    /** A study of seconds, or of tests, whose tasks are kept nowhere. */
    public static FigureStudy inMemory(Path folder, Backend backend, Reporter reporter) {
        return new FigureStudy(folder, backend, reporter, null, "", new LinkedHashMap<>(), Ensemble.networks(), false);
    }

    /**
     * A study that a killed run goes on with.
     *
     * @param shared the folder, at which this process has begun
     * @param settings of the figure
     */
    public static FigureStudy in(
            Path folder, Backend backend, Reporter reporter, SharedFolder shared, Settings settings) {
        String identity = settings.text() + "\n" + backend.description() + "\n" + Code.hash();
        return new FigureStudy(
                folder, backend, reporter, shared, identity, new LinkedHashMap<>(), Ensemble.networks(), false);
    }

    /** The same study with other networks; whoever opened them closes them. */
    public FigureStudy with(Networks others, boolean finiteWidth) {
        return new FigureStudy(folder, backend, reporter, shared, identity, stores, others, finiteWidth);
    }

    /**
     * Does a task, unless a killed run has.
     *
     * @param name letters, digits, dots and hyphens, another for each task of the figure
     * @param problem whose data it is about
     */
    <R> R task(String name, Problem problem, TaskStore.Codec<R> codec, Supplier<R> work) {
        if (shared == null) {
            return work.get();
        }
        String data = Sha256.of(problem.dataset().inputs().data())
                + Sha256.of(problem.dataset().targets());
        TaskStore store = stores.computeIfAbsent(
                data, of -> new TaskStore(folder.resolve("tasks"), identity + "\n" + networks.identity() + "\n" + of));
        return shared.result(new Task<>(store, name, 0, codec, progress -> work.get()), Progress.NONE);
    }

    /**
     * The theory of a problem.
     *
     * @param seconds time of the solver alone
     */
    record Theory(OrderParameters solved, double seconds) {
        private static final String SECONDS = "seconds";

        /** How it is kept. */
        private static final TaskStore.Codec<Theory> CODEC = TaskStore.arrays(
                theory -> {
                    Map<String, Tensor> arrays = ResultFiles.arrays(theory.solved);
                    arrays.put(SECONDS, Tensor.vector(theory.seconds));
                    return arrays;
                },
                arrays -> {
                    double seconds = arrays.remove(SECONDS).get(0);
                    return new Theory(read(arrays), seconds);
                });
    }

    /** Order parameters from all their arrays. */
    static OrderParameters read(Map<String, Tensor> arrays) {
        return ResultFiles.orderParameters(new Archive(Path.of("tasks"), arrays, Optional.empty()));
    }

    /** Solves a theory, unless a killed run has, under a name that the reporter shows. */
    Theory theory(String task, String name, Problem problem, Solver solver) {
        return task(task + "-theory", problem, Theory.CODEC, () -> {
            long started = System.nanoTime();
            OrderParameters solved = reporter.stage(
                    name, progress -> solver.solve(problem, backend, progress).results());
            return new Theory(solved, (System.nanoTime() - started) / 1e9);
        });
    }

    /** Deletes what was kept: the figure is drawn. */
    public void finish() {
        stores.values().forEach(TaskStore::clear);
    }
}
