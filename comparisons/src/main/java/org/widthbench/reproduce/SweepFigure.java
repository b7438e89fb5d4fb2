package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.OrderParameters;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.TaskResult;

/** The picture of a sweep: loss at every width beside the theory's, and both alignments against width. */
public final class SweepFigure {
    private static final String NAME = "sweep";
    private static final double HEIGHT = 170;

    /** The axis of alignments has no place for 1 itself; closer than this is rounding. */
    static final double LARGEST_SHOWN = 1 - 1e-9;

    private SweepFigure() {}

    /**
     * What the page about a sweep says; its figure is yet to be written.
     *
     * @param summary entries of the page's numbers
     */
    public static Report report(OrderParameters theory, AlignmentTable table, Map<String, Object> summary) {
        FigurePage page = new FigurePage().row(HEIGHT, panels(theory, table));
        String caption = String.format(
                Locale.ROOT,
                "(a) Loss, mean over seeds, of networks of each width, and of the theory. (b, c) Alignment of feature and"
                        + " gradient kernels with the theory, mean and standard deviation over seeds; widths %s.",
                Arrays.toString(table.widths()));
        return new Report(
                "Networks beside their infinite-width theory",
                AlignmentSummary.verdicts(table, AlignmentSummary.WIDE, AlignmentSummary.BAR),
                List.of(page.picture(NAME, caption)),
                List.of(AlignmentSummary.table(table)),
                summary);
    }

    private static Map<String, Panel> panels(OrderParameters theory, AlignmentTable table) {
        Map<String, Panel> panels = new LinkedHashMap<>();
        panels.put("loss", loss(theory, table));
        panels.put("features", alignment(table, Kernel.PHI, "\\Phi", ""));
        panels.put("gradients", alignment(table, Kernel.G, "G", ""));
        return panels;
    }

    /** Loss of every width, mean over seeds, and the theory's. */
    static Panel loss(OrderParameters theory, AlignmentTable table) {
        double[] times =
                IntStream.range(0, theory.loss().length).asDoubleStream().toArray();
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss"));
        int[] widths = table.widths();
        for (int i = 0; i < widths.length; i++) {
            int width = widths[i];
            List<double[]> losses = table.results().stream()
                    .filter(result -> result.width() == width)
                    .map(TaskResult::loss)
                    .toList();
            double[] mean = WidthPanels.lossCurve(1, losses, theory.loss()).network();
            panel.curve("$N=" + width + "$", Ink.ordered(i, widths.length), LineStyle.SOLID, times, mean);
        }
        return panel.curve("DMFT", Ink.neutral(), LineStyle.DASHED, times, theory.loss())
                .build();
    }

    /** Alignment of one kernel against width, a colour per layer. */
    static Panel alignment(AlignmentTable table, Kernel kernel, String symbol, String title) {
        double[] widths = Arrays.stream(table.widths()).asDoubleStream().toArray();
        XyPanel.Builder panel = XyPanel.over(
                Axis.log("Width $N$"),
                Axis.nines("$A(" + symbol + "^\\ell_{\\mathrm{DMFT}},\\," + symbol + "^\\ell_{\\mathrm{NN}})$"));
        for (int layer = 1; layer <= table.depth(); layer++) {
            double[][] bars = new double[3][widths.length];
            for (int i = 0; i < widths.length; i++) {
                double[] bar = bar(table.alignments(kernel, layer, table.widths()[i]));
                for (int end = 0; end < bars.length; end++) {
                    bars[end][i] = bar[end];
                }
            }
            panel.errorBars("$\\ell=" + layer + "$", Ink.category(layer - 1), widths, bars[1], bars[0], bars[2]);
        }
        return panel.title(title).build();
    }

    /**
     * Ends and middle of an error bar: the mean, and a standard deviation to either side in {@code -log10(1 - A)}, the
     * coordinate of the axis, so that no bar crosses 1.
     */
    private static double[] bar(double[] alignments) {
        double[] shown =
                Arrays.stream(alignments).map(a -> Math.min(LARGEST_SHOWN, a)).toArray();
        double mean = Arrays.stream(shown).average().orElseThrow();
        double[] nines = Arrays.stream(shown).map(a -> -Math.log10(1 - a)).toArray();
        double center = Arrays.stream(nines).average().orElseThrow();
        double square =
                Arrays.stream(nines).map(n -> (n - center) * (n - center)).sum();
        double factor = Math.pow(10, Math.sqrt(square / Math.max(1, nines.length - 1)));
        return new double[] {1 - (1 - mean) * factor, mean, 1 - (1 - mean) / factor};
    }
}
