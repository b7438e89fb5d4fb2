package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Json;

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
     * @param csv of the axes of the point's grid
     */
    public void addTo(Csv csv, GridPoint point) {
        Object[] more = point.values().values().stream().map(Json::compact).toArray();
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

    /**
     * An empty {@code alignment.csv}.
     *
     * @param axes dotted paths of a grid, a column each behind all others
     */
    public static Csv csv(Collection<String> axes) {
        return new Csv(
                Stream.concat(Stream.of(HEADER.split(",")), axes.stream()).toList());
    }

    /** {@code alignment.csv}. */
    Csv csv() {
        Csv csv = csv(List.of());
        addTo(csv, new GridPoint(Map.of(), null));
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
