package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.sweep.LocalSweep;
import org.widthbench.sweep.TaskResult;
import org.widthbench.sweep.TaskStore;
import org.widthbench.training.PrecisionChoice;

/**
 * Networks of one width and several seeds on one problem, beside its theory.
 *
 * @param mean their mean order parameters, field samples pooled
 * @param results each by itself
 * @param precision their number format
 */
record Ensemble(OrderParameters mean, List<TaskResult> results, String precision) {
    private static final String RESULTS = "results";

    /** How they are trained. */
    static Networks networks() {
        return Networks.standard(PrecisionChoice.AUTO);
    }

    /**
     * Trains them, unless a killed run has.
     *
     * @param task another for each ensemble of the figure
     */
    static Ensemble train(String task, Problem problem, OrderParameters theory, SweepSpec sweep, FigureStudy study) {
        TaskStore.Codec<Ensemble> codec = TaskStore.arrays(Ensemble::arrays, arrays -> {
            List<TaskResult> results = results(arrays.remove(RESULTS));
            return new Ensemble(
                    FigureStudy.read(arrays), results, study.networks().formats(problem, sweep.widest()));
        });
        return study.task(
                task + "-networks",
                problem,
                codec,
                () -> train(problem, theory, sweep, study.networks(), study.reporter()));
    }

    /** Trains them. */
    static Ensemble train(
            Problem problem, OrderParameters theory, SweepSpec sweep, Networks networks, Reporter reporter) {
        EnsembleMean mean = new EnsembleMean();
        List<TaskResult> results = results(problem, theory, sweep, networks, reporter, mean::add);
        return new Ensemble(mean.mean(), results, networks.formats(problem, sweep.widest()));
    }

    /** Trains networks beside a theory, one after the other, each of which uses all cores itself. */
    static List<TaskResult> results(
            Problem problem,
            OrderParameters theory,
            SweepSpec sweep,
            Networks networks,
            Reporter reporter,
            Consumer<OrderParameters> listener) {
        return new LocalSweep(
                        theory,
                        (width, seed, progress) -> networks.train(problem, width, seed, progress),
                        (result, network) -> listener.accept(network),
                        1)
                .run(sweep, reporter)
                .results();
    }

    private Map<String, Tensor> arrays() {
        Map<String, Tensor> arrays = ResultFiles.arrays(mean);
        arrays.put(RESULTS, Npz.characters(Json.text(results)));
        return arrays;
    }

    private static List<TaskResult> results(Tensor text) {
        return Arrays.asList(Json.value(Json.parsed(Npz.text(text)), TaskResult[].class));
    }

    /** Trains one network after the other under a name that the reporter shows. */
    static void forEachSeed(String stage, int seeds, Reporter reporter, BiConsumer<Integer, Progress> train) {
        reporter.stage(stage, progress -> {
            for (int seed = 0; seed < seeds; seed++) {
                int done = seed;
                train.accept(seed, (completed, total) -> progress.step(done * total + completed, seeds * total));
            }
            return null;
        });
    }

    /** {@code (K,T)} loss of each. */
    List<double[]> losses() {
        return results.stream().map(TaskResult::loss).toList();
    }

    /** The loss at the last step. */
    SeedStatistics finalLoss() {
        return SeedStatistics.of(
                losses().stream().mapToDouble(loss -> loss[loss.length - 1]).toArray());
    }

    /** Time of all trainings. */
    double trainSeconds() {
        return results.stream().mapToDouble(TaskResult::trainSeconds).sum();
    }

    /** What the {@code summary.json} of every figure holds. */
    static Map<String, Object> summary(
            double solveSeconds, double trainSeconds, double finalLoss, String backend, String precision) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("solveSeconds", solveSeconds);
        summary.put("trainSeconds", trainSeconds);
        summary.put("finalLoss", finalLoss);
        summary.put("backend", backend);
        summary.put("networks", networks().description());
        summary.put("precision", precision);
        return summary;
    }
}
