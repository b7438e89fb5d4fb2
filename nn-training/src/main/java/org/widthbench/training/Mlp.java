package org.widthbench.training;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;

/**
 * A fully connected network of width N with all its fields, {@code docs/theory.md} section 1:
 *
 * <pre>
 * h^1 = W^0 x / sqrt(D)      h^{l+1} = W^l phi(h^l) / sqrt(N)      output = w . phi(h^L) / (gamma0 N)
 * z^L = w                    z^l = W^{l T} g^{l+1} / sqrt(N)       g^l = phi'(h^l) z^l
 * </pre>
 *
 * Fields are {@code (points, N)} matrices in column-major order, one column per neuron; the weights of a layer are kept as
 * {@code (inputs, N)} in column-major order, which is row-major {@code W^l}. So a panel of neurons is contiguous in all of
 * them: the products of a layer are shared out by panels of the neurons that the layer computes.
 */
final class Mlp implements AutoCloseable {
    /**
     * Neurons whose contributions to {@code W^T g} are summed by one thread; their number of partial sums is fixed, so
     * the sum does not depend on the number of threads.
     */
    private static final int SLAB = 4 * Panels.NEURONS;

    private final int width;
    private final int depth;
    private final int points;
    private final double gamma0;
    private final Activation activation;
    private final Precision precision;
    private final Panels panels;
    private final Panels slabs;
    private final NativeMatrix inputs;
    private final NativeMatrix[] weights;
    private final double[] readout;
    private final NativeMatrix[] preactivations;
    private final NativeMatrix[] features;
    private final INDArray[][] weightPanels;
    private final INDArray[][] weightSlabs;
    private final INDArray[][] preactivationPanels;
    /** {@code phi'(h^l)}, flat {@code (Q, N)} in column-major order. */
    private final double[][] derivatives;

    private final Gradients all;
    /** The gradients that the update reads; the same object as {@link #all} if every step sees every point. */
    private final Gradients batch;

    /** Backward fields of all points or of a batch of them. */
    private final class Gradients implements AutoCloseable {
        private final int points;
        private final NativeMatrix[] gradients = new NativeMatrix[depth];
        private final INDArray[][] gradientSlabs = new INDArray[depth][];
        /** Each slab's share of {@code W^T g}, {@code (N, points)}, one layer at a time. */
        private final NativeMatrix[] shares = new NativeMatrix[slabs.count()];

        Gradients(int points) {
            this.points = points;
            for (int l = 0; l < depth; l++) {
                gradients[l] = NativeMatrix.allocate(precision, points, width);
                gradientSlabs[l] = slabs.views(gradients[l]);
            }
            Arrays.setAll(shares, slab -> NativeMatrix.allocate(precision, width, points));
        }

        @Override
        public void close() {
            Arrays.stream(gradients).forEach(NativeMatrix::close);
            Arrays.stream(shares).forEach(NativeMatrix::close);
        }
    }

    /** The network at initialization; {@code batchSize} points take part in an update. */
    Mlp(Problem problem, int width, long seed, Precision precision, int batchSize) {
        this.width = width;
        this.depth = problem.network().depth();
        this.points = problem.points();
        this.gamma0 = problem.training().gamma0();
        this.activation = problem.network().activation();
        this.precision = precision;
        this.panels = Panels.of(width);
        this.slabs = new Panels(width, panels.width() < width ? SLAB : width);
        this.inputs = rows(problem.dataset().inputs());
        this.weights = new NativeMatrix[depth];
        this.preactivations = new NativeMatrix[depth];
        this.features = new NativeMatrix[depth];
        this.weightPanels = new INDArray[depth][];
        this.weightSlabs = new INDArray[depth][];
        this.preactivationPanels = new INDArray[depth][];
        for (int l = 0; l < depth; l++) {
            weights[l] = NativeMatrix.allocate(precision, l == 0 ? inputs.columns() : width, width);
            fill(weights[l], seed, l);
            preactivations[l] = NativeMatrix.allocate(precision, points, width);
            features[l] = NativeMatrix.allocate(precision, points, width);
            weightPanels[l] = panels.views(weights[l]);
            weightSlabs[l] = slabs.views(weights[l]);
            preactivationPanels[l] = panels.views(preactivations[l]);
        }
        this.readout = new double[width];
        InitialWeights.fill(readout, 0, width, seed, width, depth, 0);
        this.derivatives = new double[depth][width * points];
        this.all = new Gradients(points);
        this.batch = batchSize == points ? all : new Gradients(batchSize);
    }

