package org.widthbench.core.optimize;

import java.util.Arrays;
import org.widthbench.core.Training;

/**
 * What a linear optimizer makes of its gradients, {@code docs/theory.md} section 3:
 *
 * <pre>{@code W(t) = c(t) W(0) + eta sum_{s<t} kappa(t,s) grad(s),}</pre>
 *
 * found by running the recursion of {@link LinearOptimizer} on unit impulses. {@code grad} is the descent direction, {@code rho} the
 * learning-rate schedule (1 unless given). In the theory's memory sums {@code kappa} multiplies
 * {@code a = gamma0 eta / P}.
 */
public final class ImpulseResponse {
    private final double[] decay;

    /** {@code kappa(t,s)} at {@code [s][t-s]}; one shared row when the optimizer does not change with time. */
    private final double[][] kappa;

    private final boolean plain;

    private ImpulseResponse(double[] decay, double[][] kappa, boolean plain) {
        this.decay = decay;
        this.kappa = kappa;
        this.plain = plain;
    }

    /** The response of the optimizer in {@code training}, for times {@code 0..steps}. */
    public static ImpulseResponse of(Training training) {
        double[] rates = new double[training.steps()];
        Arrays.setAll(rates, training::rateFactor);
        double[] decay = response(training, rates, 0, 1, 0);
        if (Arrays.stream(rates).allMatch(rho -> rho == 1)) {
            // Nothing depends on absolute time, so the impulse at time 0 stands for all.
            double[] lagged = response(training, rates, 0, 0, 1);
            boolean plain = training.momentum() == 0 && training.weightDecay() == 0;
            return new ImpulseResponse(decay, new double[][] {lagged}, plain);
        }
        double[][] kappa = new double[training.steps()][];
        for (int s = 0; s < kappa.length; s++) {
            kappa[s] = response(training, rates, s, 0, 1);
        }
        return new ImpulseResponse(decay, kappa, false);
    }

    /**
     * Runs the recursion from time {@code start}.
     *
     * @param weight {@code W(start)}
     * @param impulse {@code grad(start)}; later gradients are zero
     * @return {@code W(start+k)} in units of the impulse times eta, or of the initial weight, for {@code k = 0..T-start}
     */
    private static double[] response(Training training, double[] rho, int start, double weight, double impulse) {
        double[] w = new double[rho.length - start + 1];
        LinearOptimizer optimizer = LinearOptimizer.of(training);
        double velocity = 0;
        w[0] = weight;
        for (int k = 0; k + 1 < w.length; k++) {
            // The velocity counts in units of the impulse, the weight in units of eta times the impulse.
            velocity = optimizer.coast(velocity, w[k]) + (k == 0 ? impulse : 0);
            w[k + 1] = w[k] + rho[start + k] * velocity;
        }
        return w;
    }

    /** {@code c(t)}, what is left of the initial weights at time {@code t} in {@code 0..steps}. */
    public double decay(int t) {
        return decay[t];
    }

    /** {@code kappa(t,s)}, weight at time {@code t} of the gradient taken at time {@code s}; 0 for {@code s >= t}. */
    public double kappa(int t, int s) {
        if (s >= t) {
            return 0;
        }
        return kappa.length == 1 ? kappa[0][t - s] : kappa[s][t - s];
    }

    /** True for gradient descent at a constant rate without momentum and decay: {@code c = 1}, {@code kappa = 1}. */
    public boolean isPlain() {
        return plain;
    }
}
