package org.widthbench.core.activation;

import java.util.Arrays;

/**
 * {@code phi(h) = sqrt(2)/beta log(1 + exp(beta h))}, {@code phi'(h) = sqrt(2) / (1 + exp(-beta h))}. With {@code e = exp(-|x|)},
 * {@code x = beta h} and {@code s = e / (2 + e)},
 *
 * <pre>{@code log(1 + exp x) = max(x, 0) + 2 (s + s^3/3 + s^5/5 + ...),}</pre>
 *
 * a series of positive terms with {@code s <= 1/3}: within 4 ulp, down to 1e-304.
 *
 * @param beta slope, {@code > 0}
 */
public record Softplus(double beta) implements Activation {
    private static final double SCALE = Math.sqrt(2);
    /** {@code 2/(2k+1)}: what follows is below {@code (1/9)^18 / 37}. */
    private static final double[] SERIES = new double[18];

    static {
        Arrays.setAll(SERIES, k -> 2.0 / (2 * k + 1));
    }

    @Override
    public String name() {
        return "softplus";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        double[][] room = Exponential.room();
        double[] e = room[0];
        double[] power = room[1];
        double[] positive = room[2];
        double[] x = room[3];
        for (int from = 0; from < n; from += Exponential.BLOCK) {
            int count = Math.min(Exponential.BLOCK, n - from);
            for (int i = 0; i < count; i++) {
                x[i] = beta * h[from + i];
            }
            for (int i = 0; i < count; i++) {
                e[i] = Math.max(0 - Math.abs(x[i]), Exponential.LEAST);
            }
            Exponential.split(e, power, count);
            for (int i = 0; i < count; i++) {
                e[i] = power[i] + power[i] * Exponential.minusOne(e[i]);
            }
            if (derivative != null) {
                Exponential.signs(x, 0, positive, count);
                for (int i = 0; i < count; i++) {
                    double upper = 0.5 + 0.5 * positive[i];
                    derivative[from + i] = SCALE * (upper + (1 - upper) * e[i]) / (1 + e[i]);
                }
            }
            if (phi != null) {
                logarithm(e, x, power, positive, phi, from, count);
            }
        }
    }

    /** The rest of phi; e and the last two arrays are overwritten. */
    private void logarithm(double[] e, double[] x, double[] square, double[] sum, double[] phi, int from, int count) {
        for (int i = 0; i < count; i++) {
            e[i] = e[i] / (2 + e[i]);
            square[i] = e[i] * e[i];
        }
        Exponential.polynomial(SERIES, square, sum, count);
        double factor = SCALE / beta;
        for (int i = 0; i < count; i++) {
            phi[from + i] = factor * (Math.max(x[i], 0) + e[i] * sum[i]);
        }
    }

    @Override
    public double curvature(double h) {
        double e = Math.exp(-Math.abs(beta * h));
        return SCALE * beta * e / ((1 + e) * (1 + e));
    }
}
