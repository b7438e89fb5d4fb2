package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Training;
import org.widthbench.experiment.Experiment;
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
        return new Networks(PrecisionChoice.AUTO);
    }

    /** Trains them under a name that the reporter shows. */
    static Ensemble train(Problem problem, SweepSpec sweep, String name, Reporter reporter) {
        int seeds = sweep.seeds();
        EnsembleMean mean = new EnsembleMean();
        List<double[]> losses = new ArrayList<>();
        String stage = String.format(Locale.ROOT, "%d networks, N = %d, %s", seeds, sweep.widest(), name);
        reporter.stage(stage, progress -> {
            for (int seed = 0; seed < seeds; seed++) {
                int done = seed;
                OrderParameters network = networks()
                        .train(
                                problem,
                                sweep.widest(),
                                seed,
                                (completed, total) -> progress.step(done * total + completed, seeds * total));
                losses.add(network.loss().clone());
                mean.add(network);
            }
            return null;
        });
        return new Ensemble(mean.mean(), losses, networks().formats(problem, sweep.widest()));
    }

    /** Standard error of the mean loss at the last step; NaN for a single network. */
    double standardError() {
        double[] last =
                losses.stream().mapToDouble(loss -> loss[loss.length - 1]).toArray();
        double mean = Arrays.stream(last).average().orElseThrow();
        double square = Arrays.stream(last).map(l -> (l - mean) * (l - mean)).sum();
        return Math.sqrt(square / (last.length - 1) / last.length);
    }

    /**
     * The networks of a figure that shows one width.
     *
     * @throws InvalidInputException if the options ask for several
     */
    static SweepSpec spec(FigureOptions options, int width, int seeds) {
        int[] widths = options.widths().orElse(new int[] {width});
        InvalidInputException.require(
                widths.length == 1,
                "--widths",
                Arrays.toString(widths),
                "one width: this figure compares theories at one, say --widths " + width);
        return new SweepSpec(widths, options.seeds().orElse(seeds));
    }

    /** The experiment's problem at another gamma0 and depth, recorded at about {@code count} times. */
    static Problem problem(Experiment experiment, double gamma0, int depth, int count) {
        return problem(experiment, gamma0, depth, count, 0);
    }

    /** The same, recorded at each of the last {@code window} times too. */
    static Problem problem(Experiment experiment, double gamma0, int depth, int count, int window) {
        Problem problem = experiment.problem();
        Training training = problem.training().withGamma0(gamma0);
        int steps = training.steps();
        int[] record = IntStream.concat(
                        Arrays.stream(Kernels.spread(steps, count)),
                        IntStream.range(Math.max(0, steps - window), steps))
                .sorted()
                .distinct()
                .toArray();
        return new Problem(
                problem.dataset(), Network.mlp(depth, problem.network().activation()), training.withRecord(record));
    }
}
