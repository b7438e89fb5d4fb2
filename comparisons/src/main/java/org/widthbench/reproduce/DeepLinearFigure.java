package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;

/** BP22 Figure 2: deep linear networks of several depths, the movement of their kernels and the deepest's kernels. */
final class DeepLinearFigure extends ExperimentFigure {
    private static final int[] DEPTHS = {2, 3, 4, 5};
    private static final double GAMMA0 = 1.4;
    private static final GaussianSource DATA = new GaussianSource(40, 20, 0);
    /** Of the paper; the quick version walks the same training time in longer steps. */
    static final double ETA = 0.025;

    static final int STEPS = 100;
    private static final int QUICK_FACTOR = 2;
    static final SweepSpec NETWORKS = new SweepSpec(new int[] {1000}, 4);
    private static final SweepSpec QUICK_NETWORKS = new SweepSpec(new int[] {500}, 2);
    private static final int RECORDED = 50;

    /** Networks of these widths differ from the theory by less in every loss curve. */
    private static final double BAR = 0.05;

    /** Read from the authors' picture by eye, depth 2 to 5. */
    private static final double[] READ_NETWORK = {0.916, 0.793, 0.737, 0.719};

    static final double[] READ_THEORY = {0.917, 0.799, 0.743, 0.717};

    private static final double HEIGHT = 150;

    DeepLinearFigure() {
        super("fig2", "deep linear networks, loss and kernel movement with depth (Bordelon & Pehlevan 2022, Figure 2)");
    }

    @Override
    Experiment experiment(FigureOptions options) {
        Experiment deepest = experiment(options, DEPTHS[DEPTHS.length - 1], GAMMA0);
        return deepest.withTheory(deepest.theory().withSamples(1));
    }

    /** What figures 2 and 4 have in common. */
    static Experiment experiment(FigureOptions options, int depth, double gamma0) {
        int factor = options.size(1, QUICK_FACTOR);
        return new Experiment(
                options.data().orElse(DATA),
                Network.mlp(depth, new Linear()),
                Training.descent(gamma0, ETA * factor, STEPS / factor),
                TheorySettings.causal().withMethod(TheorySettings.Method.LINEAR),
                options.networksOfOneWidth(NETWORKS, QUICK_NETWORKS));
    }

    @Override
    Report reproduce(Experiment experiment, FigureStudy study) {
        List<ComparedRun> runs = Arrays.stream(DEPTHS)
                .mapToObj(depth -> ComparedRun.of(
                        "$L=" + depth + "$",
                        depth,
                        ComparedRun.problem(experiment, experiment.training().gamma0(), depth, RECORDED, 0),
                        experiment,
                        study))
                .toList();
        ComparedRun deepest = runs.get(runs.size() - 1);
        ComparedRun.losses("depth", runs).write(study.folder().resolve("losses.csv"));
        csv(runs).write(study.folder().resolve("movement.csv"));
        FigurePage page = new FigurePage()
                .row(HEIGHT)
                .panel("loss", RunPanels.loss(runs, Axis.linear("Loss")))
                .panel("movement", meanMovement(runs))
                .panel("layers", movement(runs))
                .row(HEIGHT)
                .panel(
                        "features-final",
                        RunPanels.finalKernels(deepest, "network", OrderParameters::featureKernels)
                                .title("Final feature kernel $H^\\ell_{\\mu\\alpha}$"))
                .row(HEIGHT)
                .panel(
                        "features-traced",
                        RunPanels.tracedKernels(deepest, "network", OrderParameters::featureKernels)
                                .title("Traced feature kernel $H^\\ell(t,s)$"))
                .row(HEIGHT)
                .panel(
                        "gradients-traced",
                        RunPanels.tracedKernels(deepest, "network", OrderParameters::gradientKernels)
                                .title("Traced gradient kernel $G^\\ell(t,s)$, each by its largest value")
                                .eachByItsLargest());
        return new Report(
                "Figure 2: deep linear networks",
                List.of(ComparedRun.verdict(runs, BAR)),
                List.of(page.picture(name(), caption(experiment))),
                List.of(table(runs), ComparedRun.table("depth", runs)),
                ComparedRun.summary(runs, study.backend()));
    }

