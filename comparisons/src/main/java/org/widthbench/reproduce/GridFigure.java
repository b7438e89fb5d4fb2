package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.experiment.GridPoint;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;

/** The picture of a grid: how well networks of each width follow their theory at every point of it. */
public final class GridFigure {
    private static final String NAME = "grid";
    private static final double HEIGHT = 190;

    /** More curves than this cannot be told apart; the first and last so many are drawn. */
    private static final int MOST_CURVES = 12;

    private final List<Entry> points = new ArrayList<>();

    private record Entry(GridPoint point, AlignmentTable table, double finalLoss, String folder) {
        /** Without the sections: the key says enough. */
        String label() {
            return point.description().replaceAll("(data|network|training|theory)\\.", "");
        }

        /** Alignment of every seed in the layer in which its mean over seeds is smallest. */
        double[] worst(Kernel kernel, int width) {
            return IntStream.rangeClosed(1, table.depth())
                    .mapToObj(layer -> table.alignments(kernel, layer, width))
                    .min(Comparator.comparingDouble(StatUtils::mean))
                    .orElseThrow();
        }
    }

    /** Adds a point; {@code folder} holds its own page. */
    public void add(GridPoint point, AlignmentTable table, double finalLoss, String folder) {
        points.add(new Entry(point, table, finalLoss, folder));
    }

    /**
     * What the page about a grid says; its figure is yet to be written.
     *
     * @param summary entries of the page's numbers
     */
    public Report report(Map<String, Object> summary) {
        FigurePage page = new FigurePage()
                .row(HEIGHT)
                .panel("features", panel(Kernel.PHI))
                .panel("gradients", panel(Kernel.G));
        String caption =
                "Alignment of networks with the theory against width, the worst layer of feature kernels (a) and"
                        + " gradient kernels (b), mean and standard deviation over seeds, at the points of the grid.";
        return new Report(
                "Networks beside their infinite-width theory, " + points.size() + " problems",
                verdicts(),
                List.of(page.picture(NAME, caption)),
                List.of(table()),
                summary);
    }

    private XyPanel.Builder panel(Kernel kernel) {
        XyPanel.Builder panel = XyPanel.over(Axis.log("Width $N$"), SweepFigure.axis("\\min_\\ell", kernel));
        int curves = Math.min(points.size(), MOST_CURVES);
        for (int i = 0; i < curves; i++) {
            int p = curves == 1 ? 0 : (int) Math.round((double) i * (points.size() - 1) / (curves - 1));
            Entry entry = points.get(p);
            int[] widths = entry.table.widths();
            panel.spread(
                    entry.label().replace("gamma0=", "$\\gamma_0=$"),
                    Ink.ordered(i, curves),
                    Arrays.stream(widths).asDoubleStream().toArray(),
                    Arrays.stream(widths)
                            .mapToObj(width -> entry.worst(kernel, width))
                            .toList());
        }
        return panel;
    }

    private List<Report.Verdict> verdicts() {
        Map<String, Report.Verdict> bad = new LinkedHashMap<>();
        Report.Verdict good = null;
        for (Entry entry : points) {
            for (Report.Verdict verdict :
                    AlignmentSummary.verdicts(entry.table, AlignmentSummary.WIDE, AlignmentSummary.BAR)) {
                if (verdict.good()) {
                    good = verdict;
                } else {
                    String text = entry.label() + ": " + verdict.text();
                    bad.put(text, new Report.Verdict(false, text));
                }
            }
        }
        if (!bad.isEmpty()) {
            return List.copyOf(bad.values());
        }
        return good == null
                ? List.of()
                : List.of(new Report.Verdict(
                        true,
                        "At every point of the grid, networks with N >= " + AlignmentSummary.WIDE
                                + " align with the theory to at least " + AlignmentSummary.BAR + "."));
    }

    private Report.Table table() {
        List<String> header = new ArrayList<>(points.get(0).point.values().keySet());
        header.addAll(List.of("widest N", "A(Phi)", "A(G)", "final loss (theory)", "folder"));
        return Report.Table.of(
                "The widest networks at every point of the grid: alignment of the worst layer, mean over seeds.",
                header,
                points,
                GridFigure::row);
    }

    private static List<String> row(Entry entry) {
        List<String> row = new ArrayList<>();
        entry.point.values().values().forEach(value -> row.add(String.valueOf(value)));
        int[] widths = entry.table.widths();
        int widest = widths[widths.length - 1];
        row.add(String.valueOf(widest));
        for (Kernel kernel : Kernel.values()) {
            row.add(String.format(Locale.ROOT, "%.4f", StatUtils.mean(entry.worst(kernel, widest))));
        }
        row.add(String.format(Locale.ROOT, "%.6g", entry.finalLoss));
        row.add(entry.folder);
        return row;
    }
}
