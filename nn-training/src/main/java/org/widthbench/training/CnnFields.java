package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.problem.Problem;

/**
 * The fields of a {@link Cnn} on a batch of images: {@code (N, images * pixels)} matrices in column-major order, channels
 * fastest.
 *
 * <pre>
 * z^L = w / pixels        z^l = s_l conv^T(W^l, g^{l+1})        g^l = phi'(h^l) z^l  (+ g^{l+1} in a residual network)
 * </pre>
 */
final class CnnFields implements AutoCloseable {
    /** Entries per task of the elementwise passes: enough to be worth handing out, few enough to stay in cache. */
    private static final int TASK = 8192;

    private final Cnn network;
    private final Tensor images;
    private final Activation activation;
    private final double outputScale;
    private final ImageBatch batch;
    private final Panels columns;
    private final NativeMatrix input;
    private final NativeMatrix[] preactivations;
    private final NativeMatrix[] features;
    private final NativeMatrix[] derivatives;
    private final NativeMatrix[] gradients;
    /** Gradient of {@code phi(h^l)} before its factor. */
    private final NativeMatrix[] pullbacks;

    private final NativeMatrix[] weightGradients;
    private final Convolution[] convolutions;
    private int[] points = {};

    CnnFields(Problem problem, Cnn network, int size) {
        this(problem, network, size, engine(problem, network, size));
    }

    private static ConvolutionEngine engine(Problem problem, Cnn network, int size) {
        Tensor images = problem.dataset().inputs();
        return ConvolutionEngine.of(network.precision(), network.channels(), size * images.size(1) * images.size(2));
    }

    /** With convolutions by an engine of the caller's choice. */
    CnnFields(Problem problem, Cnn network, int size, ConvolutionEngine engine) {
        Precision precision = network.precision();
        int depth = network.depth();
        int n = network.channels();
        this.network = network;
        this.images = problem.dataset().inputs();
        this.activation = problem.network().activation();
        this.outputScale = 1 / (problem.training().gamma0() * n);
        this.batch = new ImageBatch(size, images.size(1), images.size(2));
        this.columns = new Panels(batch.columns(), Math.max(1, TASK / n));
        this.input = NativeMatrix.zeros(precision, images.size(3), batch.columns());
        this.preactivations = fields(depth);
        this.features = fields(depth);
        this.derivatives = fields(depth);
        this.gradients = fields(depth);
        this.pullbacks = fields(depth);
        this.weightGradients = new NativeMatrix[depth];
        this.convolutions = new Convolution[depth];
        for (int l = 0; l < depth; l++) {
            weightGradients[l] =
                    NativeMatrix.allocate(precision, network.weights(l).rows(), n);
            convolutions[l] = engine.bind(
                    new Convolution.Operands(
                            batch,
                            network.kernel(),
                            network.weights(l),
                            l == 0 ? input : features[l - 1],
                            preactivations[l],
                            gradients[l],
                            l == 0 ? null : pullbacks[l - 1],
                            weightGradients[l]),
                    precision);
        }
    }

    private NativeMatrix[] fields(int depth) {
        NativeMatrix[] layers = new NativeMatrix[depth];
        Arrays.setAll(layers, l -> NativeMatrix.allocate(network.precision(), network.channels(), batch.columns()));
        return layers;
    }

    /** Most images held at a time. */
    int size() {
        return batch.images();
    }

    /** Indices of the points whose images are held. */
    int[] points() {
        return points;
    }

    ImageBatch batch() {
        return batch;
    }

    /** Takes images, at most {@link #size}; what is left of the batch keeps what it had. */
    void load(int... selection) {
        int length = images.data().length / images.size(0);
        for (int b = 0; b < selection.length; b++) {
            input.write((long) b * length, images.data(), selection[b] * length, length);
        }
        input.fromHost();
        points = selection.clone();
    }

    /** Fills h and phi of every layer. */
    void forward() {
        for (int l = 0; l < network.depth(); l++) {
            convolutions[l].forward();
            activate(l);
        }
    }

    private void activate(int l) {
        int n = network.channels();
        boolean skip = network.residual() && l > 0;
        preactivations[l].toHost();
        columns.forEach(panel -> {
            long first = (long) columns.from(panel) * n;
            int count = columns.size(panel) * n;
            double[] value = Scratch.VALUE.of(count);
            double[] slope = Scratch.OTHER.of(count);
            preactivations[l].read(first, value, 0, count);
            scale(value, count, network.factor(l));
            if (skip) {
                preactivations[l - 1].read(first, slope, 0, count);
                add(slope, value, count);
            }
            preactivations[l].write(first, value, 0, count);
            activation.apply(value, value, slope, count);
            features[l].write(first, value, 0, count);
            derivatives[l].write(first, slope, 0, count);
        });
        preactivations[l].fromHost();
        features[l].fromHost();
    }

