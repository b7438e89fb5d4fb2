package org.widthbench.training;

import java.util.stream.IntStream;
import org.widthbench.core.InitialWeights;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Fully connected networks of width N, one per seed, side by side on a {@link Backend}; {@code docs/theory.md} section 1:
 *
 * <pre>
 * h^1 = W^0 x / sqrt(D)      h^{l+1} = W^l phi(h^l) / sqrt(N)      output = w . phi(h^L) / (gamma0 N)
 * z^L = w                    z^l = W^{l T} g^{l+1} / sqrt(N)       g^l = phi'(h^l) z^l
 * </pre>
 *
 * Fields are {@code (points, N)}, weights {@code (outputs, inputs)}, all row-major; a gemm and one fused pass per layer and
 * direction. Layers are counted from 0.
 */
final class BackendMlp {
    private final Backend backend;
    private final Workspace workspace;
    private final int width;
    private final int depth;
    private final int points;
    private final double gamma0;
    private final Activation activation;
    private final Matrix inputs;
    private final Matrix[] weights;
    private final Matrix readout;
    private final Matrix[] preactivations;
    private final Matrix[] features;
    private final Matrix[] slopes;
    /** {@code w} for every point. */
    private final Matrix spreadReadout;

    /** The networks at initialization. */
    BackendMlp(Problem problem, int width, long[] seeds, Workspace workspace) {
        this.backend = workspace.backend();
        this.workspace = workspace;
        this.width = width;
        this.depth = problem.network().depth();
        this.points = problem.points();
        this.gamma0 = problem.training().gamma0();
        this.activation = problem.network().activation();
        Tensor x = problem.dataset().inputs();
        int dimension = x.size(0);
        this.inputs = workspace.copies(transposed(x.data(), dimension, points), points, dimension);
        this.weights = new Matrix[depth];
        this.preactivations = new Matrix[depth];
        this.features = new Matrix[depth];
        this.slopes = new Matrix[depth];
        for (int l = 0; l < depth; l++) {
            weights[l] = workspace.allocate(width, l == 0 ? dimension : width);
            backend.normal(seeds, InitialWeights.stream(width, l), 0, weights[l]);
            preactivations[l] = workspace.allocate(points, width);
            features[l] = workspace.allocate(points, width);
            slopes[l] = workspace.allocate(points, width);
        }
        this.readout = workspace.allocate(1, width);
        backend.normal(seeds, InitialWeights.stream(width, depth), 0, readout);
        this.spreadReadout = workspace.allocate(points, width);
    }

    private static double[] transposed(double[] x, int rows, int columns) {
        double[] transposed = new double[x.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                transposed[j * rows + i] = x[i * columns + j];
            }
        }
        return transposed;
    }

    /** Fills h, phi and phi' of every layer and point. */
    void forward() {
        for (int l = 0; l < depth; l++) {
            Matrix below = below(l);
            backend.gemm(1 / Math.sqrt(below.columns()), below, false, weights[l], true, 0, preactivations[l]);
            backend.activate(activation, preactivations[l], features[l], slopes[l]);
        }
    }

    /**
     * Outputs {@code w . phi(h^L_mu) / (gamma0 N)}, not centred, summed in float64.
     *
     * @return {@code (networks, Q)}
     */
    double[] outputs() {
        backend.gatherRows(readout, new int[points], spreadReadout);
        double[] outputs = backend.rowDot(features[depth - 1], spreadReadout);
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] /= gamma0 * width;
        }
        return outputs;
    }

    /** Backward fields of as many points at a time. */
    final class Backward {
        private final Matrix[] pullbacks = new Matrix[depth];
        private final Matrix[] gradients = new Matrix[depth];
        private final Matrix selected;

        Backward(int count) {
            for (int l = 0; l < depth; l++) {
                pullbacks[l] = workspace.allocate(count, width);
                gradients[l] = workspace.allocate(count, width);
            }
            selected = workspace.allocate(count, width);
        }

        /** Fills z and g of every layer for some points; needs {@link #forward} of the same weights. */
        void run(int[] selection) {
            for (int l = depth - 1; l >= 0; l--) {
                if (l == depth - 1) {
                    backend.gatherRows(readout, new int[selection.length], pullbacks[l]);
                } else {
                    backend.gemm(1 / Math.sqrt(width), gradients[l + 1], false, weights[l + 1], false, 0, pullbacks[l]);
                }
                backend.multiply(1, rowsOf(slopes[l], selection, selected), pullbacks[l], 0, gradients[l]);
            }
        }

        /** {@code z^l}, {@code (count, N)}. */
        Matrix pullbacks(int layer) {
            return pullbacks[layer];
        }

        /** {@code g^l}, {@code (count, N)}. */
        Matrix gradients(int layer) {
            return gradients[layer];
        }
    }

    /** Some rows of a field: a view if they are the first ones, else copied. */
    Matrix rowsOf(Matrix all, int[] selection, Matrix scratch) {
        boolean leading = IntStream.range(0, selection.length).allMatch(i -> selection[i] == i);
        if (leading) {
            return all.rows(0, selection.length);
        }
        backend.gatherRows(all, selection, scratch);
        return scratch;
    }

    /** What a layer reads, {@code (Q, D)} or {@code (Q, N)}. */
    Matrix below(int layer) {
        return layer == 0 ? inputs : features[layer - 1];
    }

    /** {@code W^l}, {@code (N, D)} or {@code (N, N)}. */
    Matrix weights(int layer) {
        return weights[layer];
    }

    /** {@code w}, {@code (1, N)}. */
    Matrix readout() {
        return readout;
    }

    /** {@code h^l}, {@code (Q, N)}. */
    Matrix preactivations(int layer) {
        return preactivations[layer];
    }

    /** {@code phi(h^l)}, {@code (Q, N)}. */
    Matrix features(int layer) {
        return features[layer];
    }

    int width() {
        return width;
    }

    int depth() {
        return depth;
    }

    int points() {
        return points;
    }
}
