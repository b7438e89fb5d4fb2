package org.widthbench.comparison;

import java.util.Locale;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * {@code value = factor x^exponent} by least squares of the logarithms.
 *
 * @param exponent slope in double logarithmic coordinates
 * @param standardError of the exponent, from the scatter about the line
 * @param factor value at {@code x = 1}
 */
public record PowerLaw(double exponent, double standardError, double factor) {
    /** Two points leave no scatter to judge the line by. */
    public static final int FEWEST = 3;

    /**
     * Fits.
     *
     * @param x at least three positive numbers, not all equal
     * @param values as many positive numbers
     * @throws IllegalArgumentException if there are fewer, or one is not positive
     */
    public static PowerLaw fit(double[] x, double[] values) {
        if (x.length < FEWEST || x.length != values.length) {
            throw new IllegalArgumentException("a fit needs " + FEWEST + " points, not " + x.length);
        }
        SimpleRegression line = new SimpleRegression();
        for (int i = 0; i < x.length; i++) {
            if (!(x[i] > 0 && values[i] > 0)) {
                throw new IllegalArgumentException("not positive: " + x[i] + ", " + values[i]);
            }
            line.addData(Math.log(x[i]), Math.log(values[i]));
        }
        return new PowerLaw(line.getSlope(), line.getSlopeStdErr(), Math.exp(line.getIntercept()));
    }

    /** The exponent with its error, such as {@code 2.95 +- 0.11}. */
    public String text() {
        return String.format(Locale.ROOT, "%.2f +- %.2f", exponent, standardError);
    }
}