    /** {@code (Q, D)} from {@code (D, Q)}; row-major data are column-major data of the transpose. */
    private NativeMatrix rows(Tensor x) {
        NativeMatrix rows = NativeMatrix.allocate(precision, points, x.size(0));
        rows.write(0, x.data(), 0, x.data().length);
        rows.fromHost();
        return rows;
    }

    private void fill(NativeMatrix weight, long seed, int layer) {
        int fanIn = weight.rows();
        Panels.of(width).forEach(panel -> {
            double[] normals = new double[fanIn];
            for (int neuron = panels.from(panel); neuron < panels.to(panel); neuron++) {
                long first = (long) neuron * fanIn;
                InitialWeights.fill(normals, 0, fanIn, seed, width, layer, first);
                weight.write(first, normals, 0, fanIn);
            }
        });
        weight.fromHost();
    }

    /** Fills h and phi of every layer and point. */
    void forward() {
        for (int l = 0; l < depth; l++) {
            int layer = l;
            NativeMatrix below = below(l);
            double scale = 1 / Math.sqrt(below.columns());
            panels.forEach(panel -> {
                Nd4j.gemm(
                        below.array(),
                        weightPanels[layer][panel],
                        preactivationPanels[layer][panel],
                        false,
                        false,
                        scale,
                        0);
                activate(layer, panel);
            });
            features[l].fromHost();
        }
    }

    private void activate(int l, int panel) {
        int first = panels.from(panel) * points;
        int count = panels.size(panel) * points;
        double[] value = Scratch.VALUE.of(count);
        double[] slope = Scratch.OTHER.of(count);
        preactivations[l].toHost();
        preactivations[l].read(first, value, 0, count);
        activation.apply(value, value, slope, count);
        features[l].write(first, value, 0, count);
        System.arraycopy(slope, 0, derivatives[l], first, count);
    }

    /** Outputs {@code w . phi(h^L_mu) / (gamma0 N)} of all points, not centred, summed in float64. */
    double[] outputs() {
        double[] outputs = new double[points];
        double[] phi = new double[points];
        for (int i = 0; i < width; i++) {
            features[depth - 1].read((long) i * points, phi, 0, points);
            double w = readout[i] / (gamma0 * width);
            for (int mu = 0; mu < points; mu++) {
                outputs[mu] += w * phi[mu];
            }
        }
        return outputs;
    }

    /**
     * Fills g of every layer for the points of a batch; needs {@link #forward} of the same weights.
     *
     * @param selection indices of the points, as many as the network was made for
     */
    void backward(int[] selection) {
        backward(batch, selection, null);
    }

    /**
     * Fills g of every layer for all points; needs {@link #forward} of the same weights.
     *
     * @param pullbacks where {@code z^l} goes, per layer flat {@code (Q, N)} row-major; null if nobody asks
     */
    void backwardAll(double[][] pullbacks) {
        backward(all, IntStream.range(0, points).toArray(), pullbacks);
    }

    private void backward(Gradients set, int[] selection, double[][] pullbacks) {
        double scale = 1 / Math.sqrt(width);
        for (int l = depth - 1; l >= 0; l--) {
            int layer = l;
            if (l < depth - 1) {
                slabs.forEach(slab -> Nd4j.gemm(
                        weightSlabs[layer + 1][slab],
                        set.gradientSlabs[layer + 1][slab],
                        set.shares[slab].array(),
                        false,
                        true,
                        scale,
                        0));
                Arrays.stream(set.shares).forEach(NativeMatrix::toHost);
            }
            panels.forEach(panel -> {
                double[] z = layer == depth - 1 ? lastPullback(set, panel) : pullback(set, panel);
                differentiate(set, selection, layer, panel, z);
                if (pullbacks != null) {
                    keep(z, panel, pullbacks[layer]);
                }
            });
            set.gradients[l].fromHost();
        }
    }

