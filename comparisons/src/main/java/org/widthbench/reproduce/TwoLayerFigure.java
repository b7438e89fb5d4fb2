package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.Network;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Panel;
import org.widthbench.report.Report;

/**
 * BP22 Figure 6: a ReLU network with one hidden layer (the paper counts the read-out: "two-layer") from the lazy to the rich
 * regime.
 */
final class TwoLayerFigure implements ExperimentFigure {
    static final double[] GAMMA0S = {0.2, 1, 2, 3};

    /** Losses at the last step in the authors' picture, read by eye from an axis from 0 to 1. */
    static final double[] READ_LOSS = {0.41, 0.115, 0.01, 0.002};

    private static final int DIMENSION = 40;
    private static final int POINTS = 25;
    private static final double ETA = 0.075;
    private static final int STEPS = 200;
    private static final int WIDTH = 2000;
    private static final int SEEDS = 4;
    private static final int QUICK_WIDTH = 500;
    private static final int QUICK_SEEDS = 2;
    /** Finite networks of these widths differ from the theory by less in every loss curve. */
    private static final double BAR = 0.05;

    private static final double CURVES = 150;
    private static final double MAPS = 170;

    @Override
    public String name() {
        return "fig6";
    }

    @Override
    public String summary() {
        return "one hidden ReLU layer from lazy to rich, loss, densities, kernels (Bordelon & Pehlevan 2022, Figure 6)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        boolean quick = options.quick();
        return new Experiment(
                options.data().orElse(new GaussianSource(DIMENSION, POINTS, 0)),
                Network.mlp(1, new Relu()),
                Training.descent(GAMMA0S[GAMMA0S.length - 1], ETA, STEPS),
                TheorySettings.causal().withMethod(TheorySettings.Method.ONE_HIDDEN_LAYER),
                Ensemble.spec(options, quick ? QUICK_WIDTH : WIDTH, quick ? QUICK_SEEDS : SEEDS));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        List<ComparedRun> runs = ComparedRun.overGamma0(experiment, GAMMA0S, 0, backend, reporter);
        int points = runs.get(0).problem().trainingPoints();
        Map<String, Panel> curves = new LinkedHashMap<>();
        curves.put("loss", RunPanels.loss(runs, true));
        curves.put("density-initial", RunPanels.density(runs, 0, "Initial preactivations"));
        curves.put("density-final", RunPanels.density(runs, 1, "Final preactivations"));
        FigurePage page = new FigurePage()
                .row(CURVES, curves)
                .row(MAPS, "features", RunPanels.finalFeatures(runs))
                .row(
                        MAPS,
                        "gradients",
                        RunPanels.kernels(
                                runs,
                                "Final gradient kernel $G_{\\mu\\alpha}$",
                                of -> Kernels.last(of.gradientKernels().get(0), points)));
        AtomicFile.writeText(folder.resolve("losses.csv"), ComparedRun.lossTable("gamma0", runs));
        Report.Picture picture = page.picture(name(), caption(experiment, points));
        return new Report(
                "Figure 6: one hidden ReLU layer from lazy to rich",
                List.of(ComparedRun.verdict(runs, BAR)),
                List.of(picture),
                List.of(ComparedRun.table("gamma0", runs), readings(runs)),
                ComparedRun.summary(runs, backend));
    }

    private static Report.Table readings(List<ComparedRun> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            rows.add(List.of(
                    ComparedRun.number("%.4g", run.value()),
                    ComparedRun.number("%.3g", run.theory().finalLoss()),
                    ComparedRun.number("%.3g", READ_LOSS[i])));
        }
        return new Report.Table(
                "Loss at the last step beside what was read from the authors' picture by eye (docs/figures.md).",
                List.of("gamma0", "theory", "authors' picture"),
                rows);
    }

    private static String caption(Experiment experiment, int points) {
        return String.format(
                Locale.ROOT,
                "L = 1 ReLU, P = %d (the paper: D = 40, P = 25), eta = %s, T = %d as in the paper, N = %d, mean of %d seeds."
                        + " (a) Loss, networks solid, theory dashed. (b, c) Densities of preactivations at the first and last"
                        + " step, network histograms and theory dashed. (d, e) Feature and gradient kernels at the last step.",
                points,
                experiment.training().eta(),
                experiment.training().steps(),
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
