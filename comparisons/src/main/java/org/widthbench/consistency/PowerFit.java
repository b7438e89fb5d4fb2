package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.univariate.BrentOptimizer;
import org.apache.commons.math3.optim.univariate.SearchInterval;
import org.apache.commons.math3.optim.univariate.UnivariateObjectiveFunction;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.comparison.SeedStatistics;

/**
 * {@code value = factor N^-exponent} by least squares of the logarithms, or for what is measured from the widest network of width M
 * rather than from the limit {@code value = factor (N^-q - M^-q)^k} with {@code exponent = k q}: the widest has a distance from the
 * limit itself.
 *
 * @param exponent positive where the value falls with the width
 * @param low lower end of the 95% confidence interval
 * @param high upper end of it
 * @param factor see above
 * @param from where distances are measured from
 * @param widths how many points went in
 */
record PowerFit(double exponent, double low, double high, double factor, From from, int widths) {
    private static final double SIGNIFICANCE = 0.05;

    /** Values below so many standard errors are noise: their logarithm has no meaning. */
    private static final double RESOLVED = 2;

    /** Exponents q that are searched for distances from the widest network. */
    private static final double SMALLEST = 0.02;

    private static final double LARGEST = 6;
    private static final double PRECISION = 1e-10;
    private static final int EVALUATIONS = 500;

    /**
     * What a distance is measured from.
     *
     * @param width M, infinite for the limit
     * @param power k, 2 for squared distances; 1 where M is infinite
     */
    record From(double width, int power) {
        /** The limit of infinite width. */
        static final From INFINITY = new From(Double.POSITIVE_INFINITY, 1);

        double shape(double width, double exponent) {
            double q = exponent / power;
            double rest = Double.isInfinite(this.width) ? 0 : Math.pow(this.width, -q);
            return Math.pow(Math.pow(width, -q) - rest, power);
        }
    }

    /**
     * Fits the widths at which the value is positive; the interval is Student's, from the scatter of the widths.
     *
     * @return empty if fewer than three are
     */
    static Optional<PowerFit> of(double[] widths, double[] values) {
        int[] used = IntStream.range(0, widths.length)
                .filter(i -> values[i] > 0 && Double.isFinite(values[i]))
                .toArray();
        if (used.length < PowerLaw.FEWEST) {
            return Optional.empty();
        }
        PowerLaw law = PowerLaw.fit(pick(widths, used), pick(values, used));
        double half = student(used.length - 2) * law.standardError();
        return Optional.of(new PowerFit(
                -law.exponent(),
                -law.exponent() - half,
                -law.exponent() + half,
                law.factor(),
                From.INFINITY,
                used.length));
    }

    /** Half width of the 95% interval in standard errors. */
    private static double student(int freedom) {
        return new TDistribution(freedom).inverseCumulativeProbability(1 - SIGNIFICANCE / 2);
    }

    /**
     * Fits the widths at which the value is above two standard errors, weighted by these. The interval is Student's, from the
     * jackknife over seeds, widened where widths scatter more about the power than their errors say.
     *
     * @param errors one standard error of each value
     * @param without the values without each of the E seeds
     * @return empty if fewer than three widths are resolved
     */
    static Optional<PowerFit> of(double[] widths, double[] values, double[] errors, List<double[]> without, From from) {
        int[] used = IntStream.range(0, widths.length)
                .filter(i -> widths[i] < from.width && values[i] > RESOLVED * errors[i])
                .filter(i -> without.stream().allMatch(other -> other[i] > 0))
                .toArray();
        if (used.length < PowerLaw.FEWEST) {
            return Optional.empty();
        }
        double[] n = pick(widths, used);
        double[] weights = Arrays.stream(used)
                .mapToDouble(i -> square(values[i] / Math.max(errors[i], Math.ulp(values[i]))))
                .toArray();
        double[] logarithms = logarithms(values, used);
        double exponent = exponent(n, logarithms, weights, from);
        double[] replicates = without.stream()
                .mapToDouble(other -> exponent(n, logarithms(other, used), weights, from))
                .toArray();
        double excess = misfit(n, logarithms, weights, from, exponent) / (used.length - 2);
        double half = student(replicates.length - 1)
                * SeedStatistics.of(replicates).jackknifeError()
                * Math.sqrt(Math.max(1, excess));
        double factor = Math.exp(offset(n, logarithms, weights, from, exponent));
        return Optional.of(new PowerFit(exponent, exponent - half, exponent + half, factor, from, used.length));
    }

    private static double exponent(double[] n, double[] logarithms, double[] weights, From from) {
        if (Double.isInfinite(from.width)) {
            return -WeightedLine.fit(Arrays.stream(n).map(Math::log).toArray(), logarithms, weights)
                    .slope();
        }
        DoubleUnaryOperator misfit = p -> misfit(n, logarithms, weights, from, p);
        return new BrentOptimizer(PRECISION, PRECISION)
                .optimize(
                        new MaxEval(EVALUATIONS),
                        GoalType.MINIMIZE,
                        new UnivariateObjectiveFunction(misfit::applyAsDouble),
                        new SearchInterval(SMALLEST * from.power, LARGEST * from.power, from.power))
                .getPoint();
    }

    /** Logarithm of the factor that fits best at an exponent. */
    private static double offset(double[] n, double[] logarithms, double[] weights, From from, double exponent) {
        return WeightedLine.mean(weights, i -> logarithms[i] - Math.log(from.shape(n[i], exponent)));
    }

    /** Weighted sum of squared distances of the logarithms from the power. */
    private static double misfit(double[] n, double[] logarithms, double[] weights, From from, double exponent) {
        double offset = offset(n, logarithms, weights, from, exponent);
        return Arrays.stream(weights).sum()
                * WeightedLine.mean(
                        weights, i -> square(logarithms[i] - offset - Math.log(from.shape(n[i], exponent))));
    }

    private static double[] logarithms(double[] values, int[] used) {
        return Arrays.stream(used).mapToDouble(i -> Math.log(values[i])).toArray();
    }

    /** Some of the values. */
    static double[] pick(double[] values, int[] used) {
        return Arrays.stream(used).mapToDouble(i -> values[i]).toArray();
    }

    private static double square(double x) {
        return x * x;
    }

    double at(double width) {
        return factor * from.shape(width, exponent);
    }

    String text() {
        return String.format(Locale.ROOT, "%.2f", exponent);
    }

    String interval() {
        return String.format(Locale.ROOT, "%.2f to %.2f", low, high);
    }

    /** Whether an exponent lies in the interval. */
    boolean holds(double other) {
        return low <= other && other <= high;
    }

    /**
     * Whether an exponent p is that of the fit: no where it lies outside the interval, yes where it lies inside and the interval
     * tells it from no fall at all, 0, and from the next order, 2p; unresolved where the interval holds one of these too.
     */
    Agreement agreement(double expected) {
        if (!holds(expected)) {
            return Agreement.NO;
        }
        return holds(0) || holds(2 * expected) ? Agreement.UNRESOLVED : Agreement.YES;
    }

    /** See {@link #agreement}. */
    enum Agreement {
        /** The expected exponent, and no other that is like it. */
        YES,
        /** Another exponent. */
        NO,
        /** It may be. */
        UNRESOLVED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
