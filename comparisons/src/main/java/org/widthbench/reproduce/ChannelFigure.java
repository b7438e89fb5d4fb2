package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.comparison.Alignment;
import org.widthbench.comparison.Comparison;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.Cost;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.Solver;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.TaskResult;
import org.widthbench.training.NetworkTrainer;
import org.widthbench.training.PrecisionChoice;

/**
 * Networks of growing channel count beside the infinite-channel theory: loss, kernels of pooled fields and kernels of single
 * pixels. In no paper; Figure 1 of BP22 for CNNs.
 */
final class ChannelFigure extends ExperimentFigure {
    private static final SweepSpec NETWORKS = new SweepSpec(new int[] {16, 32, 64, 128, 256}, 4);
    private static final SweepSpec QUICK_NETWORKS = new SweepSpec(new int[] {16, 64}, 2);
    private static final int SIDE = 8;
    private static final int QUICK_SIDE = 4;
    private static final int POINTS = 6;
    private static final int STEPS = 20;
    private static final int QUICK_STEPS = 12;
    private static final int SAMPLES = 2048;
    private static final int QUICK_SAMPLES = 1024;
    private static final int DEPTH = 2;
    private static final int FILTER = 3;
    private static final double ETA = 0.5;
    private static final int RECORDED = 6;

    /** From this many channels on, kernels of pooled fields are expected to align to {@link AlignmentSummary#BAR}. */
    private static final int WIDE = 128;

    private static final double HEIGHT = 170;

    /** Largest distance of the fitted power, and half width of its interval, at which it counts as 1/N. */
    private static final double POWER_BAR = 0.25;

    ChannelFigure() {
        super(
                "cnn-width",
                "CNNs of growing channel count beside their infinite-channel theory, pooled and pixel by pixel");
    }

    @Override
    Experiment experiment(FigureOptions options) {
        int steps = options.size(STEPS, QUICK_STEPS);
        return new Experiment(
                FigureImages.of(options.data(), options.size(SIDE, QUICK_SIDE), POINTS, 0),
                Network.cnn(DEPTH, new Relu(), FILTER),
                Training.descent(1, ETA, steps).withRecord(Kernels.spread(steps, RECORDED)),
                TheorySettings.causal().withSamples(options.size(SAMPLES, QUICK_SAMPLES)),
                options.networks(NETWORKS, QUICK_NETWORKS));
    }

    @Override
    Report reproduce(Experiment experiment, FigureStudy study) {
        Backend backend = study.backend();
        Problem problem = experiment.problem().observing(Observables.PIXEL_KERNELS);
        Solver solver = experiment.theory().solver();
        Cost cost = solver.cost(problem, backend);
        cost.text(backend).ifPresent(study.reporter()::say);
        cost.requireFits();
        long started = System.nanoTime();
        Solution theory = study.reporter().stage("theory", progress -> solver.solve(problem, backend, progress));
        double solveSeconds = (System.nanoTime() - started) / 1e9;

        List<TaskResult> ofPooled = new ArrayList<>();
        List<TaskResult> ofPixels = new ArrayList<>();
        for (int width : experiment.sweep().widths()) {
            train(problem, theory, width, experiment.sweep().seeds(), study.reporter(), ofPooled, ofPixels);
        }
        AlignmentTable pooled = new AlignmentTable(ofPooled);
        AlignmentTable single = new AlignmentTable(ofPixels);

        ResultFiles.writeArchive(
                study.folder().resolve(ResultKind.THEORY.file()),
                theory.results(),
                problem.dataset(),
                theory(experiment, problem));
        pooled.write(study.folder().resolve("alignment.csv"));
        single.write(study.folder().resolve("alignment-of-pixels.csv"));
        FigurePage page = new FigurePage()
                .row(HEIGHT)
                .panel("loss", SweepFigure.loss(theory.results(), pooled))
                .panel("pooled", SweepFigure.alignment(pooled, Kernel.PHI, "Pooled features"))
                .row(HEIGHT)
                .panel("gradients", SweepFigure.alignment(pooled, Kernel.G, "Summed gradients"))
                .panel("pixels", SweepFigure.alignment(single, Kernel.PHI, "Features of single pixels"));
        Map<String, Object> summary = Ensemble.summary(
                solveSeconds,
                pooled.trainSeconds(),
                theory.results().finalLoss(),
                backend.description(),
                PrecisionChoice.AUTO.describe(problem, experiment.sweep().widths()));
        summary.put(
                "leastVarianceOfPivots",
                Math.min(
                        StatUtils.min(theory.pivots().forwardCaptured()),
                        StatUtils.min(theory.pivots().backwardCaptured())));
        return new Report(
                "CNNs of growing channel count beside their infinite-channel theory",
                verdicts(pooled, single),
                List.of(page.picture(name(), caption(experiment, problem))),
                List.of(AlignmentSummary.table(pooled), tableOfPixels(single)),
                summary);
    }

