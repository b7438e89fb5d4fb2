package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;

/**
 * BP22 Figure 3: a ReLU network with one hidden layer and L2 regularization comes to rest at fixed points with learned
 * kernels, lower in loss the larger gamma0, where it is a kernel machine of its own final kernels ({@link FixedPoint}).
 *
 * <p>Our {@code weightDecay} belongs to the mean over points, the paper's lambda = 1 to the sum.
 */
final class RegularizedFigure implements ExperimentFigure {
    private static final double[] GAMMA0S = {0.5, 1, 2, 4};
    private static final double LAMBDA = 1;
    private static final int DIMENSION = 25;
    private static final int POINTS = 10;

    private static final double ETA = 0.2;

    /** 40 times the time of the weight decay; gamma0 = 0.5, close to where learning sets in, needs them. */
    private static final int STEPS = 2000;

    private static final int QUICK_STEPS = 800;
    private static final int WIDTH = 2000;
    private static final int SEEDS = 4;
    private static final int QUICK_WIDTH = 500;
    private static final int QUICK_SEEDS = 2;

    /** Distance of f from a kernel machine's, root mean square, and of f from itself a window before. */
    private static final double REPRESENTER_BAR = 0.01;

    /** Steps at the end, two decay times of the standard setting, over which slopes are averaged. */
    private static final int WINDOW = 100;

    private static final double CURVES = 150;
    private static final double MAPS = 170;

    @Override
    public String name() {
        return "fig3";
    }

    @Override
    public String summary() {
        return "fixed points of an L2-regularized ReLU network against gamma0 (Bordelon & Pehlevan 2022, Figure 3)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        boolean quick = options.quick();
        DataSource data = options.data().orElse(new GaussianSource(DIMENSION, POINTS, 0));
        double decay = LAMBDA / data.load().trainingPoints();
        return new Experiment(
                data,
                Network.mlp(1, new Relu()),
                new Training(
                        GAMMA0S[GAMMA0S.length - 1],
                        ETA,
                        quick ? QUICK_STEPS : STEPS,
                        0,
                        decay,
                        0,
                        Training.Dynamics.DESCENT,
                        null),
                TheorySettings.causal().withMethod(TheorySettings.Method.ONE_HIDDEN_LAYER),
                Ensemble.spec(options, quick ? QUICK_WIDTH : WIDTH, quick ? QUICK_SEEDS : SEEDS));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        List<ComparedRun> runs = ComparedRun.overGamma0(experiment, GAMMA0S, WINDOW, backend, reporter);
        Map<String, Panel> curves = new LinkedHashMap<>();
        curves.put("loss", RunPanels.loss(runs, false));
        curves.put("target-alignment", targetAlignment(runs));
        curves.put("representer", representer(runs.get(runs.size() - 1)));
        FigurePage page = new FigurePage().row(CURVES, curves).row(MAPS, "features", RunPanels.finalFeatures(runs));
        AtomicFile.writeText(folder.resolve("losses.csv"), ComparedRun.lossTable("gamma0", runs));
        AtomicFile.writeText(folder.resolve("fixed-points.csv"), csv(runs));
        Report.Picture picture = page.picture(name(), caption(experiment));
        return new Report(
                "Figure 3: fixed points of a regularized ReLU network",
                List.of(falling(runs), machine(runs)),
                List.of(picture),
                List.of(ComparedRun.table("gamma0", runs), table(runs)),
                ComparedRun.summary(runs, backend));
    }

    /** The columns name what {@link FixedPoint} measures in the theory; representer_error is that of both layers, mean slopes. */
    private static String csv(List<ComparedRun> runs) {
        StringBuilder csv = new StringBuilder("gamma0,theory_loss,network_loss,target_alignment,representer_error,"
                + "representer_error_features,representer_error_last_step,drift\n");
        for (ComparedRun run : runs) {
            double[] alignment = targetAlignment(run.theory(), run.problem());
            FixedPoint point = FixedPoint.of(run.theory(), run.problem(), WINDOW);
            csv.append(run.value()).append(',').append(run.theory().finalLoss()).append(',');
            csv.append(run.networks().mean().finalLoss()).append(',');
            csv.append(alignment[alignment.length - 1]).append(',');
            csv.append(point.tangent()).append(',').append(point.features()).append(',');
            csv.append(point.lastStep()).append(',').append(point.drift()).append('\n');
        }
        return csv.toString();
    }

