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
     * @param features {@code phi^l}
     * @param gradients {@code g^{l+1}}
     */
    AccumulatorMemory(
            Backend backend,
            Training training,
            FieldHistory features,
            FieldHistory gradients,
            int points,
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
        this.driveDiagonal = backend.allocate(1, points, points);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        backend.gemm(1, features.at(step), false, weights, false, 1, h);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        backend.gemm(1, gradients.at(step), false, weights, true, 1, z);
    }

    @Override
    public void learn(int step, double[] drive) {
        int points = drive.length;
        double[] diagonal = new double[points * points];
        for (int al = 0; al < points; al++) {
            diagonal[al * points + al] = drive[al] / weights.rows();
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
