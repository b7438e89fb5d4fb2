package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.report.Report;

/**
 * BP22 Figure 4: how well the theory and its approximations ({@code docs/theory.md} section 5) describe a deep linear network
 * as gamma0 grows. What is compared is the feature kernel {@code H^l} over all pairs of times and points, with the mean
 * kernel of an ensemble of networks.
 */
final class ApproximationFigure implements ExperimentFigure {
    private static final int DEPTH = 5;
    private static final int DIMENSION = 40;
    private static final int POINTS = 20;
    private static final double ETA = 0.025;
    private static final int STEPS = 100;
    private static final int WIDTH = 1000;
    private static final int SEEDS = 4;

    private static final double SMALLEST_GAMMA0 = 0.25;
    private static final double LARGEST_GAMMA0 = 1.5;
    private static final int GAMMA0_STEPS = 15;

    /** The quick version walks the same training time in steps twice as long. */
    private static final int QUICK_FACTOR = 2;

    private static final int QUICK_WIDTH = 500;
    private static final int QUICK_SEEDS = 2;

    /** Kernels are smooth in time; all times would take 16 times the memory. */
    private static final int RECORDED = 25;

    /** At these gamma0 the authors' picture was read, by eye, to about 0.005. */
    private static final double[] READ_AT = {1.0, 1.5};

    private static final double TOLERANCE = 0.02;

    @Override
    public String name() {
        return "fig4";
    }

    @Override
    public String summary() {
        return "theory and approximations against gamma0 in a deep linear network (Bordelon & Pehlevan 2022, Figure 4)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        int factor = options.quick() ? QUICK_FACTOR : 1;
        return new Experiment(
                options.data().orElse(new GaussianSource(DIMENSION, POINTS, 0)),
                Network.mlp(DEPTH, new Linear()),
                Training.descent(LARGEST_GAMMA0, ETA * factor, STEPS / factor),
                TheorySettings.causal().withMethod(TheorySettings.Method.LINEAR),
                Ensemble.spec(options, options.quick() ? QUICK_WIDTH : WIDTH, options.quick() ? QUICK_SEEDS : SEEDS));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        Map<Double, Map<Approximation, double[]>> alignments = new LinkedHashMap<>();
        Map<Approximation, OrderParameters> last = Map.of();
        Ensemble networks = null;
        double solveSeconds = 0;
        double trainSeconds = 0;
        for (double gamma0 : gamma0s()) {
            String name = String.format(Locale.ROOT, "gamma0 = %.3g", gamma0);
            Problem problem =
                    Ensemble.problem(experiment, gamma0, experiment.network().depth(), RECORDED);
            Stopwatch solving = new Stopwatch();
            last = reporter.stage("theory and approximations, " + name, progress -> {
                Map<Approximation, OrderParameters> solved = new LinkedHashMap<>();
                for (Approximation theory : Approximation.values()) {
                    solved.put(theory, theory.solver().solve(problem, backend, Progress.NONE));
                    progress.step(solved.size(), Approximation.values().length);
                }
                return solved;
            });
            solveSeconds += solving.seconds();
            Stopwatch training = new Stopwatch();
            networks = Ensemble.train(problem, experiment.sweep(), name, reporter);
            trainSeconds += training.seconds();
            Map<Approximation, double[]> row = new LinkedHashMap<>();
            for (Map.Entry<Approximation, OrderParameters> theory : last.entrySet()) {
                row.put(theory.getKey(), Approximation.alignment(theory.getValue(), networks.mean()));
            }
            alignments.put(gamma0, row);
        }
        AtomicFile.writeText(folder.resolve("approximations.csv"), csv(alignments));
        FigurePage page = ApproximationPanels.page(alignments, last, networks);
        Report.Picture picture = page.picture(name(), caption(experiment));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("solveSeconds", solveSeconds);
        summary.put("trainSeconds", trainSeconds);
        summary.put("finalLoss", last.get(Approximation.DMFT).finalLoss());
        summary.put("backend", "closed equations on the CPU");
        summary.put("networks", Ensemble.networks().description());
        summary.put("precision", networks.precision());
        summary.put("meanAlignment", byName(alignments.get(LARGEST_GAMMA0)));
        summary.put("setting", setting(experiment));
        return new Report(
                "Figure 4: approximations to the infinite-width theory",
                verdicts(alignments),
                List.of(picture),
                List.of(table(alignments)),
                summary);
    }

