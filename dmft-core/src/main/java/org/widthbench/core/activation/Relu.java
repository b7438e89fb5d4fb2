package org.widthbench.core.activation;

/** {@code phi(h) = max(h, 0)}, with {@code phi'(0) = 0}. */
public record Relu() implements Activation {
    /** Takes every positive number above {@code 2^-1000} beyond 1, where it is cut. */
    private static final double STEEP = 0x1p1000;

    @Override
    public String name() {
        return "relu";
    }

    @Override
    public boolean isSmooth() {
        return false;
    }

    // Without branches: signs are random, and a mispredicted branch costs ten times the arithmetic. NaN passes through,
    // or a diverged run would look finite.
    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        if (derivative != null) {
            for (int i = 0; i < n; i++) {
                derivative[i] = Math.min(1, Math.max(0, h[i] * STEEP));
            }
        }
        if (phi != null) {
            for (int i = 0; i < n; i++) {
                phi[i] = Math.max(0, h[i]);
            }
        }
    }

    @Override
    public double curvature(double h) {
        return 0;
    }
}
