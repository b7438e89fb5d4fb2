package org.widthbench.training.family;

import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The fields of a layered network on B inputs, {@code docs/theory.md} sections 1 and 6, one row per input and site (pixel; an
 * MLP has one site), one column per neuron or channel:
 *
 * <pre>
 * h^1 = W^0 patch(x) / sqrt(fan)      h^{l+1} = W^l patch(phi(h^l)) / sqrt(fan)      output = w . mean_sites phi(h^L) / (gamma0 N)
 * z^L = w / sites                     z^l = patch^T(W^{l T} g^{l+1}) / sqrt(fan)     g^l = phi'(h^l) z^l
 * </pre>
 *
 * Fields that patches are taken of have one more row, of zeros. Layers are counted from 0.
 */
final class LayeredFields implements AutoCloseable {
    private final LayeredFamily family;
    private final Backend backend;
    private final Matrices memory;
    private final int width;
    private final int depth;
    private final int images;
    private final int rows;
    private final Stencil stencil;
    private final Matrix input;
    private final Matrix[] patches;
    private final Matrix[] preactivations;
    private final Matrix[] features;
    private final Matrix[] slopes;
    private final Matrix[] pullbacks;
    private final Matrix[] gradients;
    private final Matrix weighted;
    /** What reaches the patches of the layer below; null if a patch is the field itself. */
    private final Matrix spread;

    private final Matrix shifted;
    private final Matrix readouts;
    private final Matrix coefficients;
    /** What {@link #input} holds. */
    private Tensor loaded;

    /** @param images number B of inputs */
    LayeredFields(LayeredFamily family, int width, int images) {
        this.family = family;
        this.backend = family.backend();
        this.memory = new Matrices(backend);
        this.width = width;
        this.depth = family.network().depth();
        this.images = images;
        int[] sample = family.sample();
        boolean flat = sample.length == 1;
        this.stencil = new Stencil(backend, images, flat ? 1 : sample[0], flat ? 1 : sample[1], family.kernel());
        this.rows = stencil.rows();
        boolean copies = !stencil.isTrivial();
        this.input = memory.zeros(rows + 1, family.channels());
        this.patches = new Matrix[depth];
        for (int l = 0; l < depth; l++) {
            patches[l] = copies ? memory.zeros(rows, family.fanIn(l, width)) : null;
        }
        this.preactivations = memory.zeros(depth, rows, width);
        this.features = memory.zeros(depth, rows + 1, width);
        this.slopes = memory.zeros(depth, rows, width);
        this.pullbacks = memory.zeros(depth, rows, width);
        this.gradients = memory.zeros(depth, rows, width);
        this.weighted = memory.zeros(rows, width);
        this.spread = copies && depth > 1 ? memory.zeros(rows + 1, family.fanIn(1, width)) : null;
        this.shifted = copies ? memory.zeros(rows, width) : null;
        this.readouts = memory.zeros(rows, width);
        this.coefficients = memory.zeros(1, rows);
    }

    Matrices memory() {
        return memory;
    }

    LayeredFamily family() {
        return family;
    }

    int rows() {
        return rows;
    }

    int width() {
        return width;
    }

    int depth() {
        return depth;
    }

    /** Takes inputs, {@code (B, ...)}; the very same ones are not copied again. */
    @SuppressWarnings("ReferenceEquality")
    void load(Tensor inputs) {
        if (inputs == loaded) {
            return;
        }
        backend.upload(inputs.data(), input.rows(0, rows));
        patchesOf(0, input);
        loaded = inputs;
    }

    /** Patches of what layer l reads. */
    private Matrix patchesOf(int l, Matrix field) {
        patches[l] = stencil.patches(field, patches[l]);
        return patches[l];
    }

    /** {@code 1 / sqrt(fan)} of a layer. */
    double factor(int l) {
        return 1 / Math.sqrt(family.fanIn(l, width));
    }

    /** Fills h, phi and phi' of every layer. */
    void forward(LayeredWeights weights) {
        for (int l = 0; l < depth; l++) {
            Matrix below = l == 0 ? patches[0] : patchesOf(l, features[l - 1]);
            backend.gemm(factor(l), below, false, weights.layer(l), true, 0, preactivations[l]);
            backend.activate(family.network().activation(), preactivations[l], features(l), slopes[l]);
        }
    }