    private static void scale(double[] values, int n, double factor) {
        for (int i = 0; i < n; i++) {
            values[i] *= factor;
        }
    }

    private static void add(double[] from, double[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] += from[i];
        }
    }

    /** Outputs {@code w . mean_pixels phi(h^L) / (gamma0 N)} of the images held, not centred, summed in float64. */
    double[] outputs() {
        double[] w = network.readout();
        double[] outputs = new double[points.length];
        for (int b = 0; b < points.length; b++) {
            double[] pooled = pooledFeatures(network.depth() - 1, b);
            for (int i = 0; i < w.length; i++) {
                outputs[b] += outputScale * w[i] * pooled[i];
            }
        }
        return outputs;
    }

    /**
     * Fills g of every layer, and the raw gradient of the weights.
     *
     * @param weights what each image counts, {@code (images held)}: g of image b is {@code weights[b]} times the
     *     definition
     */
    void backward(double[] weights) {
        for (int l = network.depth() - 1; l >= 0; l--) {
            if (l < network.depth() - 1) {
                convolutions[l + 1].backward();
                pullbacks[l].toHost();
            }
            differentiate(l, weights);
        }
        convolutions[0].backward();
    }

    private void differentiate(int l, double[] weights) {
        int n = network.channels();
        boolean last = l == network.depth() - 1;
        columns.forEach(panel -> {
            long first = (long) columns.from(panel) * n;
            int count = columns.size(panel) * n;
            double[] value = Scratch.VALUE.of(count);
            double[] other = Scratch.OTHER.of(count);
            if (last) {
                readOut(columns.from(panel), columns.size(panel), weights, value);
                pullbacks[l].write(first, value, 0, count);
            } else {
                pullbacks[l].read(first, value, 0, count);
                scale(value, count, network.factor(l + 1));
            }
            derivatives[l].read(first, other, 0, count);
            for (int i = 0; i < count; i++) {
                value[i] *= other[i];
            }
            if (network.residual() && !last) {
                gradients[l + 1].read(first, other, 0, count);
                add(other, value, count);
            }
            gradients[l].write(first, value, 0, count);
        });
        gradients[l].fromHost();
    }

    /** {@code z^L = w / pixels} times the weight of the image, for some columns. */
    private void readOut(int from, int count, double[] weights, double[] z) {
        double[] w = network.readout();
        for (int column = 0; column < count; column++) {
            int image = (from + column) / batch.pixels();
            double factor = image < weights.length ? weights[image] / batch.pixels() : 0;
            for (int i = 0; i < w.length; i++) {
                z[column * w.length + i] = factor * w[i];
            }
        }
    }

    /** {@code mean_pixels phi(h^l)} of one image held, {@code (N)}; l counted from 0. */
    double[] pooledFeatures(int layer, int image) {
        double[] pooled = sum(features[layer], image);
        scale(pooled, pooled.length, 1.0 / batch.pixels());
        return pooled;
    }

    /** {@code sum_pixels g^l} of one image held, {@code (N)}; l counted from 0. */
    double[] pooledGradients(int layer, int image) {
        return sum(gradients[layer], image);
    }

    private double[] sum(NativeMatrix field, int image) {
        int n = network.channels();
        double[] sum = new double[n];
        double[] pixel = new double[n];
        for (int a = 0; a < batch.pixels(); a++) {
            field.read(((long) image * batch.pixels() + a) * n, pixel, 0, n);
            add(pixel, sum, n);
        }
        return sum;
    }

    /** What layer l (from 0) reads, {@code (C, pixels)}. */
    NativeMatrix below(int layer) {
        return layer == 0 ? input : features[layer - 1];
    }

    /** {@code h^l}, {@code (N, pixels)}, l counted from 0. */
    NativeMatrix preactivations(int layer) {
        return preactivations[layer];
    }

    /** {@code phi(h^l)}, {@code (N, pixels)}, l counted from 0. */
    NativeMatrix features(int layer) {
        return features[layer];
    }

    /** {@code g^l}, {@code (N, pixels)}, l counted from 0. */
    NativeMatrix gradients(int layer) {
        return gradients[layer];
    }

    /** {@code z^l} over the factor that {@link #pullbackFactor} tells, {@code (N, pixels)}. */
    NativeMatrix pullbacks(int layer) {
        return pullbacks[layer];
    }

    /** What {@link #pullbacks} is to be multiplied by. */
    double pullbackFactor(int layer) {
        return layer == network.depth() - 1 ? 1 : network.factor(layer + 1);
    }

    /** {@code sum g patch^T} of {@code W^l}, without its factor. */
    NativeMatrix weightGradients(int layer) {
        return weightGradients[layer];
    }

    @Override
    public void close() {
        input.close();
        for (int l = 0; l < network.depth(); l++) {
            convolutions[l].close();
            preactivations[l].close();
            features[l].close();
            derivatives[l].close();
            gradients[l].close();
            pullbacks[l].close();
            weightGradients[l].close();
        }
    }
}
