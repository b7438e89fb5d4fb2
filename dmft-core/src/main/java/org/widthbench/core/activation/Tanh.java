package org.widthbench.core.activation;

/**
 * {@code phi(h) = tanh(beta h) / beta}, {@code phi'(h) = 1 - tanh(beta h)^2}.
 *
 * @param beta slope, {@code > 0}
 */
public record Tanh(double beta) implements Activation {
    /** Below this argument {@code 1 - exp} cancels and the library tanh takes over. */
    private static final double SMALL = 0.1;

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

    /** tanh through one intrinsic exponential, a few ulp from {@link Math#tanh} and several times faster. */
    private static double tanh(double x) {
        double magnitude = Math.abs(x);
        if (magnitude < SMALL) {
            return smallTanh(x);
        }
        double e = Math.exp(-2 * magnitude);
        return Math.copySign((1 - e) / (1 + e), x);
    }

    /** Taylor series of tanh to the thirteenth power, relative error below 1e-16 for |x| < 0.1. */
    private static double smallTanh(double x) {
        double s = x * x;
        double p = -929569.0 / 638512875.0;
        p = p * s + 21844.0 / 6081075.0;
        p = p * s - 1382.0 / 155925.0;
        p = p * s + 62.0 / 2835.0;
        p = p * s - 17.0 / 315.0;
        p = p * s + 2.0 / 15.0;
        p = p * s - 1.0 / 3.0;
        return x + x * s * p;
    }
}