    /** Outputs after {@link #forward}, not centred, {@code (B)}. */
    double[] outputs(LayeredWeights weights) {
        return outputs(weights, features(depth - 1));
    }

    /** {@code w . mean_sites field / (gamma0 N)}, {@code (B)}. */
    double[] outputs(LayeredWeights weights, Matrix field) {
        backend.gatherRows(weights.readout(), new int[rows], readouts);
        double[] sites = backend.rowDot(field, readouts);
        double[] outputs = new double[images];
        double scale = 1 / (family.gamma0() * width * family.sites());
        for (int row = 0; row < rows; row++) {
            outputs[row / family.sites()] += scale * sites[row];
        }
        return outputs;
    }

    /** Fills z and g of every layer; needs {@link #forward} with the same weights. */
    void backward(LayeredWeights weights) {
        for (int l = depth - 1; l >= 0; l--) {
            if (l == depth - 1) {
                lastPullback(weights, pullbacks[l]);
            } else {
                backend.gemm(
                        factor(l + 1), gradients[l + 1], false, weights.layer(l + 1), false, 0, spread(pullbacks[l]));
                gather(pullbacks[l]);
            }
            backend.multiply(1, slopes[l], pullbacks[l], 0, gradients[l]);
        }
    }

    /** {@code z^L = w / sites} at every row. */
    void lastPullback(LayeredWeights weights, Matrix target) {
        backend.gatherRows(weights.readout(), new int[rows], readouts);
        double[] share = new double[rows];
        java.util.Arrays.fill(share, 1.0 / family.sites());
        backend.scaleRows(share, readouts, target);
    }

    /** Where {@code W^T g} is to go on its way to {@code pullback}: there itself if a patch is the field. */
    Matrix spread(Matrix pullback) {
        return stencil.isTrivial() ? pullback : spread.rows(0, rows);
    }

    /** Collects what was spread. */
    void gather(Matrix pullback) {
        if (!stencil.isTrivial()) {
            stencil.collect(spread, pullback, shifted);
        }
    }

    /**
     * {@code into = beta into + sum_rows c g patch^T / sqrt(fan)} of every layer, and {@code sum_rows c phi(h^L) / sites}: with
     * {@code c = gamma0 Delta / B} the direction in which gradient descent moves.
     *
     * @param c one number per input
     */
    void accumulate(double[] c, double beta, LayeredWeights into) {
        for (int l = 0; l < depth; l++) {
            outer(c, gradients[l], patches[l], factor(l), beta, into.layer(l));
        }
        pooled(c, features(depth - 1), beta, into.readout());
    }

    /** {@code into = beta into + factor sum_rows c field patch^T}. */
    void outer(double[] c, Matrix field, Matrix patch, double factor, double beta, Matrix into) {
        backend.scaleRows(perRow(c, 1), field, weighted);
        backend.gemm(factor, weighted, true, patch, false, beta, into);
    }

    /** {@code into = beta into + sum_inputs c mean_sites field}. */
    void pooled(double[] c, Matrix field, double beta, Matrix into) {
        backend.upload(perRow(c, 1.0 / family.sites()), coefficients);
        backend.gemm(1, coefficients, false, field, false, beta, into);
    }

    private double[] perRow(double[] c, double factor) {
        double[] all = new double[rows];
        for (int row = 0; row < rows; row++) {
            all[row] = factor * c[row / family.sites()];
        }
        return all;
    }

    Stencil stencil() {
        return stencil;
    }

    /** {@code h^l (rows, N)}. */
    Matrix preactivations(int l) {
        return preactivations[l];
    }

    /** {@code phi(h^l) (rows, N)}. */
    Matrix features(int l) {
        return features[l].rows(0, rows);
    }

    /** {@code phi'(h^l) (rows, N)}. */
    Matrix slopes(int l) {
        return slopes[l];
    }

    /** {@code z^l (rows, N)}. */
    Matrix pullbacks(int l) {
        return pullbacks[l];
    }

    /** {@code g^l (rows, N)}. */
    Matrix gradients(int l) {
        return gradients[l];
    }

    /** What layer l multiplies its weights with, {@code (rows, fan)}. */
    Matrix patches(int l) {
        return patches[l];
    }

    @Override
    public void close() {
        memory.close();
    }
}
