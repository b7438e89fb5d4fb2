package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The same from its arrays. */
    static Observed of(Map<String, Tensor> arrays) {
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> quantiles = new ArrayList<>();
        for (int l = 1; arrays.containsKey("Phi_" + l); l++) {
            features.add(arrays.get("Phi_" + l));
            gradients.add(arrays.get("G_" + l));
            quantiles.add(arrays.get("h_quantiles_" + l));
        }
        return new Observed(
                wholes(arrays.get("times")),
                arrays.get("f"),
                features,
                gradients,
                arrays.get("ntk"),
                arrays.get("final_kernel"),
                quantiles);
    }

    /** By their names in files. */
    Map<String, Tensor> arrays() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("times", vector(times));
        arrays.put("f", f);
        for (int l = 0; l < depth(); l++) {
            arrays.put("Phi_" + (l + 1), features.get(l));
            arrays.put("G_" + (l + 1), gradients.get(l));
            arrays.put("h_quantiles_" + (l + 1), quantiles.get(l));
        }
        arrays.put("ntk", ntk);
        arrays.put("final_kernel", finalKernel);
        return arrays;
    }

    static Tensor vector(int[] wholes) {
        return Tensor.vector(Arrays.stream(wholes).asDoubleStream().toArray());
    }

    static int[] wholes(Tensor vector) {
        return Arrays.stream(vector.data()).mapToInt(t -> (int) t).toArray();
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
