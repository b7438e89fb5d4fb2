package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * A memory sum whose kernel does not change in time, {@code X_mu(t) = sum_{s<t,al} kappa(t,s) K_{mu al} w_al(s) v_al(s)}:
 * that of {@code h^1} ({@code K = K^x}) and that of {@code z^L} ({@code K = 1}). It follows the optimizer's own recursion,
 * so no history is read.
 */
final class StaticMemory implements AutoCloseable {
    private final Backend backend;
    private final double[] kernel;
    private final double momentum;
    private final double decay;
    private final int points;
    private final Matrix sum;
    private final Matrix velocity;
    private final Matrix weights;

    /** @param kernel K, {@code (Q, Q)} */
    StaticMemory(Backend backend, double[] kernel, Training training, int points, int samples) {
        this.backend = backend;
        this.kernel = kernel;
        this.momentum = training.momentum();
        this.decay = training.eta() * training.weightDecay();
        this.points = points;
        this.sum = backend.allocate(1, points, samples);
        boolean plain = momentum == 0 && decay == 0;
        this.velocity = plain ? null : backend.allocate(1, points, samples);
        this.weights = backend.allocate(1, points, points);
    }

    /** The sum for the coming time, {@code (Q, S)}. */
    Matrix sum() {
        return sum;
    }

    /**
     * Takes in the gradient of one step.
     *
     * @param field v of this time, {@code (Q, S)}
     * @param weight {@code w_al}, length Q
     * @param rateFactor {@code rho(t)} of the learning-rate schedule
     */
    void update(Matrix field, double[] weight, double rateFactor) {
        double[] weighted = new double[points * points];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = kernel[i] * weight[i % points];
        }
        backend.upload(weighted, weights);
        if (velocity == null) {
            backend.gemm(rateFactor, weights, false, field, false, 1, sum);
        } else {
            backend.gemm(1, weights, false, field, false, momentum, velocity);
            backend.add(-decay, sum, 1, velocity);
            backend.add(rateFactor, velocity, 1, sum);
        }
    }

    @Override
    public void close() {
        sum.close();
        weights.close();
        if (velocity != null) {
            velocity.close();
        }
    }
}
