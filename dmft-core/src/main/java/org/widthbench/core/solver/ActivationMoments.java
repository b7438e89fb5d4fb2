package org.widthbench.core.solver;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Erf;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;

/**
 * Averages over centred Gaussian pairs, {@code <phi(u_mu) phi(u_al)>} and {@code <phi'(u_mu) phi'(u_al)>} for
 * {@code u ~ GP(0, K)}: closed forms for linear, relu (arc-cosine kernels, Cho and Saul 2009) and erf (arc-sine kernel,
 * Williams 1997), {@link HermiteMoments} for the rest.
 *
 * @param values {@code (Q,Q)}
 * @param derivatives {@code (Q,Q)}
 */
record ActivationMoments(double[] values, double[] derivatives) {

    /**
     * @param kernel K, {@code (Q,Q)}, symmetric with a diagonal {@code >= 0}
     * @param q number Q of points
     */
    static ActivationMoments of(Activation activation, double[] kernel, int q) {
        if (activation instanceof Linear) {
            double[] ones = new double[q * q];
            java.util.Arrays.fill(ones, 1);
            return new ActivationMoments(kernel.clone(), ones);
        }
        if (activation instanceof Relu) {
            return pairwise(kernel, q, ActivationMoments::relu);
        }
        if (activation instanceof Erf) {
            return pairwise(kernel, q, ActivationMoments::erf);
        }
        return HermiteMoments.of(activation, kernel, q);
    }

    /** Both averages of one pair. */
    private record Pair(double value, double derivative) {}

    @FunctionalInterface
    private interface ClosedForm {
        Pair of(double varianceU, double varianceV, double covariance);
    }

    private static ActivationMoments pairwise(double[] kernel, int q, ClosedForm form) {
        double[] values = new double[q * q];
        double[] derivatives = new double[q * q];
        for (int mu = 0; mu < q; mu++) {
            for (int al = 0; al < q; al++) {
                Pair pair = form.of(kernel[mu * q + mu], kernel[al * q + al], kernel[mu * q + al]);
                values[mu * q + al] = pair.value;
                derivatives[mu * q + al] = pair.derivative;
            }
        }
        return new ActivationMoments(values, derivatives);
    }

    private static Pair relu(double varianceU, double varianceV, double covariance) {
        double scale = Math.sqrt(varianceU * varianceV);
        if (scale == 0) {
            // u or v is identically zero, where phi = phi' = 0.
            return new Pair(0, 0);
        }
        double cosine = Math.max(-1, Math.min(1, covariance / scale));
        double angle = Math.acos(cosine);
        double sine = Math.sqrt((1 - cosine) * (1 + cosine));
        double open = (Math.PI - angle) / (2 * Math.PI);
        return new Pair(scale * (sine / (2 * Math.PI) + open * cosine), open);
    }

    private static Pair erf(double varianceU, double varianceV, double covariance) {
        double norm = (1 + 2 * varianceU) * (1 + 2 * varianceV);
        double value = 2 / Math.PI * Math.asin(2 * covariance / Math.sqrt(norm));
        return new Pair(value, 4 / Math.PI / Math.sqrt(norm - 4 * covariance * covariance));
    }
}
