package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Solver;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.figure.WidthConsistencyData.LossCurve;
import org.widthbench.report.Report;

/**
 * Theory and networks at one setting of several that a figure shows side by side.
 *
 * @param label the setting in the markup of figures
 * @param value gamma0 or depth, ascending from run to run
 * @param problem what both solved
 * @param theory at infinite width
 * @param networks at the figure's width
 * @param solveSeconds time of the theory
 * @param trainSeconds time of the networks
 */
record ComparedRun(
        String label,
        double value,
        Problem problem,
        OrderParameters theory,
        Ensemble networks,
        double solveSeconds,
        double trainSeconds) {
    /** Times at which kernels of one hidden layer are kept, about. */
    private static final int RECORDED = 20;

    /** Solves and trains, under a name that the reporter shows. */
    static ComparedRun of(
            String label,
            double value,
            Problem problem,
            Solver solver,
            SweepSpec sweep,
            Backend backend,
            Reporter reporter) {
        String name = label.replaceAll("[$\\\\_]", "");
        Stopwatch solving = new Stopwatch();
        OrderParameters theory =
                reporter.stage("theory, " + name, progress -> solver.solve(problem, backend, progress));
        double solveSeconds = solving.seconds();
        Stopwatch training = new Stopwatch();
        Ensemble networks = Ensemble.train(problem, sweep, name, reporter);
        return new ComparedRun(label, value, problem, theory, networks, solveSeconds, training.seconds());
    }

    /** One hidden layer at every gamma0, recorded at each of the last {@code window} times too. */
    static List<ComparedRun> overGamma0(
            Experiment experiment, double[] gamma0s, int window, Backend backend, Reporter reporter) {
        List<ComparedRun> runs = new ArrayList<>();
        for (double gamma0 : gamma0s) {
            String label = "$\\gamma_0=" + (gamma0 == (int) gamma0 ? String.valueOf((int) gamma0) : gamma0) + "$";
            runs.add(of(
                    label,
                    gamma0,
                    Ensemble.problem(experiment, gamma0, 1, RECORDED, window),
                    experiment.theory().solver(),
                    experiment.sweep(),
                    backend,
                    reporter));
        }
        return runs;
    }

    /** Loss of theory and networks. */
    LossCurve loss() {
        return WidthPanels.lossCurve(problem.training().gamma0(), networks.losses(), theory.loss());
    }

    /** {@code NAME,time,theory,network}, a row per run and time. */
    static String lossTable(String name, List<ComparedRun> runs) {
        StringBuilder csv = new StringBuilder(name).append(",time,theory,network\n");
        for (ComparedRun run : runs) {
            LossCurve loss = run.loss();
            for (int t = 0; t < loss.theory().length; t++) {
                csv.append(run.value()).append(',').append(t).append(',');
                csv.append(loss.theory()[t])
                        .append(',')
                        .append(loss.network()[t])
                        .append('\n');
            }
        }
        return csv.toString();
    }

    /** Final losses and the smallest alignment of any kernel with the networks' mean, for the page. */
    static Report.Table table(String name, List<ComparedRun> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (ComparedRun run : runs) {
            Comparison comparison = Comparison.of(run.theory(), run.networks().mean());
            rows.add(List.of(
                    number("%.4g", run.value()),
                    number("%.4f", run.theory().finalLoss()),
                    number("%.4f", run.networks().mean().finalLoss()),
                    run.networks().losses().size() > 1
                            ? number("%.4f", run.networks().standardError())
                            : "one seed",
                    number("%.4f", comparison.worst())));
        }
        return new Report.Table(
                "Loss at the last step, with the standard error of the networks' mean over seeds, and the smallest alignment of any feature"
                        + " or gradient kernel of the theory with the networks' mean.",
                List.of(name, "loss, theory", "loss, networks", "standard error", "smallest alignment"),
                rows);
    }

    /** Timings and final losses for {@code summary.json}. */
    static Map<String, Object> summary(List<ComparedRun> runs, Backend backend) {
        Map<String, Object> losses = new LinkedHashMap<>();
        runs.forEach(run -> losses.put(String.valueOf(run.value()), run.theory().finalLoss()));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put(
                "solveSeconds",
                runs.stream().mapToDouble(ComparedRun::solveSeconds).sum());
        summary.put(
                "trainSeconds",
                runs.stream().mapToDouble(ComparedRun::trainSeconds).sum());
        summary.put("finalLoss", runs.get(runs.size() - 1).theory().finalLoss());
        summary.put("finalLosses", losses);
        summary.put("backend", backend == null ? "none" : backend.description());
        summary.put("networks", Ensemble.networks().description());
        summary.put(
                "precision",
                runs.stream().map(run -> run.networks().precision()).distinct().collect(Collectors.joining(", ")));
        return summary;
    }

    /** A verdict on the distance of the loss curves. */
    static Report.Verdict verdict(List<ComparedRun> runs, double bar) {
        double largest = runs.stream()
                .mapToDouble(run ->
                        Comparison.of(run.theory(), run.networks().mean()).lossDistance())
                .max()
                .orElseThrow();
        return new Report.Verdict(
                largest <= bar,
                "Loss curves of theory and networks differ by at most " + number("%.3f", largest) + "; the bar is "
                        + bar + ".");
    }

    static String number(String format, double value) {
        return String.format(java.util.Locale.ROOT, format, value);
    }
}
