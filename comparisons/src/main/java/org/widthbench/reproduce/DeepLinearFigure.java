package org.widthbench.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.HeatMapPanel;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;

/** BP22 Figure 2: deep linear networks of several depths, the movement of their kernels and the deepest's kernels. */
final class DeepLinearFigure implements ExperimentFigure {
    private static final int[] DEPTHS = {2, 3, 4, 5};
    private static final double GAMMA0 = 1.4;
    private static final int DIMENSION = 40;
    private static final int POINTS = 20;
    private static final double ETA = 0.025;
    private static final int STEPS = 100;
    private static final int WIDTH = 1000;
    private static final int SEEDS = 4;
    private static final int QUICK_FACTOR = 2;
    private static final int QUICK_WIDTH = 500;
    private static final int QUICK_SEEDS = 2;
    private static final int RECORDED = 50;

    /** Networks of these widths differ from the theory by less in every loss curve. */
    private static final double BAR = 0.05;

    /** Read from the authors' picture by eye, depth 2 to 5. */
    private static final double[] READ_NETWORK = {0.916, 0.793, 0.737, 0.719};

    static final double[] READ_THEORY = {0.917, 0.799, 0.743, 0.717};

    private static final double CURVES = 150;
    private static final double MAPS = 150;

    @Override
    public String name() {
        return "fig2";
    }

    @Override
    public String summary() {
        return "deep linear networks, loss and kernel movement with depth (Bordelon & Pehlevan 2022, Figure 2)";
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        boolean quick = options.quick();
        int factor = quick ? QUICK_FACTOR : 1;
        return new Experiment(
                options.data().orElse(new GaussianSource(DIMENSION, POINTS, 0)),
                Network.mlp(DEPTHS[DEPTHS.length - 1], new Linear()),
                Training.descent(GAMMA0, ETA * factor, STEPS / factor),
                TheorySettings.causal().withMethod(TheorySettings.Method.LINEAR).withSamples(1),
                Ensemble.spec(options, quick ? QUICK_WIDTH : WIDTH, quick ? QUICK_SEEDS : SEEDS));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        List<ComparedRun> runs = new ArrayList<>();
        for (int depth : DEPTHS) {
            runs.add(ComparedRun.of(
                    "$L=" + depth + "$",
                    depth,
                    Ensemble.problem(experiment, experiment.training().gamma0(), depth, RECORDED),
                    experiment.theory().solver(),
                    experiment.sweep(),
                    backend,
                    reporter));
        }
        ComparedRun deepest = runs.get(runs.size() - 1);
        int points = deepest.problem().trainingPoints();
        Map<String, Panel> curves = new LinkedHashMap<>();
        curves.put("loss", RunPanels.loss(runs, false));
        curves.put("movement", meanMovement(runs));
        curves.put("layers", movement(runs));
        FigurePage page = new FigurePage()
                .row(CURVES, curves)
                .row(
                        MAPS,
                        "features-final",
                        RunPanels.layers(deepest, of -> cut(of.featureKernels(), k -> Kernels.last(k, points)))
                                .axes("$\\mu$", "$\\alpha$")
                                .title("Final feature kernel $H^\\ell_{\\mu\\alpha}$")
                                .build())
                .row(MAPS, "features-traced", tracedFeatures(deepest, points))
                .row(MAPS, "gradients-traced", tracedGradients(deepest, points));
        AtomicFile.writeText(folder.resolve("losses.csv"), ComparedRun.lossTable("depth", runs));
        AtomicFile.writeText(folder.resolve("movement.csv"), csv(runs));
        Report.Picture picture = page.picture(name(), caption(experiment, points));
        return new Report(
                "Figure 2: deep linear networks",
                List.of(ComparedRun.verdict(runs, BAR)),
                List.of(picture),
                List.of(table(runs), ComparedRun.table("depth", runs)),
                ComparedRun.summary(runs, backend));
    }

    private static List<double[][]> cut(List<Tensor> kernels, Function<Tensor, double[][]> shown) {
        return kernels.stream().map(shown).toList();
    }

    private static Panel tracedFeatures(ComparedRun run, int points) {
        return RunPanels.layers(run, of -> cut(of.featureKernels(), k -> Kernels.traced(k, points)))
                .axes("$t$", "$s$")
                .extent(0, run.problem().training().steps() - 1)
                .title("Traced feature kernel $H^\\ell(t,s)$")
                .build();
    }

