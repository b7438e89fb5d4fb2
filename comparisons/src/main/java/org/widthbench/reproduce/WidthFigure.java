package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.widthbench.core.Training;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.figure.Axis;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.TaskResult;
import org.widthbench.sweep.TaskStore;

/**
 * BP22 Figure 1: networks of growing width beside the theory. Loss at two gamma0, preactivation densities, and both kernels of
 * every layer with their alignment against width.
 */
final class WidthFigure extends ExperimentFigure {
    /** The second loss curve, closer to the lazy limit. */
    private static final double SMALL_GAMMA0 = 0.2;

    /** Its networks only give a loss curve with an error bar. */
    private static final int SMALL_GAMMA0_SEEDS = 4;

    private static final SweepSpec NETWORKS =
            new SweepSpec(new int[] {2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000}, 10);
    private static final SweepSpec QUICK_NETWORKS = new SweepSpec(new int[] {5, 20, 100, 500}, 3);
    private static final int QUICK_SAMPLES = 1024;

    /** Samples of the theory beside the widest networks; more take too much memory. */
    private static final int MOST_SAMPLES = 65536;

    private static final double FIRST_ROW = 118;
    private static final double KERNEL_ROW = 124;
    private static final double[] COLUMNS = {1.06, 1.06, 0.88};

    /** Networks of one width, small numbers only. */
    private record OneWidth(List<TaskResult> results) {}

    WidthFigure() {
        super(
                "fig1",
                "networks of growing width beside their infinite-width theory (Bordelon & Pehlevan 2022, Figure 1)");
    }

    @Override
    Experiment experiment(FigureOptions options) {
        Experiment standard = Experiment.standard();
        SweepSpec sweep = options.networks(NETWORKS, QUICK_NETWORKS);
        int samples = options.size(standard.theory().samples(), QUICK_SAMPLES);
        return standard.withData(options.data().orElse(standard.data()))
                .withTheory(standard.theory().withSamples(Math.max(samples, samples(sweep.widest()))))
                .withSweep(sweep);
    }

    /** Wider networks than the paper's are nearer to the theory than its own samples' error: it takes four for each neuron. */
    private static int samples(int widest) {
        return widest <= NETWORKS.widest() ? 1 : widest >= MOST_SAMPLES / 4 ? MOST_SAMPLES : 4 * widest;
    }

    @Override
    public boolean isOverWidths() {
        return true;
    }

    @Override
    Report reproduce(Experiment experiment, FigureStudy study) {
        Problem problem = experiment.problem();
        double gamma0 = problem.training().gamma0();
        int widest = experiment.sweep().widest();
        Map<String, Object> held =
                held(study.networks(), problem, experiment.sweep().widths());
        if (held.size() > 1) {
            study.reporter().say("matrices are held: " + held);
        }
        for (int width : experiment.sweep().widths()) {
            study.networks().requireFits(problem, width);
        }
        String name = String.format(
                Locale.ROOT,
                "theory, gamma0 = %s, %d samples",
                gamma0,
                experiment.theory().samples());
        FigureStudy.Theory solved =
                study.theory("main", name, problem, experiment.theory().solver());
        OrderParameters theory = solved.solved();
        ComparedRun small = smallGamma0(experiment, problem, study);

        List<TaskResult> results = new ArrayList<>();
        for (int width : experiment.sweep().widths()) {
            if (width < widest) {
                SweepSpec own = experiment.sweep().of(width);
                results.addAll(study.task(
                                "width-" + width,
                                problem,
                                TaskStore.numbers(OneWidth.class),
                                () -> new OneWidth(Ensemble.results(
                                        problem, theory, own, study.networks(), study.reporter(), network -> {})))
                        .results);
            }
        }
        Ensemble ensemble =
                Ensemble.train("main", problem, theory, experiment.sweep().of(widest), study);
        results.addAll(ensemble.results());
        AlignmentTable table = new AlignmentTable(results);
        String precision = study.networks().formats(problem, experiment.sweep().widths());
        ComparedRun main = new ComparedRun(ComparedRun.label(gamma0), gamma0, problem, solved, ensemble);
        Optional<Misalignment> finite = study.widthTheory()
                ? Optional.of(Misalignment.of(problem, experiment.theory().seed(), study))
                : Optional.empty();

        ResultFiles.writeArchive(
                study.folder().resolve(ResultKind.THEORY.file()),
                theory,
                problem.dataset(),
                theory(experiment, problem));
        table.write(study.folder().resolve("alignment.csv"));
        finite.ifPresent(lines -> lines.csv().write(study.folder().resolve(Misalignment.FILE)));
        Map<String, Object> summary = Ensemble.summary(
                solved.seconds(),
                table.trainSeconds(),
                theory.finalLoss(),
                study.backend().description(),
                precision);
        summary.put("networks", study.networks().description());
        summary.put("weights", held);
        List<Report.Table> tables = new ArrayList<>(List.of(AlignmentSummary.table(table)));
        finite.ifPresent(lines -> tables.add(lines.table(table)));
        List<ComparedRun> runs = Stream.of(small, main)
                .sorted(Comparator.comparingDouble(ComparedRun::value))
                .toList();
        return new Report(
                "Figure 1: networks of growing width beside their infinite-width theory",
                AlignmentSummary.verdicts(table, AlignmentSummary.WIDE, AlignmentSummary.BAR),
                List.of(page(runs, main, table, finite).picture(name(), caption(experiment, finite.isPresent()))),
                tables,
                summary);
    }

