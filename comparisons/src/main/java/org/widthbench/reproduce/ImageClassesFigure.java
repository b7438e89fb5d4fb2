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
import org.widthbench.core.Network;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.TextureSource;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;
import org.widthbench.training.CnnOptions;

/**
 * BP22 Figure 5: CNNs of two channel counts at growing gamma0 on two classes of images; test error, and how the last pooled
 * feature kernel turns to the labels. Feature learning (gamma0) matters, the number of channels hardly does.
 */
final class ImageClassesFigure implements ExperimentFigure {
    private static final double[] GAMMA0S = {1, 5, 10};
    private static final int FILTER = 3;
    /** On photographs; at twice the rate training at gamma0 = 10 jumps about, because of the mean image. */
    private static final double ETA = 0.05;
    /** On textures, whose mean is small. */
    private static final double TEXTURES_ETA = 0.15;

    private static final int RECORDED = 21;
    private static final double HEIGHT = 150;
    /** The widths' effect is much smaller than gamma0's if it is below this share of it. */
    private static final double MUCH_SMALLER = 0.34;

    /** For a CPU: fewer channels and smaller images, on reshuffled epochs. */
    private static final Variant SCALED = new Variant(
            "fig5",
            "CNNs on two classes of images, scaled down for a CPU (Bordelon & Pehlevan 2022, Figure 5)",
            3,
            16,
            400,
            200,
            301,
            32,
            new SweepSpec(new int[] {16, 64}, 1),
            CnnOptions.standard());
    /** For a GPU: the paper's widths, images at full size, four convolutions that are all used. */
    private static final Variant FULL = new Variant(
            "fig5-full",
            "the same at the paper's size, for a GPU",
            4,
            32,
            3000,
            1000,
            1000,
            128,
            new SweepSpec(new int[] {250, 500}, 1),
            CnnOptions.standard());
    /**
     * What the published notebook does: its batch slides by one image a step, 250 steps of 40 see 289 images, three
     * convolutions, and no factors of the filter's size.
     */
    private static final Variant PUBLISHED = new Variant(
            "fig5-published",
            "the same, scaled down, with the published run's 289 images and sliding batches",
            3,
            16,
            290,
            200,
            251,
            40,
            new SweepSpec(new int[] {16, 64}, 1),
            CnnOptions.standard()
                    .withScaling(CnnOptions.Scaling.NOTEBOOK)
                    .withBatches(CnnOptions.Batches.SLIDING_BY_ONE));

    /** Size and reading of the figure. */
    private record Variant(
            String figure,
            String summary,
            int depth,
            int side,
            int points,
            int testPoints,
            int steps,
            int batch,
            SweepSpec networks,
            CnnOptions options) {
        boolean slides() {
            return options.batches() == CnnOptions.Batches.SLIDING_BY_ONE;
        }
    }

    /** The quick version has this much fewer images, steps and a side this much smaller. */
    private static final int QUICK_FACTOR = 4;

    private static final int[] QUICK_CHANNELS = {8, 16};

    private final Variant variant;

    private ImageClassesFigure(Variant variant) {
        this.variant = variant;
    }

    /** Every variant of it. */
    static List<ImageClassesFigure> variants() {
        return Stream.of(SCALED, FULL, PUBLISHED).map(ImageClassesFigure::new).toList();
    }

    @Override
    public String name() {
        return variant.figure;
    }

    @Override
    public String summary() {
        return variant.summary;
    }

    @Override
    public Experiment experiment(FigureOptions options) {
        int factor = options.quick() ? QUICK_FACTOR : 1;
        int steps = variant.steps / factor;
        int batch = variant.batch / factor;
        // What sliding batches see: one image more each step, made even.
        int points = variant.slides() ? (steps - 1 + batch) / 2 * 2 : variant.points / factor;
        DataSource data =
                FigureImages.of(options.data(), variant.side / factor, points, variant.testPoints / factor / 2 * 2);
        Training training = new Training(
                GAMMA0S[GAMMA0S.length - 1],
                data instanceof TextureSource ? TEXTURES_ETA : ETA,
                steps,
                0,
                0,
                batch,
                Training.Dynamics.DESCENT,
                Kernels.spread(steps, RECORDED));
        return new Experiment(
                data,
                new Network(Network.Architecture.CNN, variant.depth, Activation.of("tanh", 1), FILTER),
                training,
                TheorySettings.causal(),
                new SweepSpec(
                        options.widths().orElse(options.quick() ? QUICK_CHANNELS : variant.networks.widths()),
                        options.seeds().orElse(variant.networks.seeds())));
    }

