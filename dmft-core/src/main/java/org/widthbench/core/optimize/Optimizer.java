package org.widthbench.core.optimize;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** What turns the gradients of a matrix into steps, as a value: what it remembers of a matrix is for the caller to keep. */
public interface Optimizer {

    /** A gradient that is never made before it is added. */
    @FunctionalInterface
    interface Gradient {
        /** {@code target = alpha gradient + beta target}. */
        void into(double alpha, double beta, Matrix target);
    }

    /** The optimizer of a training. */
    static Optimizer of(Training training) {
        return training.optimizer() == Training.Optimizer.ADAM ? Adam.of(training) : LinearOptimizer.of(training);
    }

    /** True if a step needs {@link #gather} even where all of its gradient comes at once. */
    boolean hasVelocity();

    /** How many matrices of its shape are kept of a matrix beside the velocity; zero at the start. */
    int moments();

    /** One step without velocity along {@code factor gradient}, which is already times the learning rate. */
    void step(double rate, double factor, Gradient gradient, Matrix target);

    /**
     * Adds {@code factor gradient} to the velocity.
     *
     * @param first whether it is the first part of the gradient of a step, or the only one
     */
    void gather(boolean first, double factor, Gradient gradient, Matrix velocity);

    /**
     * One step along the velocity, once it has the whole gradient.
     *
     * @param rate {@code rho(t)} of the learning-rate schedule
     * @param factor that the parts of the gradient were gathered with
     * @param number of the step, from 1
     * @param moments as many as {@link #moments}
     */
    void move(
            Backend backend, double rate, double factor, int number, Matrix velocity, Matrix[] moments, Matrix target);
}
