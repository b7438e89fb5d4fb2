package org.widthbench.consistency;

import java.util.List;

/**
 * The limit of infinite width of a number that was measured at several widths and seeds: for every seed the line
 * {@code value = limit + slope / N} is fitted with weights N, for values scatter like {@code N^-1/2} or less; the limit is the mean
 * over seeds, its error their scatter.
 *
 * @param limit at {@code 1/N = 0}
 * @param error one standard error; 0 for a single seed
 */
record Extrapolation(double limit, double error) {

    /**
     * @param widths ascending, at least two
     * @param bySeed one array per seed, a value per width
     */
    static Extrapolation of(double[] widths, List<double[]> bySeed) {
        double sum = 0;
        double square = 0;
        for (double[] values : bySeed) {
            double limit = intercept(widths, values);
            sum += limit;
            square += limit * limit;
        }
        int seeds = bySeed.size();
        double mean = sum / seeds;
        double variance = Math.max(0, square / seeds - mean * mean);
        return new Extrapolation(mean, seeds > 1 ? Math.sqrt(variance / (seeds - 1)) : 0);
    }

    private static double intercept(double[] widths, double[] values) {
        double weight = 0;
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (int i = 0; i < widths.length; i++) {
            double w = widths[i];
            double inverse = 1 / widths[i];
            weight += w;
            x += w * inverse;
            y += w * values[i];
            xx += w * inverse * inverse;
            xy += w * inverse * values[i];
        }
        double slope = (weight * xy - x * y) / (weight * xx - x * x);
        return (y - slope * x) / weight;
    }
}
