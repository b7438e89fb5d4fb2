package org.widthbench.consistency;

import java.util.Locale;
import java.util.Optional;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/**
 * {@code value = factor N^-exponent} by least squares of the logarithms.
 *
 * @param exponent positive where the value falls with the width
 * @param low lower end of the 95% confidence interval
 * @param high upper end of it
 * @param factor value at N = 1
 * @param widths how many points went in
 */
record PowerFit(double exponent, double low, double high, double factor, int widths) {
    /** Student's t needs a degree of freedom. */
    private static final int FEWEST = 3;

    private static final double SIGNIFICANCE = 0.05;

    /**
     * Fits the widths at which the value is positive.
     *
     * @return empty if fewer than three are
     */
    static Optional<PowerFit> of(double[] widths, double[] values) {
        SimpleRegression line = new SimpleRegression();
        int used = 0;
        for (int i = 0; i < widths.length; i++) {
            if (values[i] > 0 && Double.isFinite(values[i])) {
                line.addData(Math.log(widths[i]), Math.log(values[i]));
                used++;
            }
        }
        if (used < FEWEST) {
            return Optional.empty();
        }
        double half = line.getSlopeConfidenceInterval(SIGNIFICANCE);
        double exponent = -line.getSlope();
        double error = Double.isFinite(half) ? half : 0;
        return Optional.of(
                new PowerFit(exponent, exponent - error, exponent + error, Math.exp(line.getIntercept()), used));
    }

    double at(double width) {
        return factor * Math.pow(width, -exponent);
    }

    String text() {
        return String.format(Locale.ROOT, "%.2f", exponent);
    }

    String interval() {
        return String.format(Locale.ROOT, "%.2f to %.2f", low, high);
    }
}
