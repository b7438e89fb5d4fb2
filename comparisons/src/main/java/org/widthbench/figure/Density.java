package org.widthbench.figure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.core.InvalidInputException;

/** Estimates probability densities from samples. */
public final class Density {
    /** Part of the samples left outside the range on either side, so that outliers do not flatten the rest. */
    private static final double TAIL = 5e-4;
    /** Cells of the fine histogram that the kernel estimate smooths. */
    private static final int CELLS = 512;

    /** Interquartile range of a normal distribution of unit deviation. */
    private static final double NORMAL_QUARTILES = 1.34;

    private Density() {}

    /**
     * A histogram normalized to a density.
     *
     * @param edges {@code (n+1)} ascending
     * @param heights {@code (n)} probability per unit
     */
    public record Histogram(double[] edges, double[] heights) {
        double[] stepAbscissas() {
            return IntStream.range(0, 2 * heights.length)
                    .mapToDouble(i -> edges[(i + 1) / 2])
                    .toArray();
        }

        double[] stepOrdinates() {
            return IntStream.range(0, 2 * heights.length)
                    .mapToDouble(i -> heights[i / 2])
                    .toArray();
        }
    }

    /**
     * The range that holds all but the last thousandth of the samples.
     *
     * @return {@code {low, high}}
     * @throws InvalidInputException if there is no sample or one is not finite
     */
    public static double[] range(double[]... samples) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double[] sample : samples) {
            double[] sorted = sample.clone();
            Arrays.sort(sorted);
            if (sorted.length == 0 || !Double.isFinite(sorted[0]) || !Double.isFinite(sorted[sorted.length - 1])) {
                throw new InvalidInputException(
                        "density: " + (sorted.length == 0 ? "there are no samples" : "a sample is not finite"));
            }
            low = Math.min(low, sorted[(int) (TAIL * sorted.length)]);
            high = Math.max(high, sorted[sorted.length - 1 - (int) (TAIL * sorted.length)]);
        }
        double room = high > low ? 0 : Math.max(1e-6, 0.5 * Math.abs(low));
        return new double[] {low - room, high + room};
    }

    /**
     * Counts samples in equal bins.
     *
     * @param samples what lies outside the range still counts in the normalization
     * @param range {@code {low, high}}
     * @param bins how many
     */
    public static Histogram histogram(double[] samples, double[] range, int bins) {
        double width = (range[1] - range[0]) / bins;
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++) {
            edges[i] = range[0] + i * width;
        }
        double[] heights = new double[bins];
        for (double sample : samples) {
            int bin = (int) Math.floor((sample - range[0]) / width);
            if (bin >= 0 && bin < bins) {
                heights[bin] += 1 / (samples.length * width);
            }
        }
        return new Histogram(edges, heights);
    }

    /**
     * Gaussian kernel estimate with Silverman's bandwidth, on a grid over the range. The bandwidth follows the narrower of
     * standard deviation and interquartile range, so that a peak on broad tails keeps its height.
     *
     * @return {@code {x, density}}
     */
    public static double[][] kernelEstimate(double[] samples, double[] range) {
        double deviation = Math.sqrt(StatUtils.populationVariance(samples));
        double cell = (range[1] - range[0]) / CELLS;
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        double quartiles = sorted[3 * sorted.length / 4] - sorted[sorted.length / 4];
        double spread = quartiles > 0 ? Math.min(deviation, quartiles / NORMAL_QUARTILES) : deviation;
        double bandwidth = Math.max(0.9 * spread * Math.pow(samples.length, -0.2), cell);
        // The histogram reaches beyond the range so that samples just outside spread into it.
        int beyond = (int) Math.ceil(4 * bandwidth / cell);
        Histogram fine = histogram(
                samples, new double[] {range[0] - beyond * cell, range[1] + beyond * cell}, CELLS + 2 * beyond);
        double[] weights = new double[2 * beyond + 1];
        double total = 0;
        for (int i = -beyond; i <= beyond; i++) {
            double z = i * cell / bandwidth;
            weights[i + beyond] = Math.exp(-z * z / 2);
            total += weights[i + beyond];
        }
        double[] x = new double[CELLS];
        double[] density = new double[CELLS];
        for (int i = 0; i < CELLS; i++) {
            x[i] = range[0] + (i + 0.5) * cell;
            for (int j = 0; j < weights.length; j++) {
                density[i] += weights[j] * fine.heights()[i + j] / total;
            }
        }
        return new double[][] {x, density};
    }
}
