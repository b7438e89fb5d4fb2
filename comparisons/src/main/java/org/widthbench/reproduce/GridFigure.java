package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.experiment.GridPoint;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;

/** The picture of a grid: how well networks of each width follow their theory at every point of it. */
public final class GridFigure {
    private static final String NAME = "grid";
    private static final double HEIGHT = 190;

    /** More curves than this cannot be told apart; the first and last so many are drawn. */
    private static final int MOST_CURVES = 12;

    private final List<GridPoint> points = new ArrayList<>();
    private final List<AlignmentTable> tables = new ArrayList<>();
    private final List<Double> finalLosses = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();

    /** Adds a point; {@code folder} holds its own page. */
    public void add(GridPoint point, AlignmentTable table, double finalLoss, String folder) {
        points.add(point);
        tables.add(table);
        finalLosses.add(finalLoss);
        folders.add(folder);
    }

    /**
     * What the page about a grid says; its figure is yet to be written.
     *
     * @param summary entries of the page's numbers
     */
    public Report report(Map<String, Object> summary) {
        Map<String, Panel> panels = new LinkedHashMap<>();
        panels.put("features", panel(Kernel.PHI, "\\Phi"));
        panels.put("gradients", panel(Kernel.G, "G"));
        FigurePage page = new FigurePage().row(HEIGHT, panels);
        String caption =
                "Alignment of networks with the theory against width, the worst layer of feature kernels (a) and"
                        + " gradient kernels (b), mean over seeds, at the points of the grid.";
        return new Report(
                "Networks beside their infinite-width theory, " + points.size() + " problems",
                verdicts(),
                List.of(page.picture(NAME, caption)),
                List.of(table()),
                summary);
    }

    private Panel panel(Kernel kernel, String symbol) {
        XyPanel.Builder panel = XyPanel.over(
                Axis.log("Width $N$"),
                Axis.nines("$\\min_\\ell A(" + symbol + "^\\ell_{\\mathrm{DMFT}},\\," + symbol
                        + "^\\ell_{\\mathrm{NN}})$"));
        int curves = Math.min(points.size(), MOST_CURVES);
        for (int i = 0; i < curves; i++) {
            int p = curves == 1 ? 0 : (int) Math.round((double) i * (points.size() - 1) / (curves - 1));
            AlignmentTable table = tables.get(p);
            double[] widths = Arrays.stream(table.widths()).asDoubleStream().toArray();
            panel.curve(label(points.get(p)), Ink.ordered(i, curves), LineStyle.SOLID, widths, worst(table, kernel));
        }
        return panel.build();
    }

    private static double[] worst(AlignmentTable table, Kernel kernel) {
        double[] worst = new double[table.widths().length];
        Arrays.fill(worst, SweepFigure.LARGEST_SHOWN);
        for (int layer = 1; layer <= table.depth(); layer++) {
            List<AlignmentTable.Statistic> statistics = table.statistics(kernel, layer);
            for (int i = 0; i < worst.length; i++) {
                worst[i] = Math.min(worst[i], statistics.get(i).mean());
            }
        }
        return worst;
    }

    /** Without the sections: the key says enough. */
    private static String label(GridPoint point) {
        return point.description().replaceAll("(data|network|training|theory)\\.", "");
    }

    private List<Report.Verdict> verdicts() {
        Map<String, Report.Verdict> bad = new LinkedHashMap<>();
        Report.Verdict good = null;
        for (int p = 0; p < points.size(); p++) {
            for (Report.Verdict verdict :
                    AlignmentSummary.verdicts(tables.get(p), AlignmentSummary.WIDE, AlignmentSummary.BAR)) {
                if (verdict.good()) {
                    good = verdict;
                } else {
                    String text = label(points.get(p)) + ": " + verdict.text();
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
        List<String> header = new ArrayList<>(points.get(0).values().keySet());
        header.addAll(List.of("widest N", "A(Phi)", "A(G)", "final loss (theory)", "folder"));
        List<List<String>> rows = new ArrayList<>();
        for (int p = 0; p < points.size(); p++) {
            AlignmentTable table = tables.get(p);
            List<String> row = new ArrayList<>();
            points.get(p).values().values().forEach(value -> row.add(String.valueOf(value)));
            int last = table.widths().length - 1;
            row.add(String.valueOf(table.widths()[last]));
            for (Kernel kernel : Kernel.values()) {
                row.add(String.format(Locale.ROOT, "%.4f", worst(table, kernel)[last]));
            }
            row.add(String.format(Locale.ROOT, "%.6g", finalLosses.get(p)));
            row.add(folders.get(p));
            rows.add(row);
        }
        return new Report.Table(
                "The widest networks at every point of the grid: alignment of the worst layer, mean over seeds.",
                header,
                rows);
    }
}
