package org.widthbench.core.activation;

/** {@code phi(h) = max(h, 0)}, with {@code phi'(0) = 0}. */
public record Relu() implements Activation {
    @Override
    public String name() {
        return "relu";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        for (int i = 0; i < n; i++) {
            double x = h[i];
            if (derivative != null) {
                derivative[i] = x > 0 ? 1 : 0;
            }
            if (phi != null) {
                // NaN must pass through, or a diverged run would look finite.
                phi[i] = x <= 0 ? 0 : x;
            }
        }
    }
}
