package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;

/** The picture of a sweep: loss at every width beside the theory's, and both alignments against width. */
public final class SweepFigure {
    private static final String NAME = "sweep";
    private static final double HEIGHT = 170;

    private SweepFigure() {}

    /**
     * What the page about a sweep says; its figure is yet to be written.
     *
     * @param summary entries of the page's numbers
     */
    public static Report report(OrderParameters theory, AlignmentTable table, Map<String, Object> summary) {
        FigurePage page = new FigurePage()
                .row(HEIGHT)
                .panel("loss", loss(theory, table))
                .panel("features", alignment(table, Kernel.PHI, ""))
                .panel("gradients", alignment(table, Kernel.G, ""));
        String caption = String.format(
                Locale.ROOT,
                "(a) Loss of networks of each width, mean over seeds with a band of one standard error, and of the theory. (b, c)"
                        + " Alignment of feature and gradient kernels with the theory, mean and standard deviation over seeds;"
                        + " widths %s.",
                Arrays.toString(table.widths()));
        return new Report(
                "Networks beside their infinite-width theory",
                AlignmentSummary.verdicts(table, AlignmentSummary.WIDE, AlignmentSummary.BAR),
                List.of(page.picture(NAME, caption)),
                List.of(AlignmentSummary.table(table)),
                summary);
    }

    /** Loss of every width, mean over seeds, and the theory's. */
    static XyPanel.Builder loss(OrderParameters theory, AlignmentTable table) {
        double[] times = Kernels.times(theory.loss().length);
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss"));
        int[] widths = table.widths();
        for (int i = 0; i < widths.length; i++) {
            panel.mean("$N=" + widths[i] + "$", Ink.ordered(i, widths.length), times, table.losses(widths[i]));
        }
        return panel.curve("DMFT", Ink.neutral(), LineStyle.DASHED, times, theory.loss());
    }

    /** Alignment of one kernel against width, a colour per layer. */
    static XyPanel.Builder alignment(AlignmentTable table, Kernel kernel, String title) {
        double[] widths = Arrays.stream(table.widths()).asDoubleStream().toArray();
        XyPanel.Builder panel =
                XyPanel.over(Axis.log("Width $N$"), axis("", kernel)).title(title);
        for (int l = 1; l <= table.depth(); l++) {
            int layer = l;
            List<double[]> seeds = Arrays.stream(table.widths())
                    .mapToObj(width -> table.alignments(kernel, layer, width))
                    .toList();
            panel.spread("$\\ell=" + layer + "$", Ink.category(layer - 1), widths, seeds);
        }
        return panel;
    }

    /** Of alignments of a kernel, with an operator before them. */
    static Axis axis(String operator, Kernel kernel) {
        String symbol = symbol(kernel) + "^\\ell_{\\mathrm{";
        return Axis.nines("$" + operator + " A(" + symbol + "DMFT}},\\," + symbol + "NN}})$");
    }

    /** A kernel in the markup of figures. */
    static String symbol(Kernel kernel) {
        return kernel == Kernel.PHI ? "\\Phi" : "G";
    }
}
