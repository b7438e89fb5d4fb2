package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentCheck;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.AlignmentTable.Statistic;

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
                .map(worst -> new Report.Verdict(
                        worst.smallest() >= bar,
                        String.format(
                                Locale.ROOT,
                                "Networks with N >= %d align with the theory to at least %.4f (%s, layer %d, N = %d); the bar is %s.",
                                wide,
                                worst.smallest(),
                                worst.kernel().word(),
                                worst.layer(),
                                worst.width(),
                                bar)))
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
                List<Statistic> statistics = table.statistics(kernel, layer);
                for (int i = 0; i < rows.size(); i++) {
                    Statistic s = statistics.get(i);
                    // One seed has no spread.
                    rows.get(i)
                            .add(String.format(Locale.ROOT, "%.4f", s.mean())
                                    + (s.deviation() > 0
                                            ? String.format(Locale.ROOT, " \u00b1 %.4f", s.deviation())
                                            : ""));
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
}
