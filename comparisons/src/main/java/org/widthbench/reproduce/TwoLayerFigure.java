package org.widthbench.reproduce;

import java.util.List;
import java.util.Locale;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;

/**
 * BP22 Figure 6: a ReLU network with one hidden layer (the paper counts the read-out: "two-layer") from the lazy to the rich
 * regime.
 */
final class TwoLayerFigure extends ExperimentFigure {
    static final double[] GAMMA0S = {0.2, 1, 2, 3};

    /** Losses at the last step in the authors' picture, read by eye from an axis from 0 to 1. */
    static final double[] READ_LOSS = {0.41, 0.115, 0.01, 0.002};

    private static final GaussianSource DATA = new GaussianSource(40, 25, 0);
    private static final double ETA = 0.075;
    private static final int STEPS = 200;
    static final SweepSpec NETWORKS = new SweepSpec(new int[] {2000}, 4);
    static final SweepSpec QUICK_NETWORKS = new SweepSpec(new int[] {500}, 2);
    /** Finite networks of these widths differ from the theory by less in every loss curve. */
    private static final double BAR = 0.05;

    private static final double CURVES = 150;
    private static final double MAPS = 170;

    TwoLayerFigure() {
        super(
                "fig6",
                "one hidden ReLU layer from lazy to rich, loss, densities, kernels (Bordelon & Pehlevan 2022, Figure 6)");
    }

    @Override
    Experiment experiment(FigureOptions options) {
        return new Experiment(
                options.data().orElse(DATA),
                Network.mlp(1, new Relu()),
                Training.descent(GAMMA0S[GAMMA0S.length - 1], ETA, STEPS),
                TheorySettings.causal().withMethod(TheorySettings.Method.ONE_HIDDEN_LAYER),
                options.networksOfOneWidth(NETWORKS, QUICK_NETWORKS));
    }

    @Override
    Report reproduce(Experiment experiment, FigureStudy study) {
        List<ComparedRun> runs = ComparedRun.overGamma0(experiment, GAMMA0S, 0, study);
        FigurePage page = new FigurePage()
                .row(CURVES)
                .panel("loss", RunPanels.loss(runs, Axis.log("Loss")))
                .panel("density-initial", density("Initial preactivations", RunPanels.samples(runs, 0)))
                .panel("density-final", density("Final preactivations", RunPanels.samples(runs, 1)))
                .row(MAPS)
                .panel(
                        "features",
                        RunPanels.finalKernels(runs, OrderParameters::featureKernels)
                                .title("Final feature kernel $\\Phi_{\\mu\\alpha}$"))
                .row(MAPS)
                .panel(
                        "gradients",
                        RunPanels.finalKernels(runs, OrderParameters::gradientKernels)
                                .title("Final gradient kernel $G_{\\mu\\alpha}$, each by its largest value")
                                .eachByItsLargest());
        ComparedRun.losses("gamma0", runs).write(study.folder().resolve("losses.csv"));
        return new Report(
                "Figure 6: one hidden ReLU layer from lazy to rich",
                List.of(ComparedRun.verdict(runs, BAR)),
                List.of(page.picture(name(), caption(experiment))),
                List.of(ComparedRun.table("gamma0", runs), readings(runs)),
                ComparedRun.summary(runs, study.backend()));
    }

    private static XyPanel.Builder density(String title, List<RunPanels.Samples> samples) {
        return RunPanels.densities(title, "$h$", RunPanels.range(samples), samples)
                .withoutLegend();
    }

    private static Report.Table readings(List<ComparedRun> runs) {
        return Report.Table.of(
                "Loss at the last step beside what was read from the authors' picture by eye (docs/figures.md).",
                List.of("gamma0", "theory", "authors' picture"),
                runs,
                run -> List.of(
                        ComparedRun.number("%.4g", run.value()),
                        ComparedRun.number("%.3g", run.theory().finalLoss()),
                        ComparedRun.number("%.3g", READ_LOSS[runs.indexOf(run)])));
    }

    private static String caption(Experiment experiment) {
        return String.format(
                Locale.ROOT,
                "L = 1 ReLU, P = %d (the paper: D = 40, P = 25), eta = %s, T = %d as in the paper, N = %d, mean of %d seeds."
                        + " (a) Loss, networks solid, theory dashed. (b, c) Densities of preactivations at the first and last"
                        + " step, network histograms and theory dashed. (d, e) Feature and gradient kernels at the last step, the latter in units of the largest value of each gamma0.",
                experiment.problem().trainingPoints(),
                experiment.training().eta(),
                experiment.training().steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