    /** Every layer in units of its largest value, which is a hundred times larger in the first than in the last. */
    private static Panel tracedGradients(ComparedRun run, int points) {
        List<double[][]> theory = cut(run.theory().gradientKernels(), k -> Kernels.traced(k, points));
        List<double[][]> network = cut(run.networks().mean().gradientKernels(), k -> Kernels.traced(k, points));
        List<String> titles = new ArrayList<>();
        for (int l = 0; l < theory.size(); l++) {
            double largest = Stream.of(theory.get(l), network.get(l))
                    .flatMap(Arrays::stream)
                    .flatMapToDouble(Arrays::stream)
                    .max()
                    .orElseThrow();
            titles.add(String.format(Locale.ROOT, "$G^%d/%.0f$", l + 1, largest));
            for (double[][] map : List.of(theory.get(l), network.get(l))) {
                for (double[] row : map) {
                    Arrays.setAll(row, s -> row[s] / largest);
                }
            }
        }
        return HeatMapPanel.columns(titles)
                .network("network", network)
                .theory("DMFT", theory)
                .axes("$t$", "$s$")
                .extent(0, run.problem().training().steps() - 1)
                .title("Traced gradient kernel $G^\\ell(t,s)$, each by its largest value")
                .build();
    }

    /** {@code A(H^l(0,0), H^l(T,T))} of every layer. */
    static double[] movement(OrderParameters solved, int points) {
        return solved.featureKernels().stream()
                .mapToDouble(kernel -> Alignment.of(
                        Tensor.matrix(Kernels.at(kernel, 0, points)), Tensor.matrix(Kernels.last(kernel, points))))
                .toArray();
    }

    /** Its mean over layers, what the authors plot against depth. */
    static double meanMovement(OrderParameters solved, int points) {
        return Arrays.stream(movement(solved, points)).average().orElseThrow();
    }

    private static Panel meanMovement(List<ComparedRun> runs) {
        double[] depths = runs.stream().mapToDouble(ComparedRun::value).toArray();
        double[] network = runs.stream()
                .mapToDouble(
                        run -> meanMovement(run.networks().mean(), run.problem().trainingPoints()))
                .toArray();
        double[] theory = runs.stream()
                .mapToDouble(run -> meanMovement(run.theory(), run.problem().trainingPoints()))
                .toArray();
        return XyPanel.over(Axis.linear("Depth $L$"), Axis.linear("$A(H(0,0),\\,H(T,T))$"))
                .curve("network", Ink.category(0), LineStyle.SOLID, depths, network)
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, depths, theory)
                .title("Movement, mean over layers")
                .build();
    }

    private static Report.Table table(List<ComparedRun> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            int points = run.problem().trainingPoints();
            rows.add(List.of(
                    ComparedRun.number("%.0f", run.value()),
                    ComparedRun.number("%.3f", meanMovement(run.networks().mean(), points)),
                    ComparedRun.number("%.3f", meanMovement(run.theory(), points)),
                    ComparedRun.number("%.3f", READ_NETWORK[i]),
                    ComparedRun.number("%.3f", READ_THEORY[i])));
        }
        return new Report.Table(
                "Alignment of the first and the last feature kernel, mean over layers, beside what was read from the authors'"
                        + " picture by eye.",
                List.of("depth", "networks", "theory", "authors' networks", "authors' theory"),
                rows);
    }

    private static Panel movement(List<ComparedRun> runs) {
        XyPanel.Builder panel =
                XyPanel.over(Axis.linear("Layer $\\ell$"), Axis.linear("$A(H^\\ell(0,0),\\,H^\\ell(T,T))$"));
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            int points = run.problem().trainingPoints();
            double[] theory = movement(run.theory(), points);
            double[] layer = Kernels.times(theory.length);
            for (int l = 0; l < layer.length; l++) {
                layer[l]++;
            }
            Ink ink = Ink.ordered(i, runs.size());
            panel.curve(
                    run.label(),
                    ink,
                    LineStyle.SOLID,
                    layer,
                    movement(run.networks().mean(), points));
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, layer, theory);
        }
        return panel.title("Movement, each layer").build();
    }

    /** {@code depth,layer,theory,network}. */
    private static String csv(List<ComparedRun> runs) {
        StringBuilder csv = new StringBuilder("depth,layer,theory,network\n");
        for (ComparedRun run : runs) {
            int points = run.problem().trainingPoints();
            double[] theory = movement(run.theory(), points);
            double[] network = movement(run.networks().mean(), points);
            for (int l = 0; l < theory.length; l++) {
                csv.append((int) run.value()).append(',').append(l + 1).append(',');
                csv.append(theory[l]).append(',').append(network[l]).append('\n');
            }
        }
        return csv.toString();
    }

    private static String caption(Experiment experiment, int points) {
        Training training = experiment.training();
        boolean asInPaper = training.steps() == STEPS;
        return String.format(
                Locale.ROOT,
                "Linear, gamma0 = %s, P = %d, eta = %s, T = %d (%s), N = %d, mean of %d seeds. (a) Loss, networks solid, theory"
                        + " dashed. (b, c) Movement of the feature kernels between first and last step. (d) Final"
                        + " feature kernels of the deepest network. (e, f) Its feature and gradient kernels summed over points"
                        + " between all pairs of times, each layer of the gradient kernel in units of its largest value.",
                training.gamma0(),
                points,
                training.eta(),
                training.steps(),
                asInPaper ? "the authors' setting" : "scaled from eta = 0.025, T = 100",
                experiment.sweep().widest(),
                experiment.sweep().seeds());
    }
}
