package org.widthbench.core.activation;

/** {@code phi(h) = erf(h)}, {@code phi'(h) = 2/sqrt(pi) exp(-h^2)}. */
public record Erf() implements Activation {
    private static final double SLOPE = 2 / Math.sqrt(Math.PI);

    @Override
    public String name() {
        return "erf";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        for (int i = 0; i < n; i++) {
            double x = h[i];
            if (derivative != null) {
                derivative[i] = SLOPE * Math.exp(-x * x);
            }
            if (phi != null) {
                phi[i] = org.apache.commons.numbers.gamma.Erf.value(x);
            }
        }
    }

    @Override
    public double curvature(double h) {
        return -2 * h * SLOPE * Math.exp(-h * h);
    }
}
