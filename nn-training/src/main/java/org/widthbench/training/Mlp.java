package org.widthbench.training;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.widthbench.core.InitialWeights;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;

/**
 * A fully connected network of width N with all its fields, {@code docs/theory.md} section 1:
 *
 * <pre>
 * h^1 = W^0 x / sqrt(D)      h^{l+1} = W^l phi(h^l) / sqrt(N)      output = w . phi(h^L) / (gamma0 N)
 * z^L = w                    z^l = W^{l T} g^{l+1} / sqrt(N)       g^l = phi'(h^l) z^l
 * </pre>
 *
 * Fields are {@code (N, Q)} matrices in column-major order, one column per point; the weights of a layer are kept as
 * {@code (inputs, outputs)} in column-major order, which is row-major {@code W^l}.
 */
final class Mlp implements AutoCloseable {
    private final int width;
    private final int depth;
    private final int points;
    private final double gamma0;
    private final Activation activation;
    private final Precision precision;
    private final INDArray inputs;
    private final INDArray[] weights;
    private final double[] readout;
    private final INDArray[] preactivations;
    private final INDArray[] features;
    private final INDArray[] pullbacks;
    private final INDArray[] gradients;
    /** {@code phi'(h^l)}, flat {@code (N, Q)} in column-major order. */
    private final double[][] derivatives;

    /** The network at initialization. */
    Mlp(Problem problem, int width, long seed, Precision precision) {
        this.width = width;
        this.depth = problem.network().depth();
        this.points = problem.points();
        this.gamma0 = problem.training().gamma0();
        this.activation = problem.network().activation();
        this.precision = precision;
        this.inputs = columns(problem.dataset().inputs());
        this.weights = new INDArray[depth];
        for (int l = 0; l < depth; l++) {
            weights[l] = NativeMemory.allocate(precision, l == 0 ? inputs.rows() : width, width);
            fill(weights[l], seed, l);
        }
        this.readout = new double[width];
        InitialWeights.fill(readout, 0, width, seed, width, depth, 0);
        this.preactivations = fields();
        this.features = fields();
        this.pullbacks = fields();
        this.gradients = fields();
        this.derivatives = new double[depth][width * points];
    }

    private INDArray columns(Tensor x) {
        int dimension = x.size(0);
        INDArray columns = NativeMemory.allocate(precision, dimension, points);
        double[] column = new double[dimension];
        for (int mu = 0; mu < points; mu++) {
            for (int d = 0; d < dimension; d++) {
                column[d] = x.data()[d * points + mu];
            }
            NativeMemory.write(column, columns, (long) mu * dimension, dimension);
        }
        NativeMemory.fromHost(columns);
        return columns;
    }

    private void fill(INDArray weight, long seed, int layer) {
        int fanIn = weight.rows();
        NativeMemory.forEachSegment(fanIn, width, (neuron, from, count) -> {
            long first = (long) neuron * fanIn + from;
            double[] normals = new double[count];
            InitialWeights.fill(normals, 0, count, seed, width, layer, first);
            NativeMemory.write(normals, weight, first, count);
        });
        NativeMemory.fromHost(weight);
    }

    private INDArray[] fields() {
        INDArray[] layers = new INDArray[depth];
        for (int l = 0; l < depth; l++) {
            layers[l] = NativeMemory.allocate(precision, width, points);
        }
        return layers;
    }

    /** Fills h and phi of every layer and point. */
    void forward() {
        for (int l = 0; l < depth; l++) {
            INDArray below = l == 0 ? inputs : features[l - 1];
            Nd4j.gemm(weights[l], below, preactivations[l], true, false, 1 / Math.sqrt(below.rows()), 0);
            activate(l);
        }
    }

    private void activate(int l) {
        INDArray h = preactivations[l];
        INDArray phi = features[l];
        NativeMemory.toHost(h);
        NativeMemory.forEachSegment(width, points, (mu, from, count) -> {
            int at = mu * width + from;
            double[] value = new double[count];
            double[] slope = new double[count];
            NativeMemory.read(h, at, value, count);
            activation.apply(value, value, slope, count);
            NativeMemory.write(value, phi, at, count);
            System.arraycopy(slope, 0, derivatives[l], at, count);
        });
        NativeMemory.fromHost(phi);
    }

    /** Outputs {@code w . phi(h^L_mu) / (gamma0 N)} of all points, not centred, summed in float64. */
    double[] outputs() {
        double[] outputs = new double[points];
        double[] phi = new double[width];
        NativeMemory.toHost(features[depth - 1]);
        for (int mu = 0; mu < points; mu++) {
            NativeMemory.read(features[depth - 1], (long) mu * width, phi, width);
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += readout[i] * phi[i];
            }
            outputs[mu] = sum / (gamma0 * width);
        }
        return outputs;
    }

    /** Fills z and g of every layer for the first {@code count} points; needs {@link #forward} of the same weights. */
    void backward(int count) {
        for (int l = depth - 1; l >= 0; l--) {
            if (l < depth - 1) {
                Nd4j.gemm(
                        weights[l + 1],
                        firstColumns(gradients[l + 1], count),
                        firstColumns(pullbacks[l], count),
                        false,
                        false,
                        1 / Math.sqrt(width),
                        0);
            }
            differentiate(l, count);
        }
    }

    private void differentiate(int l, int count) {
        INDArray z = pullbacks[l];
        INDArray g = gradients[l];
        boolean last = l == depth - 1;
        if (!last) {
            NativeMemory.toHost(z);
        }
        NativeMemory.forEachSegment(width, count, (mu, from, length) -> {
            int at = mu * width + from;
            double[] value = new double[length];
            if (last) {
                System.arraycopy(readout, from, value, 0, length);
                NativeMemory.write(value, z, at, length);
            } else {
                NativeMemory.read(z, at, value, length);
            }
            for (int i = 0; i < length; i++) {
                value[i] *= derivatives[l][at + i];
            }
            NativeMemory.write(value, g, at, length);
        });
        NativeMemory.fromHost(g);
        if (last) {
            NativeMemory.fromHost(z);
        }
    }

    /** The first columns of a field; a view, not to be closed. */
    static INDArray firstColumns(INDArray field, int count) {
        return count == field.columns() ? field : field.get(NDArrayIndex.all(), NDArrayIndex.interval(0, count));
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

    /** {@code x}, {@code (D, Q)}. */
    INDArray inputs() {
        return inputs;
    }

    /** Transposed {@code W^l}, {@code (inputs, N)}; layer 0 reads the data. */
    INDArray weights(int layer) {
        return weights[layer];
    }

    /** {@code w}, {@code (N)}; kept in float64 in either precision. */
    double[] readout() {
        return readout;
    }

    /** {@code h^l}, {@code (N, Q)}, l counted from 0. */
    INDArray preactivations(int layer) {
        return preactivations[layer];
    }

    /** {@code phi(h^l)}, {@code (N, Q)}, l counted from 0. */
    INDArray features(int layer) {
        return features[layer];
    }

    /** {@code z^l}, {@code (N, Q)}, l counted from 0. */
    INDArray pullbacks(int layer) {
        return pullbacks[layer];
    }

    /** {@code g^l}, {@code (N, Q)}, l counted from 0. */
    INDArray gradients(int layer) {
        return gradients[layer];
    }

    @Override
    public void close() {
        inputs.close();
        for (int l = 0; l < depth; l++) {
            weights[l].close();
            preactivations[l].close();
            features[l].close();
            pullbacks[l].close();
            gradients[l].close();
        }
    }
}
