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
    private final Training training;
    private final double decay;
    private final SampledProcess upper;
    private final SampledProcess lower;
    private final ShiftedHistory features;
    private final ShiftedHistory gradients;
    private final int trained;
    /** {@code M_d}, null where the offset leaves every image. */
    private final Matrix[] weights;
    /** Of the optimizer, in the same way; null unless there is momentum or weight decay. */
    private final Matrix[] velocity;

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
        this.training = training;
        this.decay = training.eta() * training.weightDecay();
        this.upper = above.uProcess;
        this.lower = below.rProcess;
        this.features = (ShiftedHistory) below.features;
        this.gradients = (ShiftedHistory) above.gradients;
        this.trained = trained;
        int rows = below.h.rows();
        int samples = below.h.columns();
        this.weights = filter(samples);
        this.velocity = training.momentum() == 0 && decay == 0 ? null : filter(samples);
        this.shifted = backend.allocate(1, rows, samples);
        this.driven = backend.allocate(1, trained, samples);
    }

    private Matrix[] filter(int samples) {
        Matrix[] filter = new Matrix[shifts.offsets()];
        for (int d = 0; d < filter.length; d++) {
            filter[d] = shifts.reaches(d) ? backend.allocate(1, samples, samples) : null;
        }
        return filter;
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
                backend.gemm(1, shifted, false, weights[d], false, 1, h);
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
                backend.gemm(1, shifted, false, weights[d], true, 1, z);
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
        double rate = training.rateFactor(step);
        for (int d = 0; d < weights.length; d++) {
            if (weights[d] == null) {
                continue;
            }
            features.shift(d, shifted);
            Matrix phi = shifted.rows(0, trained);
            if (velocity == null) {
                backend.gemm(rate, phi, true, driven, false, 1, weights[d]);
            } else {
                backend.gemm(1, phi, true, driven, false, training.momentum(), velocity[d]);
                backend.add(-decay, weights[d], 1, velocity[d]);
                backend.add(rate, velocity[d], 1, weights[d]);
            }
        }
    }

    @Override
    public void close() {
        close(weights);
        if (velocity != null) {
            close(velocity);
        }
        shifted.close();
        driven.close();
    }

    private static void close(Matrix... filter) {
        for (Matrix matrix : filter) {
            if (matrix != null) {
                matrix.close();
            }
        }
    }
}
