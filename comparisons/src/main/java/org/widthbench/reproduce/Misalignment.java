package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Csv;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.AlignmentTable.Kernel;
import org.widthbench.sweep.TaskStore;
import org.widthbench.training.WidthTheory;
import org.widthbench.training.WidthTheory.Estimate;

/**
 * What theory alone says of alignment at finite width, {@code A = 1 - c/N} to leading order ({@code docs/theory.md} 4.7), beside
 * networks.
 *
 * @param theory has c of every kernel
 */
record Misalignment(WidthTheory theory) {
    /** The name of its numbers. */
    static final String FILE = "width-theory.csv";

    /** Where more is lost than this, the leading order says nothing. */
    private static final double LARGEST = 0.5;

    /** Slopes are fitted from this width on. */
    private static final int WIDE = 100;

    /** Computes it, unless a killed run has. */
    static Misalignment of(Problem problem, long seed, FigureStudy study) {
        WidthTheory.Settings settings = WidthTheory.Settings.of(problem, WidthTheory.Settings.DRAWS, seed);
        return study.task(
                "width-theory",
                problem,
                TaskStore.numbers(Misalignment.class),
                () -> new Misalignment(study.reporter()
                        .stage(
                                "finite width from theory",
                                progress -> WidthTheory.of(problem, settings, study.backend(), progress))));
    }

    /** {@code N (1 - A)} of every layer. */
    private Estimate of(Kernel kernel) {
        return kernel == Kernel.PHI ? theory.misalignmentFeatures() : theory.misalignmentGradients();
    }

    /** Dashed lines into a panel of alignments against width, where they lose no more than half. */
    void draw(XyPanel.Builder panel, Kernel kernel, int[] widths) {
        double[] lost = of(kernel).value();
        boolean drawn = false;
        for (int l = 0; l < lost.length; l++) {
            double c = lost[l];
            double[] x = Arrays.stream(widths)
                    .asDoubleStream()
                    .filter(width -> c / width <= LARGEST)
                    .toArray();
            if (x.length > 0) {
                double[] y = Arrays.stream(x).map(width -> 1 - c / width).toArray();
                panel.curve(null, Ink.category(l), LineStyle.DASHED, x, y);
                drawn = true;
            }
        }
        if (drawn) {
            panel.entry("theory, $1-c/N$", Ink.neutral(), LineStyle.DASHED);
        }
    }

    /** {@code kernel,layer,misalignment,standard_error}, a row per kernel and layer. */
    Csv csv() {
        Csv csv = new Csv("kernel", "layer", "misalignment", "standard_error");
        for (Kernel kernel : Kernel.values()) {
            Estimate lost = of(kernel);
            for (int l = 0; l < lost.value().length; l++) {
                csv.row(kernel.word(), l + 1, lost.value()[l], lost.error()[l]);
            }
        }
        return csv;
    }

    /** {@code N (1 - A)} of theory and of networks of each width, mean over seeds, and how {@code 1 - A} falls. */
    Report.Table table(AlignmentTable networks) {
        int[] wide =
                Arrays.stream(networks.widths()).filter(width -> width >= WIDE).toArray();
        List<String> header = new ArrayList<>(List.of("kernel", "theory"));
        Arrays.stream(wide).forEach(width -> header.add("N = " + width));
        header.add("slope of 1 - A");
        List<List<String>> rows = new ArrayList<>();
        for (Kernel kernel : Kernel.values()) {
            for (int layer = 1; layer <= networks.depth(); layer++) {
                rows.add(row(kernel, layer, networks, wide));
            }
        }
        return new Report.Table(
                "N (1 - A) for large N, from theory alone and of networks of N >= " + WIDE
                        + ", with standard errors; exponent of N in 1 - A of those networks.",
                header,
                rows);
    }

    private List<String> row(Kernel kernel, int layer, AlignmentTable networks, int[] wide) {
        Estimate lost = of(kernel);
        List<String> row = new ArrayList<>(
                List.of(kernel.word() + ", layer " + layer, text(lost.value()[layer - 1], lost.error()[layer - 1])));
        double[] misaligned = new double[wide.length];
        for (int i = 0; i < wide.length; i++) {
            SeedStatistics seeds = networks.statistics(kernel, layer, wide[i]);
            misaligned[i] = 1 - seeds.mean();
            row.add(
                    networks.alignments(kernel, layer, wide[i]).length > 1
                            ? text(wide[i] * misaligned[i], wide[i] * seeds.standardError())
                            : String.format(Locale.ROOT, "%.3g", wide[i] * misaligned[i]));
        }
        boolean fits =
                wide.length >= PowerLaw.FEWEST && Arrays.stream(misaligned).allMatch(value -> value > 0);
        row.add(
                fits
                        ? PowerLaw.fit(Arrays.stream(wide).asDoubleStream().toArray(), misaligned)
                                .text()
                        : "");
        return row;
    }

    private static String text(double value, double error) {
        return String.format(Locale.ROOT, "%.3g \u00b1 %.1g", value, error);
    }
}
