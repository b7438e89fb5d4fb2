package org.widthbench.core.solver;

import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Accumulator form: the trained part of the filters in the sample basis, one {@code S x S} matrix per filter offset d,
 *
 * <pre>M_d += a / (S k^2) sum_{mu a} phi^l_{mu a+d}(t) b Delta g^{l+1}_{mu a}(t)^T</pre>
 *
 * which follows the optimizer's own recursion, so that {@code h_a += sum_d phi_{a+d} M_d} and {@code z_c += sum_d g_{c-d}
 * M_d^T}. {@code 6 k^2 n S^2} flops a step, {@code k^2 S^2} memory whatever T.
 */
final class AccumulatorLink implements ConvolutionalLink {
    private final Backend backend;
    private final FilterShifts shifts;
    private final SampledProcess upper;
    private final SampledProcess lower;
    private final ShiftedHistory features;
    private final ShiftedHistory gradients;
    private final int trained;
    /** {@code M_d}, null where the offset leaves every image. */
    private final LearnedWeights[] weights;

    private final Matrix shifted;
    private final Matrix driven;

    /** @param trained rows of a time that are trained on, the first ones */
    AccumulatorLink(
            Backend backend,
            FilterShifts shifts,
            Training training,
            CausalLayer below,
            CausalLayer above,
            int trained) {
        this.backend = backend;
        this.shifts = shifts;
        this.upper = above.uProcess;
        this.lower = below.rProcess;
        this.features = (ShiftedHistory) below.features;
        this.gradients = (ShiftedHistory) above.gradients;
        this.trained = trained;
        int rows = below.h.rows();
        int samples = below.h.columns();
        this.weights = new LearnedWeights[shifts.offsets()];
        for (int d = 0; d < weights.length; d++) {
            weights[d] = shifts.reaches(d) ? new LearnedWeights(backend, training, samples, samples) : null;
        }
        this.shifted = backend.allocate(1, rows, samples);
        this.driven = backend.allocate(1, trained, samples);
    }

    @Override
    public void drawForward(int step, Matrix u) {
        upper.draw(step, features, u);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        if (response != null) {
            gradients.respond(lower.overPivots(response), h);
        }
        for (int d = 0; step > 0 && d < weights.length; d++) {
            if (weights[d] != null) {
                features.shift(d, shifted);
                backend.gemm(1, shifted, false, weights[d].now(), false, 1, h);
            }
        }
    }

    @Override
    public void drawBackward(int step, Matrix r) {
        lower.draw(step, gradients, r);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        if (response != null) {
            features.respond(upper.overPivots(response), z);
        }
        for (int d = 0; step > 0 && d < weights.length; d++) {
            if (weights[d] != null) {
                gradients.shift(shifts.opposite(d), shifted);
                backend.gemm(1, shifted, false, weights[d].now(), true, 1, z);
            }
        }
    }

    @Override
    public void learn(int step, double[] drive) {
        double[] scale = new double[trained];
        for (int row = 0; row < trained; row++) {
            scale[row] = shifts.share() * drive[row] / driven.columns();
        }
        backend.scaleRows(scale, gradients.at(step).rows(0, trained), driven);
        for (int d = 0; d < weights.length; d++) {
            if (weights[d] == null) {
                continue;
            }
            features.shift(d, shifted);
            weights[d].learn(step, shifted.rows(0, trained), true, driven);
        }
    }

    @Override
    public void close() {
        for (LearnedWeights offset : weights) {
            if (offset != null) {
                offset.close();
            }
        }
        shifted.close();
        driven.close();
    }
}