    /** From 0.25 to 1.5 in 15 steps of 1/12, which meet 1.0. */
    private static double[] gamma0s() {
        double[] values = new double[GAMMA0_STEPS + 1];
        double step = (LARGEST_GAMMA0 - SMALLEST_GAMMA0) / GAMMA0_STEPS;
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.round((SMALLEST_GAMMA0 + i * step) * 1e4) / 1e4;
        }
        return values;
    }

    /** {@code theory,gamma0,layer,alignment}, every digit. */
    private static String csv(Map<Double, Map<Approximation, double[]>> alignments) {
        StringBuilder csv = new StringBuilder("theory,gamma0,layer,alignment\n");
        for (Approximation theory : Approximation.values()) {
            alignments.forEach((gamma0, row) -> {
                double[] layers = row.get(theory);
                for (int l = 0; l < layers.length; l++) {
                    csv.append(theory.word()).append(',').append(gamma0).append(',');
                    csv.append(l + 1).append(',').append(layers[l]).append('\n');
                }
            });
        }
        return csv.toString();
    }

    private static List<Report.Verdict> verdicts(Map<Double, Map<Approximation, double[]>> alignments) {
        Map<Approximation, double[]> strongest = alignments.get(LARGEST_GAMMA0);
        double exact = Approximation.mean(strongest.get(Approximation.DMFT));
        Approximation next = Approximation.CORRECTED;
        for (Approximation theory : Approximation.values()) {
            boolean better = Approximation.mean(strongest.get(theory)) > Approximation.mean(strongest.get(next));
            next = theory != Approximation.DMFT && better ? theory : next;
        }
        double best = Approximation.mean(strongest.get(next));
        return List.of(new Report.Verdict(
                exact > best,
                String.format(
                        Locale.ROOT,
                        "At gamma0 = %s the theory's feature kernels align with the networks' to %.3f (mean over layers), the"
                                + " best approximation's (%s) to %.3f.",
                        LARGEST_GAMMA0,
                        exact,
                        next.word(),
                        best)));
    }

    private static Report.Table table(Map<Double, Map<Approximation, double[]>> alignments) {
        List<List<String>> rows = new ArrayList<>();
        for (Approximation theory : Approximation.values()) {
            List<String> row = new ArrayList<>(List.of(theory.word()));
            for (int i = 0; i < READ_AT.length; i++) {
                double here = Approximation.mean(alignments.get(READ_AT[i]).get(theory));
                Optional<double[]> read = theory.read();
                row.add(String.format(Locale.ROOT, "%.3f", here));
                int column = i;
                row.add(read.map(r -> String.format(Locale.ROOT, "%.3f", r[column]))
                        .orElse("not shown"));
                row.add(read.map(r -> Math.abs(r[column] - here) <= TOLERANCE ? "yes" : "no")
                        .orElse(""));
            }
            rows.add(row);
        }
        List<String> header = new ArrayList<>(List.of("theory"));
        for (double gamma0 : READ_AT) {
            header.add("gamma0 = " + gamma0);
            header.add("authors' picture");
            header.add("within " + TOLERANCE);
        }
        return new Report.Table(
                "Alignment of feature kernels H(t,mu,s,alpha) with the networks' mean kernel, mean over layers, beside what"
                        + " was read from the authors' picture by eye. perturbation-as-published is the printed formula; the"
                        + " authors' notebook computes something else, which depends on arbitrary signs (docs/theory.md, section 8).",
                header,
                rows);
    }

    private static Map<String, Object> byName(Map<Approximation, double[]> row) {
        Map<String, Object> means = new LinkedHashMap<>();
        row.forEach((theory, layers) -> means.put(theory.word(), Approximation.mean(layers)));
        return means;
    }

    private static String setting(Experiment experiment) {
        Training training = experiment.training();
        boolean asInPaper = training.steps() == STEPS
                && training.eta() == ETA
                && experiment.sweep().widest() >= WIDTH;
        return String.format(
                Locale.ROOT,
                "L = %d linear, P = %d, eta = %s, T = %d, N = %d, %d seeds; %s",
                experiment.network().depth(),
                experiment.problem().trainingPoints(),
                training.eta(),
                training.steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds(),
                asInPaper
                        ? "the authors' depth, P, eta, T and gamma0"
                        : "scaled down from eta = 0.025, T = 100, N = 1000");
    }

    private static String caption(Experiment experiment) {
        return String.format(
                Locale.ROOT,
                "%s. (a) Loss at gamma0 = %s, networks solid, theories dashed in the colours of (b). (b) Alignment of the feature kernels of theory and approximations"
                        + " with the networks' mean kernel, mean over layers, against gamma0; one minus alignment is on a"
                        + " logarithmic scale. (c) The same in each layer at gamma0 = %s. (d) Feature kernels at the last step"
                        + " at gamma0 = %s.",
                setting(experiment),
                LARGEST_GAMMA0,
                LARGEST_GAMMA0,
                LARGEST_GAMMA0);
    }
}
