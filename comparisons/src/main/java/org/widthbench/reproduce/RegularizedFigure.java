package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;

/**
 * BP22 Figure 3: a ReLU network with one hidden layer and L2 regularization comes to rest at fixed points with learned
 * kernels, lower in loss the larger gamma0, where it is a kernel machine of its own final kernels ({@link FixedPoint}).
 *
 * <p>Our {@code weightDecay} belongs to the mean over points, the paper's lambda = 1 to the sum.
 */
final class RegularizedFigure extends ExperimentFigure {
    private static final double[] GAMMA0S = {0.5, 1, 2, 4};
    private static final double LAMBDA = 1;
    private static final GaussianSource DATA = new GaussianSource(25, 10, 0);
    private static final double ETA = 0.2;

    /** 40 times the time of the weight decay; gamma0 = 0.5, close to where learning sets in, needs them. */
    private static final int STEPS = 2000;

    private static final int QUICK_STEPS = 800;

    /** Distance of f from a kernel machine's, root mean square, and of f from itself a window before. */
    private static final double REPRESENTER_BAR = 0.01;

    /** Steps at the end, two decay times of the standard setting, over which slopes are averaged. */
    private static final int WINDOW = 100;

    /** Distance of marks side by side, in points of the data. */
    private static final double BESIDE = 0.2;

    private static final double CURVES = 150;
    private static final double MAPS = 170;

    RegularizedFigure() {
        super(
                "fig3",
                "fixed points of an L2-regularized ReLU network against gamma0 (Bordelon & Pehlevan 2022, Figure 3)");
    }

    @Override
    Experiment experiment(FigureOptions options) {
        DataSource data = options.data().orElse(DATA);
        double decay = LAMBDA / data.load().trainingPoints();
        return new Experiment(
                data,
                Network.mlp(1, new Relu()),
                new Training(
                        GAMMA0S[GAMMA0S.length - 1],
                        ETA,
                        options.size(STEPS, QUICK_STEPS),
                        0,
                        decay,
                        0,
                        Training.Dynamics.DESCENT,
                        null),
                TheorySettings.causal().withMethod(TheorySettings.Method.ONE_HIDDEN_LAYER),
                options.networksOfOneWidth(TwoLayerFigure.NETWORKS, TwoLayerFigure.QUICK_NETWORKS));
    }

    @Override
    Report reproduce(Experiment experiment, FigureStudy study) {
        List<ComparedRun> runs = ComparedRun.overGamma0(experiment, GAMMA0S, WINDOW, study);
        List<FixedPoint> points = runs.stream()
                .map(run -> FixedPoint.of(run.theory(), run.problem(), WINDOW))
                .toList();
        FigurePage page = new FigurePage()
                .row(CURVES)
                .panel("loss", RunPanels.loss(runs, Axis.linear("Loss")))
                .panel("target-alignment", targetAlignment(runs))
                .panel("representer", representer(runs.get(runs.size() - 1)))
                .row(MAPS)
                .panel(
                        "features",
                        RunPanels.finalKernels(runs, OrderParameters::featureKernels)
                                .title("Final feature kernel $\\Phi_{\\mu\\alpha}$, each by its largest value")
                                .eachByItsLargest());
        ComparedRun.losses("gamma0", runs).write(study.folder().resolve("losses.csv"));
        csv(runs, points).write(study.folder().resolve("fixed-points.csv"));
        return new Report(
                "Figure 3: fixed points of a regularized ReLU network",
                List.of(falling(runs), machine(points)),
                List.of(page.picture(name(), caption(experiment))),
                List.of(ComparedRun.table("gamma0", runs), table(runs, points)),
                ComparedRun.summary(runs, study.backend()));
    }

