package org.widthbench.core.optimize;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** What turns the gradients of a matrix into steps, as a value: what it remembers of a matrix is for the caller to keep. */
public interface Optimizer {

    /** The optimizer of a training. */
    static Optimizer of(Training training) {
        return training.optimizer() == Training.Optimizer.ADAM ? Adam.of(training) : LinearOptimizer.of(training);
    }

    /** True if a step needs {@link #gather} even where all of its gradient comes at once. */
    boolean hasVelocity();

    /** How many matrices of its shape are kept of a matrix beside the velocity; zero at the start. */
    int moments();

    /** One step without velocity along {@code factor op(left) right}, which is already times the learning rate. */
    void step(
            Backend backend,
            double rate,
            double factor,
            Matrix left,
            boolean transposeLeft,
            Matrix right,
            Matrix target);

    /**
     * Adds {@code factor op(left) right} to the velocity.
     *
     * @param first whether it is the first part of the gradient of a step, or the only one
     */
    void gather(
            Backend backend,
            boolean first,
            double factor,
            Matrix left,
            boolean transposeLeft,
            Matrix right,
            Matrix velocity);

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