    /** {@code z^L = w} for the neurons of a panel, {@code [neuron][point]}. */
    private double[] lastPullback(Gradients set, int panel) {
        double[] z = Scratch.VALUE.of(panels.size(panel) * set.points);
        for (int i = 0; i < panels.size(panel); i++) {
            Arrays.fill(z, i * set.points, (i + 1) * set.points, readout[panels.from(panel) + i]);
        }
        return z;
    }

    /** {@code z^l} for the neurons of a panel, {@code [neuron][point]}: the slabs' shares in fixed order. */
    private double[] pullback(Gradients set, int panel) {
        int n = panels.size(panel);
        double[] z = Scratch.VALUE.of(n * set.points);
        double[] share = Scratch.COLUMN.of(n);
        Arrays.fill(z, 0, n * set.points, 0);
        for (int mu = 0; mu < set.points; mu++) {
            for (NativeMatrix part : set.shares) {
                part.read((long) mu * width + panels.from(panel), share, 0, n);
                for (int i = 0; i < n; i++) {
                    z[i * set.points + mu] += share[i];
                }
            }
        }
        return z;
    }

    private void differentiate(Gradients set, int[] selection, int l, int panel, double[] z) {
        int count = panels.size(panel) * set.points;
        double[] g = Scratch.OTHER.of(count);
        int first = panels.from(panel);
        for (int i = 0; i < panels.size(panel); i++) {
            for (int mu = 0; mu < set.points; mu++) {
                g[i * set.points + mu] = z[i * set.points + mu] * derivatives[l][(first + i) * points + selection[mu]];
            }
        }
        set.gradients[l].write((long) first * set.points, g, 0, count);
    }

    private void keep(double[] z, int panel, double[] pullbacks) {
        for (int i = 0; i < panels.size(panel); i++) {
            for (int mu = 0; mu < points; mu++) {
                pullbacks[mu * width + panels.from(panel) + i] = z[i * points + mu];
            }
        }
    }

    /** What layer l (from 0) reads, {@code (Q, D)} or {@code (Q, N)}. */
    NativeMatrix below(int layer) {
        return layer == 0 ? inputs : features[layer - 1];
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

    Precision precision() {
        return precision;
    }

    Panels panels() {
        return panels;
    }

    /** Transposed {@code W^l}, {@code (inputs, N)}; layer 0 reads the data. */
    NativeMatrix weights(int layer) {
        return weights[layer];
    }

    /** {@link Panels#views} of the weights. */
    INDArray[] weightPanels(int layer) {
        return weightPanels[layer];
    }

    /** {@code w}, {@code (N)}; kept in float64 in either precision. */
    double[] readout() {
        return readout;
    }

    /** {@code h^l}, {@code (Q, N)}, l counted from 0. */
    NativeMatrix preactivations(int layer) {
        return preactivations[layer];
    }

    /** {@code phi(h^l)}, {@code (Q, N)}, l counted from 0. */
    NativeMatrix features(int layer) {
        return features[layer];
    }

    /** {@code g^l} of the batch, {@code (B, N)}, l counted from 0. */
    NativeMatrix batchGradients(int layer) {
        return batch.gradients[layer];
    }

    /** {@code g^l} of all points, {@code (Q, N)}, l counted from 0; filled by {@link #backwardAll}. */
    NativeMatrix gradients(int layer) {
        return all.gradients[layer];
    }

    @Override
    public void close() {
        inputs.close();
        Arrays.stream(weights).forEach(NativeMatrix::close);
        Arrays.stream(preactivations).forEach(NativeMatrix::close);
        Arrays.stream(features).forEach(NativeMatrix::close);
        all.close();
        if (batch != all) {
            batch.close();
        }
    }
}
