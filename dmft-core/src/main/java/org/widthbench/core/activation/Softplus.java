package org.widthbench.core.activation;

/**
 * {@code phi(h) = sqrt(2)/beta log(1 + exp(beta h))}, {@code phi'(h) = sqrt(2) / (1 + exp(-beta h))}.
 *
 * @param beta slope, {@code > 0}
 */
public record Softplus(double beta) implements Activation {
    private static final double SCALE = Math.sqrt(2);

    @Override
    public String name() {
        return "softplus";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        for (int i = 0; i < n; i++) {
            double x = beta * h[i];
            double e = Math.exp(-Math.abs(x));
            if (derivative != null) {
                derivative[i] = SCALE * (x > 0 ? 1 : e) / (1 + e);
            }
            if (phi != null) {
                phi[i] = SCALE / beta * (Math.max(x, 0) + Math.log1p(e));
            }
        }
    }

    @Override
    public double curvature(double h) {
        double e = Math.exp(-Math.abs(beta * h));
        return SCALE * beta * e / ((1 + e) * (1 + e));
    }
}
