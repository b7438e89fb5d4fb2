package org.widthbench.core.optimize;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Adam (Kingma and Ba 2015, Algorithm 1; {@code docs/theory.md} 1.2) with the scalings of its rates and of epsilon under which networks of every width move alike.
 * With G the mean over points of {@code b Delta g x^T} of a matrix that reads n neurons ({@code b Delta phi} of the read-out), which is of order
 * one in N,
 *
 * <pre>{@code
 * m = beta1 m + (1 - beta1) G,   v = beta2 v + (1 - beta2) G^2
 * W = W + rho gamma0 eta / sqrt(n)  m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon),   read-out: n = 1
 * }</pre>
 *
 * An entry moves by its rate whatever the size of its gradient, and in step with the features that it reads: a preactivation {@code W x /
 * sqrt(n)} moves by n rates over {@code sqrt(n)}, that is {@code gamma0 eta}, and an output {@code w . phi / (gamma0 N)} by {@code eta}. In terms
 * of {@code W / sqrt(n)} the rate is the {@code 1/n} of muP (Yang et al. 2022, Table 3). The gradient of the loss is {@code 1/(gamma0 N sqrt(n))} of G, so
 * epsilon scales alike.
 *
 * @param unit {@code gamma0 eta}: what gradients are given in units of
 */
public record Adam(double unit) implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    /** Adam of a training. */
    public static Adam of(Training training) {
        return new Adam(training.gamma0() * training.eta());
    }

    @Override
    public boolean hasVelocity() {
        return true;
    }

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void step(double rate, double factor, Gradient gradient, Matrix target) {
        throw new UnsupportedOperationException("Adam without moments");
    }

    @Override
    public void gather(boolean first, double factor, Gradient gradient, Matrix velocity) {
        gradient.into(1 / unit, first ? 0 : 1, velocity);
    }

    @Override
    public void move(
            Backend backend, double rate, double factor, int number, Matrix velocity, Matrix[] moments, Matrix target) {
        // m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon), with both corrections taken out of the quotient.
        double root = Math.sqrt(1 - Math.pow(BETA2, number));
        backend.add(1 - BETA1, velocity, BETA1, moments[0]);
        backend.multiply(1 - BETA2, velocity, velocity, BETA2, moments[1]);
        double size = rate * unit * factor * root / (1 - Math.pow(BETA1, number));
        backend.addQuotient(size, moments[0], EPSILON * root, moments[1], target);
    }
}