    /** Widths under the word for how their matrices are held. */
    private static Map<String, Object> held(Networks networks, Problem problem, int[] widths) {
        Map<String, List<Integer>> held = new LinkedHashMap<>();
        for (int width : widths) {
            held.computeIfAbsent(networks.holding(problem, width).word(), word -> new ArrayList<>())
                    .add(width);
        }
        return new LinkedHashMap<>(held);
    }

    /** Only loss curves are shown of it, so kernels are recorded at the ends alone. */
    private static ComparedRun smallGamma0(Experiment experiment, Problem problem, FigureStudy study) {
        Training training = problem.training();
        int[] ends = Kernels.spread(training.steps(), 2);
        Problem lazy = new Problem(
                problem.dataset(),
                problem.network(),
                training.withGamma0(SMALL_GAMMA0).withRecord(ends));
        int seeds = Math.min(SMALL_GAMMA0_SEEDS, experiment.sweep().seeds());
        Experiment widest =
                experiment.withSweep(new SweepSpec(new int[] {experiment.sweep().widest()}, seeds));
        return ComparedRun.of(ComparedRun.label(SMALL_GAMMA0), SMALL_GAMMA0, lazy, widest, study);
    }

    /**
     * @param losses runs of which the loss is shown
     * @param finite lines beside the alignments
     */
    private static FigurePage page(
            List<ComparedRun> losses, ComparedRun run, AlignmentTable table, Optional<Misalignment> finite) {
        int[] widths = table.widths();
        int widest = widths[widths.length - 1];
        List<RunPanels.Samples> first = RunPanels.samples(run, 0);
        List<RunPanels.Samples> last = RunPanels.samples(run, 1);
        // Both panels share their range, so that the spread during training shows.
        double[] range =
                RunPanels.range(Stream.of(first, last).flatMap(List::stream).toList());
        String network = "$N=" + widest + "$";
        FigurePage page = new FigurePage()
                .row(FIRST_ROW, COLUMNS)
                .panel("loss", RunPanels.loss(losses, Axis.linear("Loss")).title("Training loss, " + network))
                .panel("density-initial", RunPanels.densities("Initial preactivations", "$h^\\ell$", range, first))
                .panel(
                        "density-final",
                        RunPanels.densities("Final preactivations", "$h^\\ell$", range, last)
                                .withoutLegend());
        for (Kernel kernel : Kernel.values()) {
            String name = kernel == Kernel.PHI ? "feature" : "gradient";
            String symbol = SweepFigure.symbol(kernel);
            XyPanel.Builder alignment = SweepFigure.alignment(
                    table, kernel, (kernel == Kernel.PHI ? "Feature" : "Gradient") + " kernel alignment");
            finite.ifPresent(lines -> lines.draw(alignment, kernel, widths));
            page.row(KERNEL_ROW, COLUMNS)
                    .panel(
                            name + "s-final",
                            RunPanels.finalKernels(run, network, kernel::of)
                                    .title("Final " + name + " kernel $" + symbol + "^\\ell_{\\mu\\alpha}$"))
                    .panel(
                            name + "s-traced",
                            RunPanels.tracedKernels(run, network, kernel::of)
                                    .title("Traced " + name + " kernel $" + symbol + "^\\ell(t,s)$"))
                    .panel(name + "s-alignment", alignment);
        }
        return page;
    }

    private static String caption(Experiment experiment, boolean finite) {
        SweepSpec sweep = experiment.sweep();
        return String.format(
                Locale.ROOT,
                "(a) Loss, networks of width %d solid and theory dashed. (b, c) Preactivation densities at the first and last"
                        + " step, network histograms and theory. (d, e, g, h) Feature kernels and gradient kernels at the"
                        + " last step, and summed over points between all pairs of steps. (f, i) Alignment of network and"
                        + " theory against width %s, mean and standard deviation over %d seeds%s.",
                sweep.widest(),
                Arrays.toString(sweep.widths()),
                sweep.seeds(),
                finite ? "; dashed what theory alone says of finite width, to leading order in 1/N" : "");
    }
}
