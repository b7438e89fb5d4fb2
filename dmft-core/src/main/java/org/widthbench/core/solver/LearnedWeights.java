package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The trained part W of some weights, in whatever basis: zero at first, then the optimizer's own recursion ({@code
 * docs/theory.md} section 3) on what each step adds, {@code V = m V + gradient - eta lambda W; W += rho V}.
 */
final class LearnedWeights implements AutoCloseable {
    private final Backend backend;
    private final Training training;
    private final double decay;
    private final Matrix weights;
    /** Null for plain descent. */
    private final Matrix velocity;

    LearnedWeights(Backend backend, Training training, int rows, int columns) {
        this.backend = backend;
        this.training = training;
        this.decay = training.eta() * training.weightDecay();
        this.weights = backend.allocate(1, rows, columns);
        boolean plain = training.momentum() == 0 && decay == 0;
        this.velocity = plain ? null : backend.allocate(1, rows, columns);
    }

    /** W as it stands. */
    Matrix now() {
        return weights;
    }

    /** Takes in the gradient {@code op(a) b} of one step, the learning rate without its schedule included. */
    void learn(int step, Matrix a, boolean transposeA, Matrix b) {
        double rate = training.rateFactor(step);
        if (velocity == null) {
            backend.gemm(rate, a, transposeA, b, false, 1, weights);
            return;
        }
        backend.gemm(1, a, transposeA, b, false, training.momentum(), velocity);
        if (decay != 0) {
            backend.add(-decay, weights, 1, velocity);
        }
        backend.add(rate, velocity, 1, weights);
    }

    @Override
    public void close() {
        weights.close();
        if (velocity != null) {
            velocity.close();
        }
    }
}
