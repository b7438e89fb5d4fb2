package org.widthbench.comparison;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A number that was measured with several seeds.
 *
 * @param seeds how many
 * @param mean over them
 * @param deviation standard deviation, unbiased in the square; 0 for one seed
 * @param smallest of them
 */
public record SeedStatistics(int seeds, double mean, double deviation, double smallest) {

    /** Of one value per seed, at least one. */
    public static SeedStatistics of(double... values) {
        return new SeedStatistics(
                values.length, StatUtils.mean(values), Math.sqrt(StatUtils.variance(values)), StatUtils.min(values));
    }

    /** Of curves {@code (T)}, one per seed, at every time. */
    public static List<SeedStatistics> along(List<double[]> curves) {
        return IntStream.range(0, curves.get(0).length)
                .mapToObj(t -> of(curves.stream().mapToDouble(curve -> curve[t]).toArray()))
                .toList();
    }

    /** Mean of arrays of one length, entry by entry. */
    public static double[] mean(List<double[]> arrays) {
        double[] mean = new double[arrays.get(0).length];
        for (double[] values : arrays) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += values[i] / arrays.size();
            }
        }
        return mean;
    }

    /** Square of the deviation. */
    public double variance() {
        return deviation * deviation;
    }

    /** Standard error of the mean; NaN for one seed. */
    public double standardError() {
        return seeds < 2 ? Double.NaN : deviation / Math.sqrt(seeds);
    }

    /**
     * Standard error from values each of which leaves one of E seeds out, {@code sqrt((E-1)/E sum_s (x_s - xbar)^2)}; NaN for
     * one seed.
     */
    public double jackknifeError() {
        return (seeds - 1) * standardError();
    }

    /** How many standard errors of their difference two means lie apart. */
    public double apart(SeedStatistics other) {
        return (mean - other.mean) / Math.hypot(standardError(), other.standardError());
    }
}
