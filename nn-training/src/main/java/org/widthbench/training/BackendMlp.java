package org.widthbench.training;

import java.util.stream.IntStream;
import org.widthbench.core.InitialWeights;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.InitialDraw;
import org.widthbench.core.weights.Weights;

/**
 * Fully connected networks of width N, one per seed, side by side on a {@link Backend}; {@code docs/theory.md} section 1:
 *
 * <pre>
 * h^1 = W^0 x / sqrt(D)      h^{l+1} = W^l phi(h^l) / sqrt(N)      output = w . phi(h^L) / (gamma0 N)
 * z^L = w                    z^l = W^{l T} g^{l+1} / sqrt(N)       g^l = phi'(h^l) z^l
 * </pre>
 *
 * With biases {@code h^l} gains {@code b^l}; with C outputs {@code w} has C rows and z and g a row per point and output, the
 * output running fastest. Fields are {@code (points, N)}, weights {@code (outputs, inputs)}, all row-major; a gemm and one fused pass per layer and
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
    private final int outputs;
    private final int networks;
    private final Tensor data;
    private final Matrix inputs;
    /** {@code b^l (1, N)}; empty without biases. */
    private final Matrix[] biases;

    private final Weights[] weights;
    private final Matrix readout;
    private final Matrix[] preactivations;
    private final Matrix[] features;
    private final Matrix[] slopes;
    /** {@code w} and {@code phi^L} for every point and output. */
    private final Matrix spreadReadout;

    private final Matrix spreadFeatures;

    /** The networks at initialization. */
    BackendMlp(Problem problem, int width, long[] seeds, Holding holding, Workspace workspace) {
        this.backend = workspace.backend();
        this.workspace = workspace;
        this.width = width;
        this.depth = problem.network().depth();
        this.points = PointSchedule.of(problem).rows();
        this.outputs = problem.outputs();
        this.networks = workspace.networks();
        this.gamma0 = problem.training().gamma0();
        this.activation = problem.network().activation();
        this.data = problem.dataset().inputs();
        int dimension = data.size(0);
        this.inputs = workspace.allocate(points, dimension);
        present(PointSchedule.of(problem).points(0));
        this.biases = new Matrix[problem.network().bias() ? depth : 0];
        for (int l = 0; l < biases.length; l++) {
            biases[l] = workspace.allocate(1, width);
            backend.normal(seeds, InitialWeights.stream(width, depth + 1 + l), 0, biases[l]);
        }
        LinearOptimizer optimizer = LinearOptimizer.of(problem.training());
        this.weights = new Weights[depth];
        this.preactivations = new Matrix[depth];
        this.features = new Matrix[depth];
        this.slopes = new Matrix[depth];
        for (int l = 0; l < depth; l++) {
            // The first matrix is thin.
            Holding own = l == 0 ? Holding.DENSE : holding;
            weights[l] = own.weights(
                    backend, new InitialDraw(seeds, width, l), width, l == 0 ? dimension : width, optimizer);
            workspace.atEnd(weights[l]::close);
            preactivations[l] = workspace.allocate(points, width);
            features[l] = workspace.allocate(points, width);
            slopes[l] = workspace.allocate(points, width);
        }
        this.readout = workspace.allocate(outputs, width);
        backend.normal(seeds, InitialWeights.stream(width, depth), 0, readout);
        this.spreadReadout = workspace.allocate(points * outputs, width);
        this.spreadFeatures = workspace.allocate(points * outputs, width);
    }

    /**
     * Chooses the points that the network looks at.
     *
     * @param selection their indices in the data, length Q
     */
    void present(int[] selection) {
        int dimension = data.size(0);
        int all = data.size(1);
        double[] rows = new double[networks * points * dimension];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = data.data()[i % dimension * all + selection[i / dimension % points]];
        }
        backend.upload(rows, inputs);
    }

    /** Fills h, phi and phi' of every layer and point. */
    void forward() {
        for (int l = 0; l < depth; l++) {
            Matrix below = below(l);
            double keep = 0;
            if (biases.length > 0) {
                backend.gatherRows(biases[l], new int[points], preactivations[l]);
                keep = 1;
            }
            weights[l].forward(below, keep, preactivations[l]);
            backend.activate(activation, preactivations[l], features[l], slopes[l]);
        }
    }

    /**
     * Outputs {@code w . phi(h^L_mu) / (gamma0 N)}, not centred, summed in float64.
     *
     * @return {@code (networks, Q, C)}
     */
    double[] outputs() {
        backend.gatherRows(readout, outputOfRows(points), spreadReadout);
        Matrix phi = features[depth - 1];
        if (outputs > 1) {
            backend.gatherRows(phi, perOutput(IntStream.range(0, points).toArray()), spreadFeatures);
            phi = spreadFeatures;
        }
        double[] values = backend.rowDot(phi, spreadReadout);
        for (int i = 0; i < values.length; i++) {
            values[i] /= gamma0 * width;
        }
        return values;
    }

    /** Every index once per output. */
    int[] perOutput(int... selection) {
        return IntStream.range(0, selection.length * outputs)
                .map(row -> selection[row / outputs])
                .toArray();
    }

    /** The output of each row of so many points. */
    private int[] outputOfRows(int count) {
        return IntStream.range(0, count * outputs).map(row -> row % outputs).toArray();
    }

    /** Backward fields of as many points at a time, a row per point and output. */
    final class Backward {
        private final Matrix[] pullbacks = new Matrix[depth];
        private final Matrix[] gradients = new Matrix[depth];
        private final Matrix selected;

        Backward(int count) {
            for (int l = 0; l < depth; l++) {
                pullbacks[l] = workspace.allocate(count * outputs, width);
                gradients[l] = workspace.allocate(count * outputs, width);
            }
            selected = workspace.allocate(count * outputs, width);
        }

        /** Fills z and g of every layer for some points; needs {@link #forward} of the same weights. */
        void run(int[] selection) {
            backend.gatherRows(readout, outputOfRows(selection.length), pullbacks[depth - 1]);
            for (int l = depth - 1; l >= 0; l--) {
                backend.multiply(1, rowsOf(slopes[l], perOutput(selection), selected), pullbacks[l], 0, gradients[l]);
                weights[l].backward(gradients[l], l == 0 ? null : pullbacks[l - 1]);
            }
        }

        /** {@code z^l}, {@code (count C, N)}. */
        Matrix pullbacks(int layer) {
            return pullbacks[layer];
        }

        /** {@code g^l}, {@code (count C, N)}. */
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

    /** {@code W^l}, {@code (N, D)} or {@code (N, N)}; knows the fields of the last passes. */
    Weights weights(int layer) {
        return weights[layer];
    }

    /** {@code b^l}, {@code (1, N)}. */
    Matrix bias(int layer) {
        return biases[layer];
    }

    boolean hasBias() {
        return biases.length > 0;
    }

    /** Number C. */
    int outputCount() {
        return outputs;
    }

    /** {@code w}, {@code (C, N)}. */
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
