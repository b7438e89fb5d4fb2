package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.widthbench.core.io.AtomicFile;

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

        /** Its alignment in layer {@code l}, from 1. */
        public double alignment(TaskResult result, int layer) {
            double[] alignments = this == PHI
                    ? result.comparison().featureAlignment()
                    : result.comparison().gradientAlignment();
            return alignments[layer - 1];
        }
    }

    /**
     * Alignment of one kernel and layer at one width over the seeds.
     *
     * @param width N
     * @param mean over the seeds
     * @param deviation standard deviation over the seeds; 0 for one seed
     * @param smallest of the seeds
     */
    public record Statistic(int width, double mean, double deviation, double smallest) {}

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

    /** One statistic per width, ascending. */
    public List<Statistic> statistics(Kernel kernel, int layer) {
        return Arrays.stream(widths())
                .mapToObj(width -> statistic(width, alignments(kernel, layer, width)))
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

    /** The text of {@code alignment.csv}: every digit of the numbers, rows by width, seed, kernel, layer. */
    public String csv() {
        StringBuilder csv = new StringBuilder(HEADER).append('\n');
        for (TaskResult result : results) {
            for (Kernel kernel : Kernel.values()) {
                for (int layer = 1; layer <= depth(); layer++) {
                    csv.append(result.width()).append(',').append(result.seed()).append(',');
                    csv.append(kernel.word()).append(',').append(layer).append(',');
                    csv.append(kernel.alignment(result, layer)).append(',');
                    csv.append(result.comparison().lossDistance()).append('\n');
                }
            }
        }
        return csv.toString();
    }

    /** Writes {@code alignment.csv}. */
    public void write(Path file) {
        AtomicFile.writeText(file, csv());
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
                    double mean = statistics(kernel, layer).get(i).mean();
                    text.append(String.format(Locale.ROOT, "%10.5f", mean));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static Statistic statistic(int width, double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double square = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = values.length < 2 ? 0 : Math.sqrt(square / (values.length - 1));
        return new Statistic(width, mean, deviation, Arrays.stream(values).min().orElseThrow());
    }
}