    /** The columns name what {@link FixedPoint} measures in the theory; representer_error is that of both layers, mean slopes. */
    private static Csv csv(List<ComparedRun> runs, List<FixedPoint> points) {
        Csv csv = new Csv(
                "gamma0",
                "theory_loss",
                "network_loss",
                "target_alignment",
                "representer_error",
                "representer_error_features",
                "representer_error_last_step",
                "drift");
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            FixedPoint point = points.get(i);
            double[] alignment = targetAlignment(run.theory(), run.problem());
            csv.row(
                    run.value(),
                    run.theory().finalLoss(),
                    run.networks().mean().finalLoss(),
                    alignment[alignment.length - 1],
                    point.tangent(),
                    point.features(),
                    point.lastStep(),
                    point.drift());
        }
        return csv;
    }

    private static Report.Table table(List<ComparedRun> runs, List<FixedPoint> points) {
        return Report.Table.of(
                "Theory at the last step: distance of f (root mean square) from the kernel machine of the final Phi (lambda), of the"
                        + " final NTK with the mean slopes of the last steps (2 lambda), of the NTK with the last step's slopes, which"
                        + " switch at the kinks for ever, so that this one is no identity; and what f moved over the last steps.",
                List.of("gamma0", "Phi", "NTK, mean slopes", "NTK, last slopes", "drift"),
                points,
                point -> List.of(
                        ComparedRun.number(
                                "%.4g", runs.get(points.indexOf(point)).value()),
                        ComparedRun.number("%.2g", point.features()),
                        ComparedRun.number("%.2g", point.tangent()),
                        ComparedRun.number("%.2g", point.lastStep()),
                        ComparedRun.number("%.2g", point.drift())));
    }

    private static Report.Verdict falling(List<ComparedRun> runs) {
        boolean falls = IntStream.range(1, runs.size())
                .allMatch(i -> runs.get(i).theory().finalLoss()
                        < runs.get(i - 1).theory().finalLoss());
        return new Report.Verdict(
                falls, "The loss at the fixed point " + (falls ? "falls" : "does not fall") + " as gamma0 grows.");
    }

    private static Report.Verdict machine(List<FixedPoint> points) {
        double features =
                points.stream().mapToDouble(FixedPoint::features).max().orElseThrow();
        double tangent = points.stream().mapToDouble(FixedPoint::tangent).max().orElseThrow();
        return new Report.Verdict(
                Math.max(features, tangent) <= REPRESENTER_BAR,
                String.format(
                        Locale.ROOT,
                        "At the last step f is the kernel machine of the final feature kernel to %.2g, and of the final NTK with the mean"
                                + " slopes of the last steps to %.2g (root mean square, worst gamma0); the bar is %s.",
                        features,
                        tangent,
                        REPRESENTER_BAR));
    }

    /** {@code A(Phi(t,t), y y^T)} at the recorded times. */
    static double[] targetAlignment(OrderParameters solved, Problem problem) {
        int points = problem.trainingPoints();
        double[] y = problem.dataset().targets();
        Tensor target = Tensor.zeros(points, points);
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                target.set(y[mu] * y[al], mu, al);
            }
        }
        Tensor features = solved.featureKernels().get(0);
        return IntStream.range(0, features.size(0))
                .mapToDouble(slot -> Alignment.of(Tensor.matrix(Kernels.at(features, slot, points)), target))
                .toArray();
    }

    private static XyPanel.Builder targetAlignment(List<ComparedRun> runs) {
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("$A(\\Phi(t,t),\\,y y^\\top)$"))
                .title("Kernel-target alignment")
                .withoutLegend();
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            double[] times =
                    Arrays.stream(run.theory().times()).asDoubleStream().toArray();
            double[] network = targetAlignment(run.networks().mean(), run.problem());
            double[] theory = targetAlignment(run.theory(), run.problem());
            panel.curve(run.label(), Ink.ordered(i, runs.size()), LineStyle.SOLID, times, network);
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, times, theory);
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED);
    }

    private static XyPanel.Builder representer(ComparedRun run) {
        FixedPoint theory = FixedPoint.of(run.theory(), run.problem(), WINDOW);
        FixedPoint network = FixedPoint.of(run.networks().mean(), run.problem(), WINDOW);
        return XyPanel.over(Axis.linear("Point $\\mu$"), Axis.linear("$f_\\mu$ at the last step"))
                .points("network", Ink.category(0), beside(-1, network.f()), network.f())
                .points("DMFT", Ink.neutral(), beside(0, theory.f()), theory.f())
                .points("kernel machine", Ink.category(1), beside(1, theory.machine()), theory.machine())
                .title("Representer theorem, " + run.label());
    }

    /** Abscissas of the points, numbered from 1, a little to one side, so that equal values of several stay in sight. */
    private static double[] beside(int side, double[] values) {
        return IntStream.rangeClosed(1, values.length)
                .mapToDouble(mu -> mu + side * BESIDE)
                .toArray();
    }

    private static String caption(Experiment experiment) {
        return String.format(
                Locale.ROOT,
                "L = 1 ReLU, lambda = P weightDecay = 1 as in the paper; data, eta = %s, T = %d, gamma0 and N = %d (%d seeds) are"
                        + " our choice. (a) Loss, networks solid, theory dashed. (b) Alignment of the feature kernel with"
                        + " the labels. (c) Predictions at the last step and those of the kernel machine of the theory's final"
                        + " NTK, with the mean slopes of the last steps. (d) Feature kernels at the last step, in units of the largest value of each gamma0.",
                experiment.training().eta(),
                experiment.training().steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