    private static Report.Table table(List<ComparedRun> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (ComparedRun run : runs) {
            FixedPoint point = FixedPoint.of(run.theory(), run.problem(), WINDOW);
            List<String> row = new ArrayList<>(List.of(ComparedRun.number("%.4g", run.value())));
            for (double distance : new double[] {point.features(), point.tangent(), point.lastStep(), point.drift()}) {
                row.add(ComparedRun.number("%.2g", distance));
            }
            rows.add(row);
        }
        return new Report.Table(
                "Theory at the last step: distance of f (root mean square) from the kernel machine of the final Phi (lambda), of the"
                        + " final NTK with the mean slopes of the last steps (2 lambda), of the NTK with the last step's slopes, which"
                        + " switch at the kinks for ever, so that this one is no identity; and what f moved over the last steps.",
                List.of("gamma0", "Phi", "NTK, mean slopes", "NTK, last slopes", "drift"),
                rows);
    }

    private static Report.Verdict falling(List<ComparedRun> runs) {
        boolean falls = IntStream.range(1, runs.size())
                .allMatch(i -> runs.get(i).theory().finalLoss()
                        < runs.get(i - 1).theory().finalLoss());
        return new Report.Verdict(
                falls, "The loss at the fixed point " + (falls ? "falls" : "does not fall") + " as gamma0 grows.");
    }

    private static Report.Verdict machine(List<ComparedRun> runs) {
        double features = 0;
        double tangent = 0;
        for (ComparedRun run : runs) {
            FixedPoint point = FixedPoint.of(run.theory(), run.problem(), WINDOW);
            features = Math.max(features, point.features());
            tangent = Math.max(tangent, point.tangent());
        }
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

    private static Panel targetAlignment(List<ComparedRun> runs) {
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("$A(\\Phi(t,t),\\,y y^\\top)$"));
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            double[] times =
                    Arrays.stream(run.theory().times()).asDoubleStream().toArray();
            Ink ink = Ink.ordered(i, runs.size());
            panel.curve(
                    null,
                    ink,
                    LineStyle.SOLID,
                    times,
                    targetAlignment(run.networks().mean(), run.problem()));
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, times, targetAlignment(run.theory(), run.problem()));
        }
        return panel.title("Kernel-target alignment").build();
    }

    private static Panel representer(ComparedRun run) {
        FixedPoint theory = FixedPoint.of(run.theory(), run.problem(), WINDOW);
        FixedPoint network = FixedPoint.of(run.networks().mean(), run.problem(), WINDOW);
        double[] point =
                IntStream.rangeClosed(1, theory.f().length).asDoubleStream().toArray();
        return XyPanel.over(Axis.linear("Point $\\mu$"), Axis.linear("$f_\\mu$ at the last step"))
                .curve("network", Ink.category(0), LineStyle.SOLID, point, network.f())
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, point, theory.f())
                .curve("kernel machine", Ink.category(1), LineStyle.DOTTED, point, theory.machine())
                .title("Representer theorem, " + run.label())
                .build();
    }

    private static String caption(Experiment experiment) {
        return String.format(
                Locale.ROOT,
                "L = 1 ReLU, lambda = P weightDecay = 1 as in the paper; data, eta = %s, T = %d, gamma0 and N = %d (%d seeds) are"
                        + " our choice. (a) Loss, networks solid, theory dashed. (b) Alignment of the feature kernel with"
                        + " the labels. (c) Predictions at the last step and those of the kernel machine of the theory's final"
                        + " NTK, with the mean slopes of the last steps. (d) Feature kernels at the last step.",
                experiment.training().eta(),
                experiment.training().steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
