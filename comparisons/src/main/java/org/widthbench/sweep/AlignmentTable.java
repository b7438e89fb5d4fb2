package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Csv;

/** Alignment of every network with the theory, ordered by width and seed. */
public final class AlignmentTable {
    /** The columns of {@code alignment.csv}. */
    public static final String HEADER = "width,seed,kernel,layer,alignment,loss_distance";

    private final List<TaskResult> results;

    /** @param results in any order, at least one */
    public AlignmentTable(List<TaskResult> results) {
        this.results = results.stream()
                .sorted(Comparator.comparingInt(TaskResult::width).thenComparingLong(TaskResult::seed))
                .toList();
    }

    /** The two kernels of every layer. */
    public enum Kernel {
        /** Feature kernel. */
        PHI("Phi"),
        /** Gradient kernel. */
        G("G");

        private final String word;

        Kernel(String word) {
            this.word = word;
        }

        /** Its name in files. */
        public String word() {
            return word;
        }

        /** Those of all layers. */
        public List<Tensor> of(OrderParameters solved) {
            return this == PHI ? solved.featureKernels() : solved.gradientKernels();
        }

        /** Its alignment in layer {@code l}, from 1. */
        public double alignment(TaskResult result, int layer) {
            double[] alignments = this == PHI
                    ? result.comparison().featureAlignment()
                    : result.comparison().gradientAlignment();
            return alignments[layer - 1];
        }

        /** The ratio of its norm in layer {@code l} to the theory's. */
        double normRatio(TaskResult result, int layer) {
            double[] ratios = this == PHI
                    ? result.comparison().featureNormRatio()
                    : result.comparison().gradientNormRatio();
            return ratios[layer - 1];
        }
    }

    /** All results. */
    public List<TaskResult> results() {
        return results;
    }

    /** The widths that occur, ascending. */
    public int[] widths() {
        return results.stream().mapToInt(TaskResult::width).distinct().toArray();
    }

    /** Number L of layers. */
    public int depth() {
        return results.get(0).comparison().depth();
    }

    /** One alignment per seed. */
    public double[] alignments(Kernel kernel, int layer, int width) {
        return results.stream()
                .filter(result -> result.width() == width)
                .mapToDouble(result -> kernel.alignment(result, layer))
                .toArray();
    }

    /** The same over the seeds. */
    public SeedStatistics statistics(Kernel kernel, int layer, int width) {
        return SeedStatistics.of(alignments(kernel, layer, width));
    }

    /** One loss curve {@code (T)} per seed. */
    public List<double[]> losses(int width) {
        return results.stream()
                .filter(result -> result.width() == width)
                .map(TaskResult::loss)
                .toList();
    }

    /** Mean over the seeds of the largest difference between a network's loss curve and the theory's. */
    public double lossDistance(int width) {
        return results.stream()
                .filter(result -> result.width() == width)
                .mapToDouble(result -> result.comparison().lossDistance())
                .average()
                .orElseThrow();
    }

    /** Time of all trainings together. */
    public double trainSeconds() {
        return results.stream().mapToDouble(TaskResult::trainSeconds).sum();
    }

    /**
     * Adds its rows to {@code alignment.csv}, by width, seed, kernel, layer.
     *
     * @param csv with the columns {@link #columns} first
     * @param more cells at the end of every row
     */
    void addTo(Csv csv, Object... more) {
        for (TaskResult result : results) {
            for (Kernel kernel : Kernel.values()) {
                for (int layer = 1; layer <= depth(); layer++) {
                    List<Object> row = new ArrayList<>(List.of(
                            result.width(),
                            result.seed(),
                            kernel.word(),
                            layer,
                            kernel.alignment(result, layer),
                            result.comparison().lossDistance()));
                    row.addAll(List.of(more));
                    csv.row(row.toArray());
                }
            }
        }
    }

    /** The columns of {@code alignment.csv}. */
    static List<String> columns() {
        return List.of(HEADER.split(","));
    }

    /** {@code alignment.csv}. */
    Csv csv() {
        Csv csv = new Csv(columns());
        addTo(csv);
        return csv;
    }

    /** Writes {@code alignment.csv}. */
    public void write(Path file) {
        csv().write(file);
    }

    /** A table for people: the mean over the seeds, a line per width. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%8s", "N"));
        for (Kernel kernel : Kernel.values()) {
            for (int layer = 1; layer <= depth(); layer++) {
                text.append(String.format(Locale.ROOT, "%10s", "A(" + kernel.word() + "_" + layer + ")"));
            }
        }
        text.append('\n');
        for (int i = 0; i < widths().length; i++) {
            text.append(String.format(Locale.ROOT, "%8d", widths()[i]));
            for (Kernel kernel : Kernel.values()) {
                for (int layer = 1; layer <= depth(); layer++) {
                    double mean = statistics(kernel, layer, widths()[i]).mean();
                    text.append(String.format(Locale.ROOT, "%10.5f", mean));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }
}
