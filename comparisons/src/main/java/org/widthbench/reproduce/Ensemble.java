package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.training.PrecisionChoice;

/**
 * Networks of one width and several seeds on one problem.
 *
 * @param mean their mean order parameters, field samples pooled
 * @param losses {@code (K,T)} loss of each
 * @param precision their number format
 */
record Ensemble(OrderParameters mean, List<double[]> losses, String precision) {

    /** How they are trained. */
    static Networks networks() {
        return Networks.standard(PrecisionChoice.AUTO);
    }

    /** Trains them under a name that the reporter shows. */
    static Ensemble train(Problem problem, SweepSpec sweep, String name, Reporter reporter) {
        EnsembleMean mean = new EnsembleMean();
        List<double[]> losses = new ArrayList<>();
        String stage = String.format(Locale.ROOT, "%d networks, N = %d, %s", sweep.seeds(), sweep.widest(), name);
        forEachSeed(stage, sweep.seeds(), reporter, (seed, progress) -> {
            OrderParameters network = networks().train(problem, sweep.widest(), seed, progress);
            losses.add(network.loss().clone());
            mean.add(network);
        });
        return new Ensemble(mean.mean(), losses, networks().formats(problem, sweep.widest()));
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

    /** The loss at the last step. */
    SeedStatistics finalLoss() {
        return SeedStatistics.of(
                losses.stream().mapToDouble(loss -> loss[loss.length - 1]).toArray());
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
