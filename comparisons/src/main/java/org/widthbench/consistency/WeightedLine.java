package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.widthbench.comparison.SeedStatistics;

/** The straight line {@code y = intercept + slope x} of the least weighted squares. */
record WeightedLine(double slope, double intercept) {

    /** @param weights as many as points, positive */
    static WeightedLine fit(double[] x, double[] y, double[] weights) {
        double meanX = mean(weights, i -> x[i]);
        double meanY = mean(weights, i -> y[i]);
        double covariance = mean(weights, i -> (x[i] - meanX) * (y[i] - meanY));
        double slope = covariance / mean(weights, i -> (x[i] - meanX) * (x[i] - meanX));
        return new WeightedLine(slope, meanY - slope * meanX);
    }

    /** Weighted mean of a number of each point. */
    static double mean(double[] weights, IntToDoubleFunction value) {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * value.applyAsDouble(i);
            total += weights[i];
        }
        return sum / total;
    }

    /**
     * The limit of infinite width of a number that was measured at several widths and seeds: for every seed the line {@code value
     * = limit + slope / N} is fitted with weights N, for values scatter like {@code N^-1/2} or less.
     *
     * @param widths ascending, at least two
     * @param bySeed one array per seed, a value per width
     */
    static SeedStatistics limit(double[] widths, List<double[]> bySeed) {
        double[] inverse = Arrays.stream(widths).map(n -> 1 / n).toArray();
        return SeedStatistics.of(bySeed.stream()
                .mapToDouble(values -> fit(inverse, values, widths).intercept)
                .toArray());
    }
}
