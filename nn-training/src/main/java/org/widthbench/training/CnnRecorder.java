package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.Problem;

/**
 * Order parameters of a {@link Cnn}: kernels of {@code mean_pixels phi(h^l)} and of {@code sum_pixels g^l} over all
 * recorded times, and the neural tangent kernel at equal times from the gradients of every point's output,
 * {@code <dW_mu, dW_alpha> / N} summed over layers. On images of one pixel these are the kernels of a multilayer perceptron.
 */
final class CnnRecorder implements AutoCloseable {
    private final Cnn network;
    private final int recorded;
    private final int points;
    private final int samples;
    private final KernelHistory[] features;
    private final KernelHistory[] gradients;
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();
    /** {@code sum_a g patch^T} of every point, {@code (k k C N, Q)}. */
    private final NativeMatrix[] outputGradients;

    private final Patches[] patches;
    private final Tensor ntk;
    /** Features of single pixels at the last recorded time; empty if nobody asks. */
    private final KernelHistory[] pixelFeatures;

    /** @param pixels whether the kernels of single pixels are wanted too */
    CnnRecorder(Problem problem, Cnn network, ImageBatch image, boolean pixels) {
        int depth = network.depth();
        int n = network.channels();
        this.network = network;
        this.recorded = problem.training().record().length;
        this.points = problem.points();
        this.samples = Math.min(n * image.pixels(), Recorder.SAMPLES);
        this.features = new KernelHistory[depth];
        this.gradients = new KernelHistory[depth];
        this.outputGradients = new NativeMatrix[depth];
        this.patches = new Patches[depth];
        this.pixelFeatures = new KernelHistory[pixels ? depth : 0];
        Arrays.setAll(pixelFeatures, l -> new KernelHistory(network.precision(), n, points, image.pixels()));
        this.ntk = Tensor.zeros(recorded, points, points);
        for (int l = 0; l < depth; l++) {
            int fanIn = network.weights(l).rows();
            features[l] = new KernelHistory(network.precision(), n, recorded, points);
            gradients[l] = new KernelHistory(network.precision(), n, recorded, points);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
            outputGradients[l] = NativeMatrix.allocate(network.precision(), (long) fanIn * n, points);
            int channels = fanIn / (network.kernel() * network.kernel());
            patches[l] = new Patches(image, network.kernel(), channels, network.precision());
        }
    }

    /**
     * Takes the fields of the images held as part of recorded time number {@code slot}.
     *
     * @param fields after forward, and backward with every image counting once
     */
    void record(int slot, CnnFields fields) {
        int n = network.channels();
        for (int b = 0; b < fields.points().length; b++) {
            int mu = fields.points()[b];
            for (int l = 0; l < network.depth(); l++) {
                features[l].put(slot, mu, 0, fields.pooledFeatures(l, b), n);
                gradients[l].put(slot, mu, 0, fields.pooledGradients(l, b), n);
                differentiate(fields, l, b);
                if (slot == 0) {
                    sample(fields, l, b, 0);
                }
                if (slot == recorded - 1) {
                    sample(fields, l, b, 1);
                    keepPixels(fields, l, b);
                }
            }
        }
    }

    private void differentiate(CnnFields fields, int l, int b) {
        NativeMatrix target = outputGradients[l];
        long first = (long) fields.points()[b] * target.rows();
        int fanIn = network.weights(l).rows();
        int pixels = fields.batch().pixels();
        INDArray gradient = Nd4j.create(
                target.array().data(), new long[] {fanIn, network.channels()}, new long[] {1, fanIn}, first, 'f');
        INDArray g = fields.gradients(l).columns((long) b * pixels, (long) (b + 1) * pixels);
        patches[l].take(fields.below(l), b);
        Nd4j.gemm(patches[l].matrix().array(), g, gradient, false, true, network.factor(l), 0);
    }

    private void keepPixels(CnnFields fields, int l, int b) {
        int n = network.channels();
        int pixels = fields.batch().pixels();
        double[] feature = new double[n];
        for (int a = 0; l < pixelFeatures.length && a < pixels; a++) {
            fields.features(l).read(((long) b * pixels + a) * n, feature, 0, n);
            pixelFeatures[l].put(fields.points()[b], a, 0, feature, n);
        }
    }

    /** Neurons (channel and pixel) spread evenly over the whole image. */
    private void sample(CnnFields fields, int l, int b, int time) {
        int mu = fields.points()[b];
        long length = (long) network.channels() * fields.batch().pixels();
        double[] value = new double[1];
        for (int i = 0; i < samples; i++) {
            long at = b * length + i * length / samples;
            fields.preactivations(l).read(at, value, 0, 1);
            preactivations.get(l).set(value[0], time, mu, i);
            fields.pullbacks(l).read(at, value, 0, 1);
            pullbacks.get(l).set(fields.pullbackFactor(l) * value[0], time, mu, i);
        }
    }

    /** Makes the neural tangent kernel of recorded time number {@code slot}, once all points are in. */
    void finish(int slot) {
        double[] entries = ntk.data();
        int first = slot * points * points;
        for (NativeMatrix gradient : outputGradients) {
            double[] gram = GramMatrix.of(gradient, network.precision());
            double scale = (double) gradient.rows() / network.channels();
            for (int i = 0; i < gram.length; i++) {
                entries[first + i] += scale * gram[i];
            }
        }
    }

    /** {@code Phi^l} of pooled features, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> featureKernels() {
        return Arrays.stream(features).map(KernelHistory::kernel).toList();
    }

    /** {@code Phi^l} of single pixels at the last recorded time, L tensors {@code (Q, pixels, Q, pixels)}, or none. */
    List<Tensor> pixelFeatureKernels() {
        return Arrays.stream(pixelFeatures).map(KernelHistory::kernel).toList();
    }

    /** {@code G^l} of summed gradients, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> gradientKernels() {
        return Arrays.stream(gradients).map(KernelHistory::kernel).toList();
    }

    /**
     * The neural tangent kernel at equal times, {@code (R,Q,Q)}.
     *
     * @param lastFeatureKernel {@code Phi^L}, the share of the read-out weights
     */
    Tensor neuralTangentKernel(Tensor lastFeatureKernel) {
        Tensor total = new Tensor(ntk.shape(), ntk.data().clone());
        for (int t = 0; t < recorded; t++) {
            for (int mu = 0; mu < points; mu++) {
                for (int al = 0; al < points; al++) {
                    total.set(total.get(t, mu, al) + lastFeatureKernel.get(t, mu, t, al), t, mu, al);
                }
            }
        }
        return total;
    }

    /** Samples of h at the first and the last recorded time, L tensors {@code (2,Q,S')}. */
    List<Tensor> preactivations() {
        return preactivations;
    }

    /** Samples of z at the first and the last recorded time, L tensors {@code (2,Q,S')}. */
    List<Tensor> pullbacks() {
        return pullbacks;
    }

    @Override
    public void close() {
        for (int l = 0; l < features.length; l++) {
            features[l].close();
            gradients[l].close();
            outputGradients[l].close();
            patches[l].close();
        }
        Arrays.stream(pixelFeatures).forEach(KernelHistory::close);
    }
}
