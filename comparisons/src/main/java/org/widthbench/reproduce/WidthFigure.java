package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Style;
import org.widthbench.figure.WidthConsistencyData.LossCurve;
import org.widthbench.figure.WidthConsistencyFigure;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.LocalSweep;
import org.widthbench.training.PrecisionChoice;

/**
 * BP22 Figure 1: networks of growing width beside the theory. Loss at two gamma0, preactivation densities, and both kernels of
 * every layer with their alignment against width.
 */
final class WidthFigure implements ExperimentFigure {
    /** The second loss curve, closer to the lazy limit. */
    private static final double SMALL_GAMMA0 = 0.2;

    /** Its networks only give a loss curve with an error bar. */
    private static final int SMALL_GAMMA0_SEEDS = 4;

    private static final int[] WIDTHS = {2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000};
    private static final int SEEDS = 10;
    private static final int[] QUICK_WIDTHS = {5, 20, 100, 500};
    private static final int QUICK_SEEDS = 3;
    private static final int QUICK_SAMPLES = 1024;

    @Override
    public String name() {
        return "fig1";
    }

    @Override
    public String summary() {
        return "networks of growing width beside their infinite-width theory (Bordelon & Pehlevan 2022, Figure 1)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        Experiment standard = Experiment.standard();
        boolean quick = options.quick();
        int[] widths = options.widths().orElse(quick ? QUICK_WIDTHS : WIDTHS);
        int seeds = options.seeds().orElse(quick ? QUICK_SEEDS : SEEDS);
        TheorySettings theory = quick ? standard.theory().withSamples(QUICK_SAMPLES) : standard.theory();
        return standard.withData(options.data().orElse(standard.data()))
                .withTheory(theory)
                .withSweep(new SweepSpec(widths, seeds));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        Problem problem = experiment.problem();
        Networks networks = new Networks(PrecisionChoice.AUTO);
        int widest = experiment.sweep().widest();
        networks.requireFits(problem, widest);
        Stopwatch solving = new Stopwatch();
        OrderParameters theory = solve(experiment, problem, backend, reporter);
        double solveSeconds = solving.seconds();
        LossCurve smallGamma0 = smallGamma0(experiment, problem, networks, backend, reporter);

        EnsembleMean ensemble = new EnsembleMean();
        LocalSweep sweep = new LocalSweep(
                theory,
                (width, seed, progress) -> networks.train(problem, width, seed, progress),
                (width, seed, network) -> {
                    if (width == widest) {
                        ensemble.add(network);
                    }
                });
        AlignmentTable table = sweep.run(experiment.sweep(), reporter);

        WidthPanels panels = new WidthPanels(theory, ensemble.mean(), table);
        LossCurve main = panels.lossCurve(problem.training().gamma0());
        WidthConsistencyFigure figure = new WidthConsistencyFigure(panels.data(ascending(smallGamma0, main)));
        ResultFiles.writeArchive(
                folder.resolve(ResultKind.THEORY.file()), theory, problem.dataset(), theory(experiment, problem));
        table.write(folder.resolve("alignment.csv"));

        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("solveSeconds", solveSeconds);
        summary.put("trainSeconds", table.trainSeconds());
        summary.put("finalLoss", theory.finalLoss());
        summary.put("backend", backend.description());
        summary.put("networks", networks.description());
        summary.put("precision", networks.formats(problem, experiment.sweep().widths()));
        Report.Picture picture = new Report.Picture(
                name(), caption(experiment), figure.assembled(Style.PAPER), figure.alone(Style.PAPER));
        return new Report(
                "Figure 1: networks of growing width beside their infinite-width theory",
                AlignmentSummary.verdicts(table, AlignmentSummary.WIDE, AlignmentSummary.BAR),
                List.of(picture),
                List.of(AlignmentSummary.table(table)),
                summary);
    }

    private static OrderParameters solve(Experiment experiment, Problem problem, Backend backend, Reporter reporter) {
        String name = String.format(
                Locale.ROOT,
                "theory, gamma0 = %s, %d samples",
                problem.training().gamma0(),
                experiment.theory().samples());
        return reporter.stage(name, progress -> experiment.theory().solver().solve(problem, backend, progress));
    }

    /** Only loss curves are shown of it, so kernels are recorded at the ends alone. */
    private static LossCurve smallGamma0(
            Experiment experiment, Problem problem, Networks networks, Backend backend, Reporter reporter) {
        Training training = problem.training();
        int last = training.steps() - 1;
        Training small = training.withGamma0(SMALL_GAMMA0).withRecord(last == 0 ? new int[] {0} : new int[] {0, last});
        Problem lazy = new Problem(problem.dataset(), problem.network(), small);
        OrderParameters theory = solve(experiment, lazy, backend, reporter);
        int seeds = Math.min(SMALL_GAMMA0_SEEDS, experiment.sweep().seeds());
        List<double[]> losses = new ArrayList<>();
        reporter.stage(seeds + " networks, gamma0 = " + SMALL_GAMMA0, progress -> {
            for (int seed = 0; seed < seeds; seed++) {
                int done = seed;
                int width = experiment.sweep().widest();
                losses.add(networks.train(
                                lazy,
                                width,
                                seed,
                                (completed, total) -> progress.step(done * total + completed, seeds * total))
                        .loss());
            }
            return null;
        });
        return WidthPanels.lossCurve(SMALL_GAMMA0, losses, theory.loss());
    }

    private static List<LossCurve> ascending(LossCurve a, LossCurve b) {
        return a.gamma0() < b.gamma0() ? List.of(a, b) : List.of(b, a);
    }

    private static String caption(Experiment experiment) {
        SweepSpec sweep = experiment.sweep();
        return String.format(
                Locale.ROOT,
                "(a) Loss, networks of width %d solid and theory dashed. (b, c) Preactivation densities at the first and last"
                        + " step, network histograms and theory. (d, e, g, h) Feature kernels and gradient kernels at the"
                        + " last step, and summed over points between all pairs of steps. (f, i) Alignment of network and"
                        + " theory against width %s, mean and standard deviation over %d seeds.",
                sweep.widest(),
                Arrays.toString(sweep.widths()),
                sweep.seeds());
    }
}
