package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Accumulator form: the trained part of the weights in the sample basis, {@code M += (1/S) phi^l(t) (a b Delta) g^{l+1}(t)^T},
 * which follows the optimizer's own recursion. {@code 6 S^2 Q} flops a step, {@code S^2} memory, no kernel is formed. With C
 * outputs {@code g} has C rows for each row of {@code phi}, and the drive an entry for each of them.
 */
final class AccumulatorMemory implements Memory {
    private final Backend backend;
    private final FieldHistory features;
    private final FieldHistory gradients;
    private final LearnedWeights weights;
    private final Matrix driven;
    private final Matrix driveDiagonal;

    /**
     * @param features {@code phi^l}
     * @param gradients {@code g^{l+1}}
     */
    AccumulatorMemory(Backend backend, Training training, FieldHistory features, FieldHistory gradients) {
        int points = features.at(0).rows();
        int samples = features.at(0).columns();
        this.backend = backend;
        this.features = features;
        this.gradients = gradients;
        this.weights = new LearnedWeights(backend, training, samples, samples);
        this.driven = backend.allocate(1, points, samples);
        this.driveDiagonal = backend.allocate(1, points, gradients.at(0).rows());
    }

    /** {@code h^{l+1} += phi^l M}. */
    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        backend.gemm(1, features.at(step), false, weights.now(), false, 1, h);
    }

    /** {@code z^l += g^{l+1} M^T}. */
    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        backend.gemm(1, gradients.at(step), false, weights.now(), true, 1, z);
    }

    @Override
    public void learn(int step, double[] drive) {
        int outputs = drive.length / driven.rows();
        double[] diagonal = new double[driven.rows() * drive.length];
        for (int row = 0; row < drive.length; row++) {
            diagonal[row / outputs * drive.length + row] = drive[row] / driven.columns();
        }
        backend.upload(diagonal, driveDiagonal);
        backend.gemm(1, driveDiagonal, false, gradients.at(step), false, 0, driven);
        weights.learn(step, features.at(step), true, driven);
    }

    @Override
    public void close() {
        weights.close();
        driven.close();
        driveDiagonal.close();
    }
}
