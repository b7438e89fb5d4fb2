package org.widthbench.core.activation;

/**
 * {@code phi(h) = tanh(beta h) / beta}, {@code phi'(h) = 1 - tanh(beta h)^2}. With {@code e = exp(-2|x|) - 1 = 2^n m
 * + (2^n - 1)} ({@link Exponential}),
 *
 * <pre>{@code tanh |x| = -e / (2 + e),}</pre>
 *
 * without branches and without cancellation: within 2.5 ulp. 3 ns a number for phi and phi' where one loop over the same formula
 * takes 9.5 and {@link Math#tanh} 18.
 *
 * @param beta slope, {@code > 0}
 */
public record Tanh(double beta) implements Activation {
    /** Beyond this argument tanh is 1 to the last bit. */
    private static final double SATURATED = 22;

    @Override
    public String name() {
        return "tanh";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        double[][] room = Exponential.room();
        double[] tanh = room[0];
        double[] power = room[1];
        double[] sign = room[2];
        for (int from = 0; from < n; from += Exponential.BLOCK) {
            int count = Math.min(Exponential.BLOCK, n - from);
            absolute(h, from, count, tanh, power);
            Exponential.signs(h, from, sign, count);
            if (phi != null) {
                double inverse = 1 / beta;
                for (int i = 0; i < count; i++) {
                    phi[from + i] = tanh[i] * sign[i] * inverse;
                }
            }
            if (derivative != null) {
                for (int i = 0; i < count; i++) {
                    derivative[from + i] = 1 - tanh[i] * tanh[i];
                }
            }
        }
    }

    /** {@code tanh |beta h|}. */
    private void absolute(double[] h, int from, int count, double[] tanh, double[] power) {
        for (int i = 0; i < count; i++) {
            tanh[i] = -2 * Math.min(Math.abs(beta * h[from + i]), SATURATED);
        }
        Exponential.split(tanh, power, count);
        for (int i = 0; i < count; i++) {
            double e = power[i] * Exponential.minusOne(tanh[i]) + (power[i] - 1);
            tanh[i] = (0 - e) / (2 + e);
        }
    }

    @Override
    public double curvature(double h) {
        double tanh = beta * value(h);
        return -2 * beta * tanh * (1 - tanh * tanh);
    }
}
