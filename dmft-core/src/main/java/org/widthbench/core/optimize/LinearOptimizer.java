package org.widthbench.core.optimize;

import org.widthbench.core.InvalidInputException;
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
public record LinearOptimizer(double momentum, double decay) implements Optimizer {

    /**
     * The optimizer of a training.
     *
     * @throws InvalidInputException if it has another one
     */
    public static LinearOptimizer of(Training training) {
        InvalidInputException.require(
                training.optimizer() == Training.Optimizer.SGD,
                "training.optimizer",
                "adam",
                "sgd for a theory and for networks other than multilayer perceptrons of dense weights");
        return new LinearOptimizer(training.momentum(), training.eta() * training.weightDecay());
    }

    @Override
    public boolean hasVelocity() {
        return momentum > 0;
    }

    @Override
    public void step(double rate, double factor, Gradient gradient, Matrix target) {
        gradient.into(rate * factor, 1 - rate * decay, target);
    }

    @Override
    public void gather(boolean first, double factor, Gradient gradient, Matrix velocity) {
        gradient.into(factor, first ? momentum : 1, velocity);
    }

    @Override
    public int moments() {
        return 0;
    }

    @Override
    public void move(
            Backend backend, double rate, double factor, int number, Matrix velocity, Matrix[] moments, Matrix target) {
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
