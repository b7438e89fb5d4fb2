package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;

/**
 * Weights and factors of a convolutional network, {@code docs/theory.md} section 6: {@code h^{l+1} = s_l conv(W^l,
 * phi(h^l))}, plus {@code h^l} in a residual network, and {@code output = w . mean_pixels phi(h^L) / (gamma0 N)}.
 */
final class Cnn implements AutoCloseable {
    private final int channels;
    private final int kernel;
    private final Precision precision;
    private final NativeMatrix[] weights;
    private final double[] factors;
    private final double[] readout;
    private final boolean residual;

    /** The network at initialization. */
    Cnn(Problem problem, int channels, long seed, Precision precision, CnnOptions options) {
        int depth = problem.network().depth();
        this.channels = channels;
        this.kernel = problem.network().architecture().kernel();
        this.precision = precision;
        this.residual = options.residual() > 0;
        this.weights = new NativeMatrix[depth];
        this.factors = new double[depth];
        int taps = kernel * kernel;
        for (int l = 0; l < depth; l++) {
            int fed = l == 0 ? problem.dataset().inputs().size(3) : channels;
            weights[l] = NativeMatrix.allocate(precision, (long) taps * fed, channels);
            double[] filter = new double[taps * fed];
            for (int i = 0; i < channels; i++) {
                long first = (long) i * filter.length;
                InitialWeights.fill(filter, 0, filter.length, seed, channels, l, first);
                weights[l].write(first, filter, 0, filter.length);
            }
            weights[l].fromHost();
            boolean notebook = options.scaling() == CnnOptions.Scaling.NOTEBOOK;
            double sum = notebook ? (l == 0 ? 1 : channels) : (double) taps * fed;
            factors[l] = (residual && l > 0 ? options.residual() / Math.sqrt(depth) : 1) / Math.sqrt(sum);
        }
        this.readout = new double[channels];
        InitialWeights.fill(readout, 0, channels, seed, channels, depth, 0);
    }

    /** Number N of channels. */
    int channels() {
        return channels;
    }

    int depth() {
        return weights.length;
    }

    int kernel() {
        return kernel;
    }

    Precision precision() {
        return precision;
    }

    /** True if every layer above the first adds to the one below. */
    boolean residual() {
        return residual;
    }

    /** {@code W^l}, {@code (k k C, N)}; layer 0 reads the image. */
    NativeMatrix weights(int layer) {
        return weights[layer];
    }

    /** {@code s_l}, what the convolution with {@code W^l} is multiplied by. */
    double factor(int layer) {
        return factors[layer];
    }

    /** {@code w}, {@code (N)}; kept in float64 in either precision. */
    double[] readout() {
        return readout;
    }

    @Override
    public void close() {
        Arrays.stream(weights).forEach(NativeMatrix::close);
    }
}
