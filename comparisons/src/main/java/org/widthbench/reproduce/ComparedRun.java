package org.widthbench.reproduce;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.widthbench.comparison.Comparison;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.Experiment;
import org.widthbench.report.Report;

/**
 * Theory and networks at one setting of several that a figure shows side by side.
 *
 * @param label the setting in the markup of figures
 * @param value gamma0 or depth, ascending from run to run
 * @param problem what both solved
 * @param solved the theory and its time
 * @param networks at the figure's width
 */
record ComparedRun(String label, double value, Problem problem, FigureStudy.Theory solved, Ensemble networks) {
    /** Times at which kernels of one hidden layer are kept, about. */
    private static final int RECORDED = 20;

    /** Solves and trains as an experiment does, on one of its problems, under a name that the reporter shows. */
    static ComparedRun of(String label, double value, Problem problem, Experiment experiment, FigureStudy study) {
        String name = label.replaceAll("[$\\\\_]", "");
        String task = "run-" + value;
        FigureStudy.Theory theory = study.theory(
                task, "theory, " + name, problem, experiment.theory().solver());
        Ensemble networks = Ensemble.train(task, problem, theory.solved(), experiment.sweep(), study);
        return new ComparedRun(label, value, problem, theory, networks);
    }

    /** One hidden layer at every gamma0, recorded at each of the last {@code window} times too. */
    static List<ComparedRun> overGamma0(Experiment experiment, double[] gamma0s, int window, FigureStudy study) {
        return Arrays.stream(gamma0s)
                .mapToObj(gamma0 ->
                        of(label(gamma0), gamma0, problem(experiment, gamma0, 1, RECORDED, window), experiment, study))
                .toList();
    }

    /** A gamma0 in the markup of figures. */
    static String label(double gamma0) {
        return "$\\gamma_0=" + BigDecimal.valueOf(gamma0).stripTrailingZeros().toPlainString() + "$";
    }

    /**
     * An experiment's problem at another gamma0 and depth.
     *
     * @param count number of recorded times, about
     * @param window of the last times, all of which are recorded too
     */
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

    /** {@code NAME,time,theory,network}, a row per run and time; networks' losses are means over seeds. */
    static Csv losses(String name, List<ComparedRun> runs) {
        Csv csv = new Csv(name, "time", "theory", "network");
        for (ComparedRun run : runs) {
            double[] theory = run.theory().loss();
            double[] networks = SeedStatistics.mean(run.networks.losses());
            for (int t = 0; t < theory.length; t++) {
                csv.row(run.value, t, theory[t], networks[t]);
            }
        }
        return csv;
    }

    /** Final losses and the smallest alignment of any kernel with the networks' mean, for the page. */
    static Report.Table table(String name, List<ComparedRun> runs) {
        return Report.Table.of(
                "Loss at the last step, with the standard error of the networks' mean over seeds, and the smallest alignment of any feature"
                        + " or gradient kernel of the theory with the networks' mean.",
                List.of(name, "loss, theory", "loss, networks", "standard error", "smallest alignment"),
                runs,
                run -> List.of(
                        number("%.4g", run.value),
                        number("%.4f", run.theory().finalLoss()),
                        number("%.4f", run.networks.mean().finalLoss()),
                        run.networks.losses().size() > 1
                                ? number("%.4f", run.networks.finalLoss().standardError())
                                : "one seed",
                        number("%.4f", run.comparison().worst())));
    }

    /** At infinite width. */
    OrderParameters theory() {
        return solved.solved();
    }

    /** Theory beside the networks' mean. */
    Comparison comparison() {
        return Comparison.of(theory(), networks.mean());
    }

    /** Timings and final losses for {@code summary.json}. */
    static Map<String, Object> summary(List<ComparedRun> runs, Backend backend) {
        Map<String, Object> losses = new LinkedHashMap<>();
        runs.forEach(run -> losses.put(String.valueOf(run.value), run.theory().finalLoss()));
        Map<String, Object> summary = Ensemble.summary(
                runs.stream().mapToDouble(run -> run.solved.seconds()).sum(),
                runs.stream().mapToDouble(run -> run.networks.trainSeconds()).sum(),
                runs.get(runs.size() - 1).theory().finalLoss(),
                backend == null ? "none" : backend.description(),
                runs.stream().map(run -> run.networks.precision()).distinct().collect(Collectors.joining(", ")));
        summary.put("finalLosses", losses);
        return summary;
    }

    /** A verdict on the distance of the loss curves. */
    static Report.Verdict verdict(List<ComparedRun> runs, double bar) {
        double largest = runs.stream()
                .mapToDouble(run -> run.comparison().lossDistance())
                .max()
                .orElseThrow();
        return new Report.Verdict(
                largest <= bar,
                "Loss curves of theory and networks differ by at most " + number("%.3f", largest) + "; the bar is "
                        + bar + ".");
    }

    static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
