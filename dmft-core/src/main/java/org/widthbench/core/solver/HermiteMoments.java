package org.widthbench.core.solver;

import org.widthbench.core.activation.Activation;

/**
 * Gaussian pair averages of smooth activations by Mehler's formula: with the Hermite coefficients
 * {@code a_k(sigma) = <phi(sigma x) He_k(x)> / sqrt(k!)}, {@code x ~ N(0,1)},
 *
 * <pre>&lt;phi(u) phi(v)&gt; = sum_k a_k(sigma_u) a_k(sigma_v) rho^k,   rho the correlation of u and v.</pre>
 *
 * One-dimensional integrals per point replace a two-dimensional one per pair. Pairs for which the series is too slow
 * (steep activation, rho near 1) are integrated directly.
 */
final class HermiteMoments {
    /** Half-width of the integration range in standard deviations; the Gaussian is below 1e-17 of its peak outside. */
    private static final double RANGE = 9;
    /** Nodes of the one-dimensional rule; the trapezoidal rule converges exponentially for analytic integrands. */
    private static final int NODES = 1201;
    /** Nodes per axis of the direct two-dimensional rule. */
    private static final int DIRECT_NODES = 301;
    /** Terms of the series. */
    private static final int TERMS = 400;
    /** What a truncated series may miss, relative to the geometric mean of the two variances of phi. */
    private static final double TAIL = 1e-10;

    private final Activation activation;
    private final double[] nodes = new double[NODES];
    private final double[] weights = new double[NODES];
    private final double[] ones = new double[NODES];

    private HermiteMoments(Activation activation) {
        this.activation = activation;
        for (int i = 0; i < NODES; i++) {
            ones[i] = 1;
            nodes[i] = -RANGE + 2 * RANGE * i / (NODES - 1);
            weights[i] = gauss(nodes[i]) * 2 * RANGE / (NODES - 1);
        }
    }

    private static double gauss(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    static ActivationMoments of(Activation activation, double[] kernel, int q) {
        HermiteMoments moments = new HermiteMoments(activation);
        return new ActivationMoments(moments.average(kernel, q, false), moments.average(kernel, q, true));
    }

    private double[] average(double[] kernel, int q, boolean derivative) {
        double[] coefficients = new double[q * TERMS];
        double[] square = new double[q];
        double[] tail = new double[q];
        for (int mu = 0; mu < q; mu++) {
            double sigma = Math.sqrt(Math.max(0, kernel[mu * q + mu]));
            square[mu] = expand(sigma, derivative, coefficients, mu * TERMS);
            double captured = Dense.dot(coefficients, mu * TERMS, coefficients, mu * TERMS, TERMS);
            tail[mu] = Math.max(0, square[mu] - captured);
        }
        double[] result = new double[q * q];
        for (int mu = 0; mu < q; mu++) {
            result[mu * q + mu] = square[mu];
            for (int al = 0; al < mu; al++) {
                double scale = Math.sqrt(kernel[mu * q + mu] * kernel[al * q + al]);
                double rho = scale == 0 ? 0 : Math.max(-1, Math.min(1, kernel[mu * q + al] / scale));
                // Cauchy-Schwarz on the terms left out.
                double missing = Math.sqrt(tail[mu] * tail[al]) * Math.pow(Math.abs(rho), TERMS);
                double value = missing <= TAIL * Math.sqrt(square[mu] * square[al])
                        ? series(coefficients, mu * TERMS, al * TERMS, rho)
                        : direct(Math.sqrt(kernel[mu * q + mu]), Math.sqrt(kernel[al * q + al]), rho, derivative);
                result[mu * q + al] = value;
                result[al * q + mu] = value;
            }
        }
        return result;
    }

    /** Writes {@code a_k(sigma)}, {@code k < TERMS}, and returns {@code <phi(sigma x)^2>}. */
    private double expand(double sigma, boolean derivative, double[] coefficients, int at) {
        double[] phi = evaluate(scaled(nodes, sigma), derivative);
        // weight phi He_k / sqrt(k!) at every node: the recursion runs over whole rows, so that it vectorizes.
        double[] hermite = new double[NODES];
        double[] previous = new double[NODES];
        for (int i = 0; i < NODES; i++) {
            hermite[i] = weights[i] * phi[i];
        }
        double square = Dense.dot(hermite, 0, phi, 0, NODES);
        for (int k = 0; k < TERMS; k++) {
            coefficients[at + k] = Dense.dot(hermite, 0, ones, 0, NODES);
            // He_{k+1} = x He_k - k He_{k-1}, each over sqrt(k!).
            double root = Math.sqrt(k);
            double scale = 1 / Math.sqrt(k + 1);
            for (int i = 0; i < NODES; i++) {
                previous[i] = (nodes[i] * hermite[i] - root * previous[i]) * scale;
            }
            double[] next = previous;
            previous = hermite;
            hermite = next;
        }
        return square;
    }

    private static double series(double[] coefficients, int u, int v, double rho) {
        double sum = 0;
        for (int k = TERMS - 1; k >= 0; k--) {
            sum = sum * rho + coefficients[u + k] * coefficients[v + k];
        }
        return sum;
    }

    /** {@code <phi(sigmaU x) phi(sigmaV (rho x + sqrt(1 - rho^2) y))>} over independent x, y. */
    private double direct(double sigmaU, double sigmaV, double rho, boolean derivative) {
        double step = 2 * RANGE / (DIRECT_NODES - 1);
        double[] axis = new double[DIRECT_NODES];
        for (int i = 0; i < DIRECT_NODES; i++) {
            axis[i] = -RANGE + i * step;
        }
        double[] left = evaluate(scaled(axis, sigmaU), derivative);
        double across = Math.sqrt((1 - rho) * (1 + rho));
        double sum = 0;
        for (int i = 0; i < DIRECT_NODES; i++) {
            double[] v = new double[DIRECT_NODES];
            for (int j = 0; j < DIRECT_NODES; j++) {
                v[j] = sigmaV * (rho * axis[i] + across * axis[j]);
            }
            double[] right = evaluate(v, derivative);
            double inner = 0;
            for (int j = 0; j < DIRECT_NODES; j++) {
                inner += gauss(axis[j]) * right[j];
            }
            sum += gauss(axis[i]) * left[i] * inner;
        }
        return sum * step * step;
    }

    private static double[] scaled(double[] x, double factor) {
        double[] scaled = new double[x.length];
        Dense.axpy(factor, x, 0, scaled, 0, x.length);
        return scaled;
    }

    private double[] evaluate(double[] h, boolean derivative) {
        double[] out = new double[h.length];
        activation.apply(h, derivative ? null : out, derivative ? out : null, h.length);
        return out;
    }
}
