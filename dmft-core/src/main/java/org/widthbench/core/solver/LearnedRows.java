package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.weights.Learned;

/**
 * The trained part V of weights with few inputs: of the first layer, of a bias, of the read-out. Acts as {@code B(t) V} with
 * known inputs B and learns {@code C field} at each step; {@code docs/theory.md} 4.5.
 */
final class LearnedRows implements AutoCloseable {
    private final Backend backend;
    private final Matrix basis;
    private final Matrix coefficients;
    private final Training training;
    private final Learned weights;

    /**
     * @param inputs rows of V, {@code (inputs, S)}
     * @param reading rows of the field that V acts on
     * @param teaching rows of the field that V learns from
     */
    LearnedRows(Backend backend, Training training, int inputs, int reading, int teaching, int samples) {
        this.backend = backend;
        this.basis = backend.allocate(1, reading, inputs);
        this.coefficients = backend.allocate(1, inputs, teaching);
        this.training = training;
        this.weights = new Learned(backend, LinearOptimizer.of(training), backend.allocate(1, inputs, samples));
    }

    /**
     * From now on the inputs are these.
     *
     * @param inputs B, {@code (rows of the field, inputs)}
     */
    void read(double[] inputs) {
        backend.upload(inputs, basis);
    }

    /** {@code target = B V + keep target}. */
    void addTo(double keep, Matrix target) {
        backend.gemm(1, basis, false, weights.value(), false, keep, target);
    }

    /**
     * Takes in the gradient {@code C field} of one step.
     *
     * @param c C, {@code (inputs, field rows)}
     */
    void learn(int step, double[] c, Matrix field) {
        backend.upload(c, coefficients);
        weights.step(training.rateFactor(step), 1, coefficients, false, field);
    }

    @Override
    public void close() {
        basis.close();
        coefficients.close();
        weights.close();
    }
}
