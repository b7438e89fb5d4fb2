package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentCheck;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;

/** What a page says about alignments. */
public final class AlignmentSummary {
    /** From this width on, alignment with the theory is expected to reach {@link #BAR}. */
    public static final int WIDE = 500;

    /** Smallest alignment that a wide network should have. */
    public static final double BAR = 0.98;

    private AlignmentSummary() {}

    /** Whether every network from some width on reaches the bar; nothing if there is none that wide. */
    public static List<Report.Verdict> verdicts(AlignmentTable table, int wide, double bar) {
        return AlignmentCheck.of("", table, bar).cases().stream()
                .filter(c -> c.width() >= wide)
                .min(Comparator.comparingDouble(AlignmentCheck.Case::smallest))
                .map(worst -> Report.Verdict.of(
                        Report.Outcome.of(worst.smallest() >= bar),
                        "Networks with N >= %d align with the theory to at least %.4f (%s, layer %d, N = %d); the bar is %s.",
                        wide,
                        worst.smallest(),
                        worst.kernel().word(),
                        worst.layer(),
                        worst.width(),
                        bar))
                .map(List::of)
                .orElse(List.of());
    }

    /** Mean and spread of every alignment, a row per width. */
    public static Report.Table table(AlignmentTable table) {
        List<String> header = new ArrayList<>(List.of("N"));
        List<List<String>> rows = new ArrayList<>();
        for (int width : table.widths()) {
            rows.add(new ArrayList<>(List.of(String.valueOf(width))));
        }
        for (Kernel kernel : Kernel.values()) {
            for (int layer = 1; layer <= table.depth(); layer++) {
                header.add("A(" + kernel.word() + ", layer " + layer + ")");
                for (int i = 0; i < rows.size(); i++) {
                    rows.get(i).add(cell(table.statistics(kernel, layer, table.widths()[i])));
                }
            }
        }
        header.add("loss distance");
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).add(String.format(Locale.ROOT, "%.4f", table.lossDistance(table.widths()[i])));
        }
        return new Report.Table(
                "Alignment of networks and theory, mean and standard deviation over seeds; largest difference of the loss"
                        + " curves, mean over seeds.",
                header,
                List.copyOf(rows));
    }

    /** One seed has no spread. */
    private static String cell(SeedStatistics seeds) {
        String mean = String.format(Locale.ROOT, "%.4f", seeds.mean());
        return seeds.deviation() > 0 ? mean + String.format(Locale.ROOT, " \u00b1 %.4f", seeds.deviation()) : mean;
    }
}