    /** Trains the networks of one width and compares them with the theory, pooled and pixel by pixel. */
    private static void train(
            Problem problem,
            Solution theory,
            int width,
            int seeds,
            Reporter reporter,
            List<TaskResult> pooled,
            List<TaskResult> pixels) {
        Ensemble.forEachSeed(seeds + " networks, N = " + width, seeds, reporter, (seed, progress) -> {
            long started = System.nanoTime();
            OrderParameters network;
            try (Backend own = Ensemble.networks().open(problem, width)) {
                network = new NetworkTrainer(width, seed, own).train(problem, progress);
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            Comparison ofPooled = Comparison.of(theory.results(), network);
            double[] ofPixels = IntStream.range(0, ofPooled.depth())
                    .mapToDouble(l -> Alignment.of(
                            pixelKernels(theory.results()).get(l),
                            pixelKernels(network).get(l)))
                    .toArray();
            double[] loss = network.loss();
            pooled.add(new TaskResult(width, seed, ofPooled, loss, seconds));
            pixels.add(new TaskResult(width, seed, ofPooled.withFeatures(ofPixels), loss, seconds));
        });
    }

    private static List<Tensor> pixelKernels(OrderParameters results) {
        return results.layers(Observables.PIXEL_KERNELS.name());
    }

    private static List<Report.Verdict> verdicts(AlignmentTable pooled, AlignmentTable single) {
        List<Report.Verdict> verdicts = new ArrayList<>(AlignmentSummary.verdicts(pooled, WIDE, AlignmentSummary.BAR));
        verdicts.add(power(single));
        return verdicts;
    }

    /**
     * Whether {@code tan^2} of the angle between single pixels' kernels falls like 1/N. A slope needs three widths, its
     * 95% interval (Student's, from the powers that each seed has alone) two seeds.
     */
    static Report.Verdict power(AlignmentTable single) {
        int[] widths = single.widths();
        int seeds = single.alignments(Kernel.PHI, 1, widths[0]).length;
        if (widths.length < PowerLaw.FEWEST || seeds < 2) {
            return new Report.Verdict(
                    Report.Outcome.UNRESOLVED,
                    "How single pixels' kernels approach the theory is not judged: a power of N needs three widths and its"
                            + " interval two seeds.");
        }
        double[] x = Arrays.stream(widths).asDoubleStream().toArray();
        double[] powers = IntStream.range(0, seeds)
                .mapToDouble(seed -> PowerLaw.fit(
                                x,
                                Arrays.stream(widths)
                                        .mapToDouble(width -> distance(single, width, seed))
                                        .toArray())
                        .exponent())
                .toArray();
        SeedStatistics overSeeds = SeedStatistics.of(powers);
        double power = overSeeds.mean();
        double half = new TDistribution(seeds - 1).inverseCumulativeProbability(0.975) * overSeeds.standardError();
        double off = Math.abs(power + 1);
        Report.Outcome outcome = off <= POWER_BAR && half <= POWER_BAR
                ? Report.Outcome.PASS
                : off - half > POWER_BAR ? Report.Outcome.FAIL : Report.Outcome.UNRESOLVED;
        return Report.Verdict.of(
                outcome,
                "The squared distance of single pixels' kernels from the theory falls like N^%.2f (95%% interval from %d"
                        + " seeds: %.2f to %.2f); expected is 1/N, to %s.",
                power,
                seeds,
                power - half,
                power + half,
                POWER_BAR);
    }

    private static double distance(AlignmentTable single, int width, int seed) {
        return IntStream.rangeClosed(1, single.depth())
                .mapToDouble(layer -> single.alignments(Kernel.PHI, layer, width)[seed])
                .map(a -> 1 / (a * a) - 1)
                .sum();
    }

    private static Report.Table tableOfPixels(AlignmentTable single) {
        Report.Table table = AlignmentSummary.table(single);
        int kept = 1 + single.depth();
        return new Report.Table(
                "Alignment of single pixels' feature kernels at the last step, mean and standard deviation over seeds.",
                table.header().subList(0, kept),
                table.rows().stream().map(row -> row.subList(0, kept)).toList());
    }

    private static String caption(Experiment experiment, Problem problem) {
        return String.format(
                Locale.ROOT,
                "L = %d ReLU, %d x %d filters, gamma0 = %s, eta = %s, %d steps, P = %d, %s. (a) Loss of networks of N channels, mean"
                        + " of %d seeds with a band of one standard error, and of the theory. (b) Alignment of the kernels of pooled features with the"
                        + " theory, mean and standard deviation over seeds. (c) The same of gradients summed over pixels. (d) The same"
                        + " of the features of all pairs of pixels at the last step.",
                problem.network().depth(),
                problem.network().architecture().kernel(),
                problem.network().architecture().kernel(),
                problem.training().gamma0(),
                problem.training().eta(),
                problem.training().steps(),
                problem.trainingPoints(),
                FigureImages.description(experiment.data(), problem.dataset()),
                experiment.sweep().seeds());
    }
}