    @Override
    public Report reproduce(Experiment experiment, Backend backend, Reporter reporter, Path folder) {
        ClassifiedImages images = ClassifiedImages.of(experiment);
        List<ImageClassesRun> runs = new ArrayList<>();
        Stopwatch training = new Stopwatch();
        for (double gamma0 : GAMMA0S) {
            for (int channels : experiment.sweep().widths()) {
                runs.add(ImageClassesRun.of(experiment, images, gamma0, channels, variant.options, reporter));
            }
        }
        AtomicFile.writeText(folder.resolve("curves.csv"), ImageClassesRun.csv(runs));
        Map<String, Panel> panels = new LinkedHashMap<>();
        panels.put("mse", panel("Test MSE", runs, ImageClassesRun::meanSquare));
        panels.put("error", panel("Test error", runs, ImageClassesRun::error));
        panels.put("alignment", panel("$A(\\Phi^L,\\,yy^\\top)$", runs, ImageClassesRun::alignment));
        double widthEffect = ImageClassesRun.widthEffect(runs);
        double gammaEffect = ImageClassesRun.gammaEffect(runs);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("trainSeconds", training.seconds());
        summary.put("widthEffect", widthEffect);
        summary.put("gamma0Effect", gammaEffect);
        summary.put("finalLoss", ImageClassesRun.last(runs.get(runs.size() - 1).meanSquare()));
        summary.put("backend", "none");
        summary.put("networks", Ensemble.networks().description());
        Report.Verdict verdict = new Report.Verdict(
                widthEffect <= MUCH_SMALLER * gammaEffect,
                String.format(
                        Locale.ROOT,
                        "Test MSE over the last quarter of the steps moves by %.4f from one width to the other and by %.4f from one gamma0 to"
                                + " another.",
                        widthEffect,
                        gammaEffect));
        return new Report(
                "Figure 5: CNNs on two classes of images",
                experiment.sweep().widths().length > 1 ? List.of(verdict) : List.of(),
                List.of(new FigurePage().row(HEIGHT, panels).picture(name(), caption(experiment, images))),
                List.of(ImageClassesRun.table(runs)),
                summary);
    }

    private static Panel panel(String label, List<ImageClassesRun> runs, Function<ImageClassesRun, double[]> curve) {
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Step $t$"), Axis.linear(label));
        List<Integer> widths =
                runs.stream().map(ImageClassesRun::channels).distinct().toList();
        for (ImageClassesRun run : runs) {
            int colour = Arrays.binarySearch(GAMMA0S, run.gamma0());
            boolean widest = run.channels() == widths.get(widths.size() - 1);
            panel.curve(
                    widest ? String.format(Locale.ROOT, "$\\gamma_0=%.0f$", run.gamma0()) : null,
                    Ink.ordered(colour, GAMMA0S.length),
                    widest ? LineStyle.SOLID : LineStyle.DOTTED,
                    run.times(),
                    curve.apply(run));
        }
        return panel.build();
    }

    private String caption(Experiment experiment, ClassifiedImages images) {
        String widths = Arrays.toString(experiment.sweep().widths());
        String scaled = variant.equals(FULL)
                ? ""
                : " Scaled down: the paper has N = 250 and 500 channels, 32 x 32 pixels and longer training.";
        String published = variant.slides()
                ? " The published notebook's reading: its batch slides by one image a step, so that the run sees "
                        + images.problem().trainingPoints()
                        + " images at most, and three convolutions are used. At full size it printed test MSE .674/.552/.553"
                        + " (N = 250) and .659/.550/.551 (N = 500) for gamma0 = 1, 5, 10."
                : "";
        return String.format(
                Locale.ROOT,
                "L = %d tanh, eta = %s, batches of %d of %d training images, %d test images, %s; channels %s, the widest"
                        + " solid, others dotted, mean of %d seed(s). (a) Test MSE. (b) Share of test images on the wrong side of"
                        + " zero. (c) Alignment of the pooled features' kernel on test images with their labels.%s%s",
                experiment.network().depth(),
                experiment.training().eta(),
                experiment.training().batch(),
                images.problem().trainingPoints(),
                images.testTargets().length,
                FigureImages.description(experiment.data(), images.problem().dataset()),
                widths,
                experiment.sweep().seeds(),
                scaled,
                published);
    }
}
