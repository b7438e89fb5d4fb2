package org.widthbench.training.family;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * How the fields of a layered network change as its weights move along a direction V, and with them the gradient: Pearlmutter's
 * R-operator (Neural Computation 6, 1994), forward-mode differentiation of the backward pass, exact to rounding. With
 * {@code R = d/de} at {@code W + e V}:
 *
 * <pre>
 * R h^{l+1} = (V^l patch(phi) + W^l patch(R phi)) / sqrt(fan)       R phi = phi' R h
 * R z^l = patch^T(V^T g^{l+1} + W^T R g^{l+1}) / sqrt(fan)          R g = phi'' R h z + phi' R z
 * </pre>
 *
 * A product with the Hessian costs about twice a gradient.
 */
final class LayeredTangents {
    private final LayeredFields fields;
    private final Backend backend;
    private final int depth;
    private final int rows;
    private final Matrix[] curvatures;
    private final Matrix[] preactivations;
    private final Matrix[] features;
    private final Matrix[] patches;
    private final Matrix[] gradients;
    private final Matrix pullback;

    /** Matrices are freed with those of the fields. */
    LayeredTangents(LayeredFields fields) {
        this.fields = fields;
        this.backend = fields.family().backend();
        this.depth = fields.depth();
        this.rows = fields.rows();
        Matrices memory = fields.memory();
        int width = fields.width();
        this.curvatures = memory.zeros(depth, rows, width);
        this.preactivations = memory.zeros(depth, rows, width);
        this.features = memory.zeros(depth, rows + 1, width);
        this.gradients = memory.zeros(depth, rows, width);
        this.patches = new Matrix[depth];
        for (int l = 1; l < depth; l++) {
            patches[l] = fields.stencil().isTrivial()
                    ? null
                    : memory.zeros(rows, fields.family().fanIn(l, width));
        }
        this.pullback = memory.zeros(rows, width);
    }

    /** Takes phi'' at the fields' preactivations; once per point in weight space. */
    void bend() {
        Activation activation = fields.family().network().activation();
        double[] values = new double[rows * fields.width()];
        for (int l = 0; l < depth; l++) {
            backend.download(fields.preactivations(l), values);
            for (int i = 0; i < values.length; i++) {
                values[i] = activation.curvature(values[i]);
            }
            backend.upload(values, curvatures[l]);
        }
    }

    /**
     * {@code into = beta into - R(direction of descent)} for the squared loss, whose residual changes by {@code -R f}; needs
     * forward, backward and {@link #bend} at the weights.
     *
     * @param residuals {@code Delta}, one per input
     * @param scale {@code gamma0 / B}
     */
    void hessianTimes(
            LayeredWeights weights,
            LayeredWeights along,
            double[] residuals,
            double scale,
            double beta,
            LayeredWeights into) {
        forward(weights, along);
        double[] moved = fields.outputs(along);
        double[] carried = fields.outputs(weights, features(depth - 1));
        double[] c = new double[residuals.length];
        double[] change = new double[residuals.length];
        for (int b = 0; b < c.length; b++) {
            c[b] = -scale * residuals[b];
            change[b] = scale * (moved[b] + carried[b]);
        }
        backward(weights, along);
        for (int l = 0; l < depth; l++) {
            double factor = fields.factor(l);
            fields.outer(change, fields.gradients(l), fields.patches(l), factor, beta, into.layer(l));
            fields.outer(c, gradients[l], fields.patches(l), factor, 1, into.layer(l));
            if (l > 0) {
                fields.outer(c, fields.gradients(l), patches[l], factor, 1, into.layer(l));
            }
        }
        fields.pooled(change, fields.features(depth - 1), beta, into.readout());
        fields.pooled(c, features(depth - 1), 1, into.readout());
    }

    private void forward(LayeredWeights weights, LayeredWeights along) {
        for (int l = 0; l < depth; l++) {
            double factor = fields.factor(l);
            backend.gemm(factor, fields.patches(l), false, along.layer(l), true, 0, preactivations[l]);
            if (l > 0) {
                patches[l] = fields.stencil().patches(features[l - 1], patches[l]);
                backend.gemm(factor, patches[l], false, weights.layer(l), true, 1, preactivations[l]);
            }
            backend.multiply(1, fields.slopes(l), preactivations[l], 0, features(l));
        }
    }

    private void backward(LayeredWeights weights, LayeredWeights along) {
        for (int l = depth - 1; l >= 0; l--) {
            if (l == depth - 1) {
                fields.lastPullback(along, pullback);
            } else {
                Matrix spread = fields.spread(pullback);
                double factor = fields.factor(l + 1);
                backend.gemm(factor, fields.gradients(l + 1), false, along.layer(l + 1), false, 0, spread);
                backend.gemm(factor, gradients[l + 1], false, weights.layer(l + 1), false, 1, spread);
                fields.gather(pullback);
            }
            backend.multiply(1, curvatures[l], preactivations[l], 0, gradients[l]);
            backend.multiply(1, gradients[l], fields.pullbacks(l), 0, gradients[l]);
            backend.multiply(1, fields.slopes(l), pullback, 1, gradients[l]);
        }
    }

    private Matrix features(int l) {
        return features[l].rows(0, rows);
    }
}
