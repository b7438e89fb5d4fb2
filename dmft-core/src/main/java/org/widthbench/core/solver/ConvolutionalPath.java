package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * One direction between two layers of a CNN, {@code docs/theory.md} section 6, kernel form: forward {@code u^{l+1} ~ GP(0,
 * S(Phi^l))} and what the past adds to it, {@code S(A^l) g^{l+1} + a sum_s kappa Delta S(Phi^l)(t,s) g^{l+1}(s)}; backward
 * the same for {@code r^l}, {@code S(G^{l+1})}, {@code B^{l+1}} and {@code phi^l}.
 *
 * <p>Response and memory act on the same history, so their kernels are added on the host and the history is read once: {@code
 * 2 n t n S} flops a step for n rows a time.
 */
final class ConvolutionalPath {
    private final Backend backend;
    private final FilterShifts shifts;
    private final Trajectory trajectory;
    private final SampledProcess process;
    private final FullHistory measured;
    private final FullHistory summed;
    private final Matrix workspace;
    /** {@code S(K)} of the newest rows with all rows so far, {@code (n, (t+1) n)}, from the draw until the sum. */
    private double[] covariance = {};

    /**
     * @param process the one whose covariance is {@code S(K)}
     * @param measured the field whose kernel K is
     * @param summed the field that the sums run over
     * @param workspace {@code (n, T n)}, of unspecified content between calls
     */
    ConvolutionalPath(
            Backend backend,
            FilterShifts shifts,
            Trajectory trajectory,
            SampledProcess process,
            FullHistory measured,
            FullHistory summed,
            Matrix workspace) {
        this.backend = backend;
        this.shifts = shifts;
        this.trajectory = trajectory;
        this.process = process;
        this.measured = measured;
        this.summed = summed;
        this.workspace = workspace;
    }

    /** Draws the process at {@code step}, {@code field (n, S)}. */
    void draw(int step, Matrix field) {
        int n = field.rows();
        int width = (step + 1) * n;
        covariance = shifts.average(measured.kernelRow(step), width);
        int[] pivots = process.pivotRows();
        double[] cross = new double[n * pivots.length];
        double[] block = new double[n * n];
        double[] lag = new double[n];
        for (int row = 0; row < n; row++) {
            for (int j = 0; j < pivots.length; j++) {
                cross[row * pivots.length + j] = covariance[row * width + pivots[j]];
            }
            System.arraycopy(covariance, row * width + step * n, block, row * n, n);
            lag[row] = step == 0 ? 0 : covariance[row * width + (step - 1) * n + row];
        }
        process.draw(step, new FieldHistory.KernelBlock(cross, block, lag), field);
    }

    /**
     * Adds what the past makes of the summed field, after {@link #draw}.
     *
     * @param responding the process that the response was measured with: its pivots are rows of the summed field
     * @param correlation the response in the basis of that process's noise, {@code (n, k)}; null for none
     */
    void addPast(int step, SampledProcess responding, Matrix correlation, Matrix target) {
        int n = target.rows();
        int width = (step + 1) * n;
        weigh(step, n);
        int times = step;
        if (correlation != null) {
            int[] pivots = responding.pivotRows();
            shifts.addAverage(1, responding.overPivots(correlation), pivots, covariance, width);
            // Backward, the response reaches the newest rows too; forward, they do not exist yet.
            times += pivots.length > 0 && pivots[pivots.length - 1] >= step * n ? 1 : 0;
        }
        if (times > 0) {
            backend.upload(covariance, workspace.block(0, n, 0, width));
            backend.gemm(1, workspace.block(0, n, 0, times * n), false, summed.before(times), false, 1, target);
        }
        covariance = new double[0];
    }

    /** Turns the covariance into the weights of the memory sum. */
    private void weigh(int step, int n) {
        int width = (step + 1) * n;
        double[] weight = trajectory.weights(step);
        int pixels = shifts.pixels();
        for (int row = 0; row < n; row++) {
            int at = row * width;
            for (int image = 0; image < weight.length; image++) {
                double w = weight[image];
                for (int b = 0; b < pixels; b++) {
                    covariance[at++] *= w;
                }
            }
            java.util.Arrays.fill(covariance, at, at + n, 0);
        }
    }
}
