package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.SolverException;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Erf;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Softplus;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.solver.KinkMixture.Kink;

/**
 * Averages over centred Gaussian pairs, {@code <phi(u_mu) phi(u_al)>} and {@code <phi'(u_mu) phi'(u_al)>} for
 * {@code u ~ GP(0, K)}, {@code docs/theory.md} section 2. Every activation but the linear one is a kink smoothed by Gaussian
 * noise ({@link KinkMixture}): relu a sharp ramp (arc-cosine kernels, Cho and Saul 2009), erf a sign under noise of one size
 * (arc-sine kernel, Williams 1997), tanh a sign and softplus a ramp under noise of logistic mixture ({@link LogisticScales}).
 * Good to 1e-13 of {@code sqrt(<phi(u)^2> <phi(v)^2>)} whatever slope, variances and correlation.
 *
 * @param values {@code (Q,Q)}
 * @param derivatives {@code (Q,Q)}
 */
record ActivationMoments(double[] values, double[] derivatives) {
    private static final LogisticScales LOGISTIC = LogisticScales.of(LogisticScales.STEP);
    private static final double[] CERTAIN = {1};
    /** Products of two larger variances would leave the range of doubles. */
    private static final double LARGEST = 1e150;

    /**
     * @param kernel K, {@code (Q,Q)}, symmetric with a diagonal {@code >= 0}
     * @param q number Q of points
     * @throws SolverException for a kernel that is not finite or larger than 1e150
     */
    static ActivationMoments of(Activation activation, double[] kernel, int q) {
        requireInRange(kernel, q);
        if (activation instanceof Linear) {
            double[] ones = new double[q * q];
            Arrays.fill(ones, 1);
            return new ActivationMoments(kernel.clone(), ones);
        }
        if (activation instanceof Relu) {
            return ramp(new double[] {0}, CERTAIN, 1, kernel, q);
        }
        if (activation instanceof Erf) {
            return sign(new double[] {Math.sqrt(0.5)}, CERTAIN, 1, kernel, q);
        }
        double beta = activation.beta();
        if (activation instanceof Tanh) {
            return sign(scaled(1 / beta), LOGISTIC.weights(), 1 / (beta * beta), kernel, q);
        }
        if (activation instanceof Softplus) {
            return ramp(scaled(2 / beta), LOGISTIC.weights(), 2, kernel, q);
        }
        throw new IllegalArgumentException("no pair averages of " + activation.name());
    }

    private static void requireInRange(double[] kernel, int q) {
        for (int i = 0; i < kernel.length; i++) {
            if (!(Math.abs(kernel[i]) <= LARGEST)) {
                throw new SolverException("a kernel at t = 0 holds " + kernel[i] + " at points " + i / q + ", " + i % q
                        + "; pair averages take entries up to " + LARGEST + ": scale the inputs X down");
            }
        }
    }

    private static double[] scaled(double factor) {
        return Arrays.stream(LOGISTIC.values()).map(k -> factor * k).toArray();
    }

    /** Of {@code phi = sqrt(factor) <sign(h + tau x)>}. */
    private static ActivationMoments sign(double[] scales, double[] weights, double factor, double[] kernel, int q) {
        double[] values = new KinkMixture(Kink.SIGN, scales, weights).average(kernel, q);
        double[] derivatives = new KinkMixture(Kink.DELTA, scales, weights).average(kernel, q);
        return new ActivationMoments(
                Arrays.stream(values).map(value -> factor * value).toArray(),
                Arrays.stream(derivatives).map(value -> 4 * factor * value).toArray());
    }

    /** Of {@code phi = sqrt(factor) <max(h + tau x, 0)>}, whose derivative is {@code sqrt(factor) (1 + <sign>) / 2}. */
    private static ActivationMoments ramp(double[] scales, double[] weights, double factor, double[] kernel, int q) {
        double[] values = new KinkMixture(Kink.RAMP, scales, weights).average(kernel, q);
        double[] derivatives = new KinkMixture(Kink.SIGN, scales, weights).average(kernel, q);
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
            // At the kink itself, where a field without variance rests, phi' is 0.
            boolean resting = scales[0] == 0 && kernel[i / q * (q + 1)] * kernel[i % q * (q + 1)] == 0;
            derivatives[i] = resting ? 0 : factor * (1 + derivatives[i]) / 4;
        }
        return new ActivationMoments(values, derivatives);
    }
}
