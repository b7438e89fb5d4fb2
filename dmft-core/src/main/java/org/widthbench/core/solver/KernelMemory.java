package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** Kernel form: {@code (kernel row * weights) history}, {@code O(S (T Q)^2)} flops, {@code O(S T Q)} memory. */
final class KernelMemory implements Memory {
    private final Backend backend;
    private final Trajectory trajectory;
    private final FullHistory features;
    private final FullHistory gradients;
    private final Matrix weights;

    /**
     * @param features {@code phi^l}
     * @param gradients {@code g^{l+1}}
     */
    KernelMemory(
            Backend backend, Trajectory trajectory, FullHistory features, FullHistory gradients, int rows, int points) {
        this.backend = backend;
        this.trajectory = trajectory;
        this.features = features;
        this.gradients = gradients;
        this.weights = backend.allocate(1, points, rows);
    }

    @Override
    public void addForward(int step, Matrix h) {
        add(step, features, gradients, h);
    }

    @Override
    public void addBackward(int step, Matrix z) {
        add(step, gradients, features, z);
    }

    private void add(int step, FullHistory measured, FullHistory summed, Matrix target) {
        if (step == 0) {
            return;
        }
        int points = target.rows();
        int width = step * points;
        double[] kernelRow = measured.kernelRow(step);
        double[] weight = trajectory.weights(step);
        double[] weighted = new double[points * width];
        for (int mu = 0; mu < points; mu++) {
            int from = mu * (width + points);
            for (int i = 0; i < width; i++) {
                weighted[mu * width + i] = weight[i] * kernelRow[from + i];
            }
        }
        Matrix row = weights.block(0, points, 0, width);
        backend.upload(weighted, row);
        backend.gemm(1, row, false, summed.before(step), false, 1, target);
    }

    @Override
    public void learn(int step, double[] drive) {
        // The trajectory remembers the residuals, the histories the fields.
    }

    @Override
    public void close() {
        weights.close();
    }
}