    /** {@code A(H^l(0,0), H^l(T,T))} of every layer. */
    static double[] movement(OrderParameters solved) {
        int points = solved.delta().size(1);
        return solved.featureKernels().stream()
                .mapToDouble(kernel -> Alignment.of(
                        Tensor.matrix(Kernels.at(kernel, 0, points)), Tensor.matrix(Kernels.last(kernel, points))))
                .toArray();
    }

    /** Its mean over layers, what the authors plot against depth. */
    static double meanMovement(OrderParameters solved) {
        return Arrays.stream(movement(solved)).average().orElseThrow();
    }

    private static XyPanel.Builder meanMovement(List<ComparedRun> runs) {
        double[] depths = runs.stream().mapToDouble(ComparedRun::value).toArray();
        double[] network = runs.stream()
                .mapToDouble(run -> meanMovement(run.networks().mean()))
                .toArray();
        double[] theory =
                runs.stream().mapToDouble(run -> meanMovement(run.theory())).toArray();
        return XyPanel.over(Axis.linear("Depth $L$"), Axis.linear("$A(H(0,0),\\,H(T,T))$"))
                .curve("network", Ink.category(0), LineStyle.SOLID, depths, network)
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, depths, theory)
                .title("Movement, mean over layers");
    }

    private static XyPanel.Builder movement(List<ComparedRun> runs) {
        XyPanel.Builder panel = XyPanel.over(
                        Axis.linear("Layer $\\ell$"), Axis.linear("$A(H^\\ell(0,0),\\,H^\\ell(T,T))$"))
                .title("Movement, each layer");
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            double[] theory = movement(run.theory());
            double[] layer =
                    IntStream.rangeClosed(1, theory.length).asDoubleStream().toArray();
            double[] network = movement(run.networks().mean());
            panel.curve(run.label(), Ink.ordered(i, runs.size()), LineStyle.SOLID, layer, network);
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, layer, theory);
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED);
    }

    private static Csv csv(List<ComparedRun> runs) {
        Csv csv = new Csv("depth", "layer", "theory", "network");
        for (ComparedRun run : runs) {
            double[] theory = movement(run.theory());
            double[] network = movement(run.networks().mean());
            for (int l = 0; l < theory.length; l++) {
                csv.row((int) run.value(), l + 1, theory[l], network[l]);
            }
        }
        return csv;
    }

    private static Report.Table table(List<ComparedRun> runs) {
        return Report.Table.of(
                "Alignment of the first and the last feature kernel, mean over layers, beside what was read from the authors'"
                        + " picture by eye.",
                List.of("depth", "networks", "theory", "authors' networks", "authors' theory"),
                runs,
                run -> {
                    int read = runs.indexOf(run);
                    return List.of(
                            ComparedRun.number("%.0f", run.value()),
                            ComparedRun.number(
                                    "%.3f", meanMovement(run.networks().mean())),
                            ComparedRun.number("%.3f", meanMovement(run.theory())),
                            ComparedRun.number("%.3f", READ_NETWORK[read]),
                            ComparedRun.number("%.3f", READ_THEORY[read]));
                });
    }

    private static String caption(Experiment experiment) {
        Training training = experiment.training();
        return String.format(
                Locale.ROOT,
                "Linear, gamma0 = %s, P = %d, eta = %s, T = %d (%s), N = %d, mean of %d seeds. (a) Loss, networks solid, theory"
                        + " dashed. (b, c) Movement of the feature kernels between first and last step. (d) Final"
                        + " feature kernels of the deepest network. (e, f) Its feature and gradient kernels summed over points"
                        + " between all pairs of times, each layer of the gradient kernel in units of its largest value.",
                training.gamma0(),
                experiment.problem().trainingPoints(),
                training.eta(),
                training.steps(),
                training.steps() == STEPS ? "the authors' setting" : "scaled from eta = 0.025, T = 100",
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
