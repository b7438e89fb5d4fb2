package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * A memory sum whose kernel does not change in time, {@code X_mu(t) = sum_{s<t,al} kappa(t,s) K_{mu al} w_al(s) v_al(s)}:
 * that of a CNN's {@code h^1} ({@code K = K^x}) and {@code z^L} ({@code K} constant). No history is read.
 */
final class StaticMemory implements AutoCloseable {
    private final Backend backend;
    private final double[] kernel;
    private final int points;
    private final LearnedWeights sum;
    private final Matrix weights;

    /** @param kernel K, {@code (Q, Q)} */
    StaticMemory(Backend backend, double[] kernel, Training training, int points, int samples) {
        this.backend = backend;
        this.kernel = kernel;
        this.points = points;
        this.sum = new LearnedWeights(backend, training, points, samples);
        this.weights = backend.allocate(1, points, points);
    }

    /** The sum for the coming time, {@code (Q, S)}. */
    Matrix sum() {
        return sum.now();
    }

    /**
     * Takes in the gradient of one step.
     *
     * @param field v of this time, {@code (Q, S)}
     * @param weight {@code w_al}, length Q
     */
    void update(int step, Matrix field, double[] weight) {
        double[] weighted = new double[points * points];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = kernel[i] * weight[i % points];
        }
        backend.upload(weighted, weights);
        sum.learn(step, weights, false, field);
    }

    @Override
    public void close() {
        sum.close();
        weights.close();
    }
}
