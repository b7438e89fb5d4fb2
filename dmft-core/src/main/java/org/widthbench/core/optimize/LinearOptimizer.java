package org.widthbench.core.optimize;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Gradient descent with momentum and weight decay as one step on a matrix, {@code docs/theory.md} section 3:
 *
 * <pre>{@code v = m v + gradient - eta lambda W,    W = W + rho v}</pre>
 *
 * with v, like the gradient, in units of the learning rate. {@code ImpulseResponse} is the same recursion on unit impulses.
 *
 * @param momentum m
 * @param decay {@code eta lambda}
 */
public record LinearOptimizer(double momentum, double decay) {

    /** The optimizer of a training. */
    public static LinearOptimizer of(Training training) {
        return new LinearOptimizer(training.momentum(), training.eta() * training.weightDecay());
    }

    /** True if a step needs the velocity of the steps before. */
    public boolean hasVelocity() {
        return momentum > 0;
    }

    /** One step without velocity along {@code factor op(left) right}, which is already times the learning rate. */
    public void step(
            Backend backend,
            double rate,
            double factor,
            Matrix left,
            boolean transposeLeft,
            Matrix right,
            Matrix target) {
        backend.gemm(rate * factor, left, transposeLeft, right, false, 1 - rate * decay, target);
    }

    /**
     * Adds {@code factor op(left) right} to the velocity.
     *
     * @param first whether it is the first part of the gradient of a step, or the only one
     */
    public void gather(
            Backend backend,
            boolean first,
            double factor,
            Matrix left,
            boolean transposeLeft,
            Matrix right,
            Matrix velocity) {
        backend.gemm(factor, left, transposeLeft, right, false, first ? momentum : 1, velocity);
    }

    /**
     * One step along the velocity, once it has the whole gradient.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     */
    public void move(Backend backend, double rate, Matrix velocity, Matrix target) {
        if (decay > 0) {
            backend.add(-decay, target, 1, velocity);
        }
        backend.add(rate, velocity, 1, target);
    }

    /** {@code v} of a single weight after a step without gradient. */
    public double coast(double velocity, double weight) {
        return momentum * velocity - decay * weight;
    }
}
