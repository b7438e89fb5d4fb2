package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.weights.Learned;

/**
 * Accumulator form: the trained part of the filters in the sample basis, one {@code S x S} matrix per filter offset d,
 *
 * <pre>M_d += a / (S k^2) sum_{mu a} phi^l_{mu a+d}(t) b Delta g^{l+1}_{mu a}(t)^T</pre>
 *
 * which follows the optimizer's own recursion, so that {@code h_a += sum_d phi_{a+d} M_d} and {@code z_c += sum_d g_{c-d}
 * M_d^T}. {@code 6 k^2 n S^2} flops a step, {@code k^2 S^2} memory whatever T.
 */
final class AccumulatorConvolution extends ConvolutionalWeights {
    private final ShiftedHistory features;
    private final ShiftedHistory gradients;
    private final int trained;
    /** {@code M_d}, null where the offset leaves every image. */
    private final Learned[] weights;

    private final Matrix shifted;
    private final Matrix driven;

    /**
     * @param rows n
     * @param trained rows of a time that are trained on, the first ones
     */
    AccumulatorConvolution(
            Backend backend,
            FilterShifts shifts,
            LinearOptimizer optimizer,
            Side right,
            Side left,
            boolean responds,
            int rows,
            int trained,
            int samples) {
        super(backend, shifts, optimizer, right, left, responds);
        this.features = new ShiftedHistory(backend, shifts, rows, samples);
        this.gradients = new ShiftedHistory(backend, shifts, rows, samples);
        this.trained = trained;
        this.weights = new Learned[shifts.offsets()];
        for (int d = 0; d < weights.length; d++) {
            weights[d] =
                    shifts.reaches(d) ? new Learned(backend, optimizer, backend.allocate(1, samples, samples)) : null;
        }
        this.shifted = backend.allocate(1, rows, samples);
        this.driven = backend.allocate(1, trained, samples);
    }

    private ShiftedHistory history(boolean ofFeatures) {
        return ofFeatures ? features : gradients;
    }

    @Override
    KernelBlock measure(int step, boolean ofFeatures, Matrix field, Side side) {
        return history(ofFeatures).take(field);
    }

    @Override
    void keepPivots(boolean ofFeatures, int... rows) {
        history(ofFeatures).keepPivots(rows);
    }

    @Override
    void addPast(int step, boolean ofFeatures, double scale, double[] response, int[] pivots, Matrix target) {
        if (response != null) {
            history(!ofFeatures).respond(scale, response, target);
        }
        for (int d = 0; step > 0 && d < weights.length; d++) {
            if (weights[d] != null) {
                history(ofFeatures).shift(ofFeatures ? d : shifts.opposite(d), shifted);
                backend.gemm(scale, shifted, false, weights[d].value(), !ofFeatures, 1, target);
            }
        }
    }

    @Override
    void learn(int step, double rate, double... drive) {
        double[] scale = new double[trained];
        for (int row = 0; row < trained; row++) {
            scale[row] = shifts.share() * drive[row] / driven.columns();
        }
        backend.scaleRows(scale, gradients.current().rows(0, trained), driven);
        for (int d = 0; d < weights.length; d++) {
            if (weights[d] != null) {
                features.shift(d, shifted);
                weights[d].step(rate, 1, shifted.rows(0, trained), true, driven);
            }
        }
    }

    @Override
    public void close() {
        super.close();
        features.close();
        gradients.close();
        for (Learned offset : weights) {
            if (offset != null) {
                offset.close();
            }
        }
        shifted.close();
        driven.close();
    }
}
