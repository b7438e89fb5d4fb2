package org.widthbench.consistency;

import java.util.Arrays;

/** Standard errors from leaving out one seed after the other. */
final class Jackknife {
    private Jackknife() {}

    /** {@code sqrt((E-1)/E sum_s (x_s - xbar)^2)} of a number without each of E seeds. */
    static double error(double[] without) {
        double mean = Arrays.stream(without).average().orElse(0);
        double sum = Arrays.stream(without).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(sum * (without.length - 1) / without.length);
    }
}
