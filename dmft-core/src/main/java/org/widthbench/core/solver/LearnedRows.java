package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The trained part V of weights with few inputs: of the first layer, of a bias, of the read-out. Acts as {@code B(t) V} with
 * known inputs B, learns {@code C field} at each step, and follows the optimizer's own recursion; {@code docs/theory.md} 4.5.
 */
final class LearnedRows implements AutoCloseable {
    private final Backend backend;
    private final Training training;
    private final double decay;
    private final Matrix weights;
    private final Matrix velocity;

    /** @param inputs rows of V, {@code (inputs, S)} */
    LearnedRows(Backend backend, Training training, int inputs, int samples) {
        this.backend = backend;
        this.training = training;
        this.decay = training.eta() * training.weightDecay();
        this.weights = backend.allocate(1, inputs, samples);
        boolean plain = training.momentum() == 0 && decay == 0;
        this.velocity = plain ? null : backend.allocate(1, inputs, samples);
    }

    /**
     * {@code target += B V}.
     *
     * @param basis B, {@code (target rows, inputs)}
     */
    void addTo(double[] basis, Matrix target) {
        try (Matrix b = backend.allocate(1, target.rows(), weights.rows())) {
            backend.upload(basis, b);
            backend.gemm(1, b, false, weights, false, 1, target);
        }
    }

    /**
     * Takes in the gradient {@code C field} of one step.
     *
     * @param coefficients C, {@code (inputs, field rows)}
     */
    void learn(int step, double[] coefficients, Matrix field) {
        double rate = training.rateFactor(step);
        try (Matrix c = backend.allocate(1, weights.rows(), field.rows())) {
            backend.upload(coefficients, c);
            if (velocity == null) {
                backend.gemm(rate, c, false, field, false, 1, weights);
            } else {
                backend.gemm(1, c, false, field, false, training.momentum(), velocity);
                backend.add(-decay, weights, 1, velocity);
                backend.add(rate, velocity, 1, weights);
            }
        }
    }

    @Override
    public void close() {
        weights.close();
        if (velocity != null) {
            velocity.close();
        }
    }
}
