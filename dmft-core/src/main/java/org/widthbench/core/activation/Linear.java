package org.widthbench.core.activation;

import java.util.Arrays;

/** {@code phi(h) = h}. */
public record Linear() implements Activation {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public void apply(double[] h, double[] phi, double[] derivative, int n) {
        if (phi != null && phi != h) {
            System.arraycopy(h, 0, phi, 0, n);
        }
        if (derivative != null) {
            Arrays.fill(derivative, 0, n, 1.0);
        }
    }

    @Override
    public double curvature(double h) {
        return 0;
    }
}
