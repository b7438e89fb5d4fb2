package org.widthbench.core.activation;

import java.util.Arrays;

/**
 * {@code exp(y) = 2^n (1 + m)}, {@code m = exp(r) - 1}, {@code y = n ln 2 + r}, for many numbers: in short loops of one kind each,
 * which the JVM turns into vector code; only what touches the bits of a number is left to a loop of its own.
 */
final class Exponential {
    /** Numbers at a time: what a block needs stays in the first-level cache. */
    static final int BLOCK = 512;
    /** Below it a power of two would be denormal. */
    static final double LEAST = -700;

    private static final double LOG2_E = 1.4426950408889634;
    /** ln 2 in two parts; the first has enough trailing zeros that n times it is exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 1.9082149292705877e-10;
    private static final int MANTISSA_BITS = 52;
    private static final int BIAS = 1023;
    /** A sum with it is rounded to a whole number n, and has {@code n + BIAS} in its lowest bits. */
    private static final double ROUNDER = 0x1.8p52 + BIAS;

    private static final long SIGN = Long.MIN_VALUE;
    private static final long ONE = (long) BIAS << MANTISSA_BITS;
    private static final int ARRAYS = 6;

    private static final ThreadLocal<double[][]> ROOM = ThreadLocal.withInitial(() -> new double[ARRAYS][BLOCK]);

    private Exponential() {}

    /** Arrays of {@link #BLOCK} numbers for the calling thread. */
    static double[][] room() {
        return ROOM.get();
    }

    /**
     * Splits exponents.
     *
     * @param y in {@link #LEAST}..0; becomes r, of which {@link #minusOne} makes m
     * @param power receives {@code 2^n}
     */
    static void split(double[] y, double[] power, int count) {
        for (int i = 0; i < count; i++) {
            double rounded = y[i] * LOG2_E + ROUNDER;
            double n = rounded - ROUNDER;
            power[i] = rounded;
            y[i] = (y[i] - n * LN2_HIGH) - n * LN2_LOW;
        }
        for (int i = 0; i < count; i++) {
            power[i] = Double.longBitsToDouble(Double.doubleToRawLongBits(power[i]) << MANTISSA_BITS);
        }
    }

    /** 1 or -1 with the signs of {@code h[from..]}, zeros included. */
    static void signs(double[] h, int from, double[] sign, int count) {
        for (int i = 0; i < count; i++) {
            sign[i] = Double.longBitsToDouble((Double.doubleToRawLongBits(h[from + i]) & SIGN) | ONE);
        }
    }

    /** Taylor series of {@code exp(r) - 1} to the thirteenth power, even and odd terms apart; exact for |r| < 0.35. */
    static double minusOne(double r) {
        double s = r * r;
        double odd = 1.0 / 6227020800.0;
        odd = odd * s + 1.0 / 39916800.0;
        odd = odd * s + 1.0 / 362880.0;
        odd = odd * s + 1.0 / 5040.0;
        odd = odd * s + 1.0 / 120.0;
        odd = odd * s + 1.0 / 6.0;
        double even = 1.0 / 479001600.0;
        even = even * s + 1.0 / 3628800.0;
        even = even * s + 1.0 / 40320.0;
        even = even * s + 1.0 / 720.0;
        even = even * s + 1.0 / 24.0;
        even = even * s + 0.5;
        return r + s * (even + r * odd);
    }

    /**
     * {@code sum_k coefficients[k] x^k}, two terms a pass: four take longer.
     *
     * @param coefficients an even number of them
     */
    static void polynomial(double[] coefficients, double[] x, double[] sum, int count) {
        Arrays.fill(sum, 0, count, 0);
        for (int k = coefficients.length - 2; k >= 0; k -= 2) {
            double upper = coefficients[k + 1];
            double lower = coefficients[k];
            for (int i = 0; i < count; i++) {
                sum[i] = (sum[i] * x[i] + upper) * x[i] + lower;
            }
        }
    }
}
