package org.widthbench.core.activation;

/**
 * {@code phi(h) = tanh(beta h) / beta}, {@code phi'(h) = 1 - tanh(beta h)^2}.
 *
 * @param beta slope, {@code > 0}
 */
public record Tanh(double beta) implements Activation {
    private static final double LOG2_E = 1.4426950408889634;
    /** ln 2 in two parts; the first has enough trailing zeros that n times it is exact. */
    private static final double LN2_HIGH = 0x1.62e42feep-1;

    private static final double LN2_LOW = 1.9082149292705877e-10;
    /** Beyond this argument tanh is 1 to the last bit. */
    private static final double SATURATED = 22;

    private static final int BIAS = 1023;
    private static final int MANTISSA_BITS = 52;

    @Override
    public String name() {
        return "tanh";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        double inverse = 1 / beta;
        for (int i = 0; i < n; i++) {
            double tanh = tanh(beta * h[i]);
            if (derivative != null) {
                derivative[i] = 1 - tanh * tanh;
            }
            if (phi != null) {
                phi[i] = tanh * inverse;
            }
        }
    }

    @Override
    public double curvature(double h) {
        double tanh = tanh(beta * h);
        return -2 * beta * tanh * (1 - tanh * tanh);
    }

    /**
     * {@code tanh |x| = -e / (2 + e)} with {@code e = exp(-2|x|) - 1 = 2^n (exp(r) - 1) + (2^n - 1)}, without branches and
     * without cancellation: a few ulp from {@link Math#tanh}, several times faster.
     */
    private static double tanh(double x) {
        double y = -2 * Math.min(Math.abs(x), SATURATED);
        double n = Math.rint(y * LOG2_E);
        double r = (y - n * LN2_HIGH) - n * LN2_LOW;
        double power = Double.longBitsToDouble(((long) n + BIAS) << MANTISSA_BITS);
        double e = power * expMinusOne(r) + (power - 1);
        return Math.copySign(-e / (2 + e), x);
    }

    /** Taylor series of {@code exp(r) - 1} to the thirteenth power, even and odd terms apart; exact for |r| < 0.35. */
    private static double expMinusOne(double r) {
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
}
