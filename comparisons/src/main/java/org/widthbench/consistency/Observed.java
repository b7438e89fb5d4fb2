package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.core.Tensor;

/**
 * What is seen of a network, or of the theory, at R recorded times: K test points, of which J are in the kernels, L layers.
 *
 * @param times {@code (R)}
 * @param f {@code (R,K)} centred predictions of the test points
 * @param features {@code Phi^l} at equal times, L tensors {@code (R,J,J)}
 * @param gradients {@code G^l} at equal times, L tensors {@code (R,J,J)}
 * @param ntk {@code (R,J,J)}
 * @param finalKernel NTK of all test points at the last time, {@code (K,K)}
 * @param quantiles of the preactivations {@code h^l} at the first and the last time, L tensors {@code (2,B)}: entry b is the
 *     quantile of {@code (b + 1/2) / B}
 */
public record Observed(
        int[] times,
        Tensor f,
        List<Tensor> features,
        List<Tensor> gradients,
        Tensor ntk,
        Tensor finalKernel,
        List<Tensor> quantiles) {
    /** Number B of quantiles kept: enough to draw a density and to measure distances to a percent. */
    static final int QUANTILES = 200;

    /** Copies the lists. */
    public Observed {
        features = List.copyOf(features);
        gradients = List.copyOf(gradients);
        quantiles = List.copyOf(quantiles);
    }

    /** Number L of layers. */
    public int depth() {
        return features.size();
    }

    /** Index of the last recorded time. */
    int last() {
        return times.length - 1;
    }

    /** Predictions at one recorded time, {@code (K)}. */
    double[] predictions(int slot) {
        return at(f, slot).data();
    }

    /** Quantiles of a layer's preactivations at the first (0) or last (1) time, {@code (B)}. */
    double[] quantiles(int layer, int time) {
        return at(quantiles.get(layer), time).data();
    }

    /** One slab of the first axis: a kernel at one recorded time, {@code (J,J)}. */
    static Tensor at(Tensor all, int slot) {
        int[] shape = Arrays.copyOfRange(all.shape(), 1, all.rank());
        int size = all.data().length / all.size(0);
        return new Tensor(shape, Arrays.copyOfRange(all.data(), slot * size, (slot + 1) * size));
    }

    /** Slabs of one shape along a new first axis. */
    static Tensor stack(List<double[]> slabs, int... shape) {
        return new Tensor(
                IntStream.concat(IntStream.of(slabs.size()), Arrays.stream(shape))
                        .toArray(),
                slabs.stream().flatMapToDouble(Arrays::stream).toArray());
    }

    /** Quantiles of {@code (b + 1/2) / B} of some samples. */
    static double[] quantiles(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        double[] quantiles = new double[QUANTILES];
        for (int b = 0; b < QUANTILES; b++) {
            double position = (b + 0.5) / QUANTILES * sorted.length - 0.5;
            int below = (int) Math.max(0, Math.min(sorted.length - 1.0, Math.floor(position)));
            int above = Math.min(sorted.length - 1, below + 1);
            double part = Math.max(0, Math.min(1, position - below));
            quantiles[b] = sorted[below] + part * (sorted[above] - sorted[below]);
        }
        return quantiles;
    }

    /** Wasserstein-1 distance of two distributions given by equally many quantiles: the mean distance of their quantiles. */
    static double wasserstein(double[] a, double[] b) {
        return MathArrays.distance1(a, b) / a.length;
    }
}
