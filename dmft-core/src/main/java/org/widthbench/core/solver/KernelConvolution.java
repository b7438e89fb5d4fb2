package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Kernel form, the plain reading of {@code docs/theory.md} section 6: whole kernel rows and the whole history of both fields, memory
 * {@code 2 S T n + T n^2}. Response and memory act on the same history, so their kernels are added on the host and the history is
 * read once: {@code 2 n t n S} flops a step and direction for n rows a time.
 */
final class KernelConvolution extends ConvolutionalWeights {
    /** {@code (T n, S)} each. */
    private final Matrix features;

    private final Matrix gradients;
    /** {@code (n, T n)}, of unspecified content between calls. */
    private final Matrix workspace;
    /** {@code S(K)} of the newest rows with all rows so far, {@code (n, (t+1) n)}, from the draw until the sum. */
    private double[] covariance = {};

    private final ImpulseResponse response;
    /** {@code a b Delta} of every step so far, length n each. */
    private final List<double[]> drives = new ArrayList<>();

    /** @param workspace shared by all layers */
    KernelConvolution(
            Backend backend,
            FilterShifts shifts,
            Training training,
            Side right,
            Side left,
            boolean responds,
            int samples,
            Matrix workspace) {
        super(backend, shifts, LinearOptimizer.of(training), right, left, responds);
        this.response = ImpulseResponse.of(training);
        this.features = backend.allocate(1, workspace.columns(), samples);
        this.gradients = backend.allocate(1, workspace.columns(), samples);
        this.workspace = workspace;
    }

    @Override
    KernelBlock measure(int step, boolean ofFeatures, Matrix field, Side side) {
        Matrix history = ofFeatures ? features : gradients;
        int n = field.rows();
        int width = (step + 1) * n;
        backend.copy(field, history.rows(step * n, n));
        covariance = shifts.average(backend.kernelBlock(1.0 / field.columns(), field, history.rows(0, width)), width);
        int[] pivots = side.pivots.rows();
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
        return new KernelBlock(cross, block, lag);
    }

    /** Nothing: all rows are kept. */
    @Override
    void keepPivots(boolean ofFeatures, int... rows) {}

    @Override
    void addPast(int step, boolean ofFeatures, double scale, double[] responses, int[] pivots, Matrix target) {
        int n = target.rows();
        int width = (step + 1) * n;
        weigh(step, n);
        int times = step;
        if (responses != null) {
            shifts.addAverage(1, responses, pivots, covariance, width);
            // Backward, the response reaches the newest rows too; forward, they do not exist yet.
            times += pivots[pivots.length - 1] >= step * n ? 1 : 0;
        }
        if (times > 0) {
            Matrix summed = ofFeatures ? gradients : features;
            backend.upload(covariance, workspace.block(0, n, 0, width));
            backend.gemm(
                    scale, workspace.block(0, n, 0, times * n), false, summed.rows(0, times * n), false, 1, target);
        }
        covariance = new double[0];
    }

    /** Turns the covariance into the weights of the memory sum. */
    private void weigh(int step, int n) {
        int width = (step + 1) * n;
        for (int s = 0; s < step; s++) {
            double[] drive = drives.get(s);
            double kappa = response.kappa(step, s);
            for (int row = 0; row < n; row++) {
                for (int i = 0; i < n; i++) {
                    covariance[row * width + s * n + i] *= kappa * drive[i];
                }
            }
        }
        for (int row = 0; row < n; row++) {
            Arrays.fill(covariance, row * width + step * n, (row + 1) * width, 0);
        }
    }

    @Override
    void learn(int step, double rate, double... drive) {
        drives.add(drive.clone());
    }

    @Override
    public void close() {
        super.close();
        features.close();
        gradients.close();
    }
}
