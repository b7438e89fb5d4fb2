package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Kernel form: whole kernel rows times the whole history of the fields, {@code 4 Q t Q S} flops a step and direction,
 * {@code O(S T Q)} memory. The plain reading of {@code docs/theory.md} section 3, which the faster forms are checked against.
 */
final class KernelMemory implements Memory {
    private final Backend backend;
    private final Trajectory trajectory;
    private final FullHistory features;
    private final FullHistory gradients;
    private final Matrix weights;

    /**
     * @param features {@code phi^l}
     * @param gradients {@code g^{l+1}}
     * @param rows number {@code T Q} of rows in all
     */
    KernelMemory(Backend backend, Trajectory trajectory, FullHistory features, FullHistory gradients, int rows) {
        this.backend = backend;
        this.trajectory = trajectory;
        this.features = features;
        this.gradients = gradients;
        this.weights = backend.allocate(1, features.at(0).rows(), rows);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        add(step, features, gradients, h);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        add(step, gradients, features, z);
    }

    private void add(int step, FullHistory measured, FullHistory summed, Matrix target) {
        if (step == 0) {
            return;
        }
        double[] weight = trajectory.weights(step);
        double[] kernelRow = measured.kernelRow(step);
        int points = target.rows();
        int stride = kernelRow.length / points;
        double[] weighted = new double[points * weight.length];
        for (int mu = 0; mu < points; mu++) {
            for (int j = 0; j < weight.length; j++) {
                weighted[mu * weight.length + j] = weight[j] * kernelRow[mu * stride + j];
            }
        }
        Matrix row = weights.block(0, points, 0, weight.length);
        backend.upload(weighted, row);
        backend.gemm(1, row, false, summed.before(step), false, 1, target);
    }

    /** Nothing: the trajectory remembers the drive. */
    @Override
    public void learn(int step, double[] drive) {}

    @Override
    public void close() {
        weights.close();
    }
}
