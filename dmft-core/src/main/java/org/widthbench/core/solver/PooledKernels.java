package org.widthbench.core.solver;

import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * What is kept of one layer of a CNN at the recorded times: its features' means over pixels and its gradients' sums over
 * pixels, {@code (R Q, S)}, and the features of single pixels at the last recorded time.
 */
final class PooledKernels implements AutoCloseable {
    private final Backend backend;
    private final CausalLayer layer;
    private final int points;
    private final int pixels;
    private final int recorded;
    private final Matrix sums;
    private final Matrix means;
    private final Matrix features;
    private final Matrix gradients;
    private double[] pixelKernel = {};

    /** @param recorded number R of recorded times */
    PooledKernels(Backend backend, CausalLayer layer, int points, int pixels, int samples, int recorded) {
        this.backend = backend;
        this.layer = layer;
        this.points = points;
        this.pixels = pixels;
        this.recorded = recorded;
        this.sums = backend.allocate(1, points, points * pixels);
        this.means = backend.allocate(1, points, points * pixels);
        this.features = backend.allocate(1, recorded * points, samples);
        this.gradients = backend.allocate(1, recorded * points, samples);
        double[] ones = new double[points * points * pixels];
        for (int mu = 0; mu < points; mu++) {
            int first = (mu * points + mu) * pixels;
            Arrays.fill(ones, first, first + pixels, 1);
        }
        backend.upload(ones, sums);
        backend.add(1.0 / pixels, sums, 0, means);
    }

    /**
     * Keeps the fields of a step.
     *
     * @param slot number of the recorded time
     * @param singlePixels whether the kernel of single pixels is wanted once the last slot is filled
     */
    void record(int slot, int step, boolean singlePixels) {
        Matrix phi = layer.features.at(step);
        backend.gemm(1, means, false, phi, false, 0, features.rows(slot * points, points));
        backend.gemm(1, sums, false, layer.gradients.at(step), false, 0, gradients.rows(slot * points, points));
        if (singlePixels && slot == recorded - 1) {
            pixelKernel = FieldHistory.overlap(backend, phi, phi);
        }
    }

    /** {@code Phi} of the means over pixels, {@code (R,Q,R,Q)}. */
    Tensor featureKernel() {
        return kernel(features);
    }

    /** {@code G} of the sums over pixels, {@code (R,Q,R,Q)}. */
    Tensor gradientKernel() {
        return kernel(gradients);
    }

    /** {@code Phi_{mu a, alpha b}} at the last recorded time, {@code (Q, pixels, Q, pixels)}. */
    Tensor pixelFeatureKernel() {
        return new Tensor(new int[] {points, pixels, points, pixels}, pixelKernel);
    }

    private Tensor kernel(Matrix fields) {
        double[] entries = backend.kernelBlock(1.0 / fields.columns(), fields, fields);
        return new Tensor(new int[] {recorded, points, recorded, points}, entries);
    }

    @Override
    public void close() {
        for (Matrix matrix : List.of(sums, means, features, gradients)) {
            matrix.close();
        }
    }
}
