package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Accumulator form: the trained part of the weights in the sample basis, {@code M += (1/S) phi^l(t) (a b Delta) g^{l+1}(t)^T},
 * which follows the optimizer's own recursion. {@code 6 S^2 Q} flops a step, {@code S^2} memory, no kernel is formed.
 */
final class AccumulatorMemory implements Memory {
    private final Backend backend;
    private final Training training;
    private final double decay;
    private final FieldHistory features;
    private final FieldHistory gradients;
    private final Matrix weights;
    private final Matrix velocity;
    private final Matrix driven;
    private final Matrix driveDiagonal;

    /**
     * @param outputs rows of {@code g} per row of {@code phi}, the number C of network outputs
     * @param features {@code phi^l}
     * @param gradients {@code g^{l+1}}
     */
    AccumulatorMemory(
            Backend backend,
            Training training,
            FieldHistory features,
            FieldHistory gradients,
            int points,
            int outputs,
            int samples) {
        this.backend = backend;
        this.training = training;
        this.decay = training.eta() * training.weightDecay();
        this.features = features;
        this.gradients = gradients;
        this.weights = backend.allocate(1, samples, samples);
        boolean plain = training.momentum() == 0 && decay == 0;
        this.velocity = plain ? null : backend.allocate(1, samples, samples);
        this.driven = backend.allocate(1, points, samples);
        this.driveDiagonal = backend.allocate(1, points, points * outputs);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        addForward(step, h);
    }

    /** {@code h^{l+1} += phi^l M}. */
    void addForward(int step, Matrix h) {
        backend.gemm(1, features.at(step), false, weights, false, 1, h);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        addBackward(step, z);
    }

    /** {@code z^l += g^{l+1} M^T}. */
    void addBackward(int step, Matrix z) {
        backend.gemm(1, gradients.at(step), false, weights, true, 1, z);
    }

    /** {@inheritDoc} With C outputs the drive is {@code (Q, C)} and {@code g} has a row for each of its entries. */
    @Override
    public void learn(int step, double[] drive) {
        int outputs = drive.length / driven.rows();
        double[] diagonal = new double[driven.rows() * drive.length];
        for (int row = 0; row < drive.length; row++) {
            diagonal[row / outputs * drive.length + row] = drive[row] / weights.rows();
        }
        backend.upload(diagonal, driveDiagonal);
        backend.gemm(1, driveDiagonal, false, gradients.at(step), false, 0, driven);
        double rate = training.rateFactor(step);
        if (velocity == null) {
            backend.gemm(rate, features.at(step), true, driven, false, 1, weights);
        } else {
            backend.gemm(1, features.at(step), true, driven, false, training.momentum(), velocity);
            backend.add(-decay, weights, 1, velocity);
            backend.add(rate, velocity, 1, weights);
        }
    }

    @Override
    public void close() {
        weights.close();
        driven.close();
        driveDiagonal.close();
        if (velocity != null) {
            velocity.close();
        }
    }
}
