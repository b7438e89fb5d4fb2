package org.widthbench.comparison;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;

/** What raw samples of fields say, as other programs record them: kernels, and the distance of two densities. */
final class FieldSamples {
    private FieldSamples() {}

    /**
     * The arrays, with the kernels that they lack and their samples make: {@code Phi_l = <phi_l phi_l>} and {@code G_l = <g_l
     * g_l>} over the N neurons of {@code phi_l} and {@code g_l}, {@code (R,Q,N)}; without {@code phi_l} it is {@code phi(h_l)}.
     *
     * @param times number R of recorded times
     * @param activation phi, null if nothing tells: then {@code h_l} makes no kernel
     */
    static Map<String, Tensor> withKernels(Map<String, Tensor> arrays, int times, Activation activation) {
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        arrays.forEach((name, field) -> {
            String layer = name.substring(name.indexOf('_') + 1);
            if (field.rank() != 3 || field.size(0) != times || field.size(2) == 0 || !layer.matches("[1-9][0-9]*")) {
                return;
            }
            if (name.startsWith("phi_")) {
                all.putIfAbsent("Phi_" + layer, kernel(field));
            } else if (name.startsWith("g_")) {
                all.putIfAbsent("G_" + layer, kernel(field));
            } else if (name.startsWith("h_") && activation != null && !arrays.containsKey("phi_" + layer)) {
                double[] phi = new double[field.data().length];
                activation.apply(field.data(), phi, null, phi.length);
                all.putIfAbsent("Phi_" + layer, kernel(new Tensor(field.shape(), phi)));
            }
        });
        return all;
    }

    /** {@code (R,Q,R,Q)}: the mean over neurons of the products of {@code (R,Q,N)}. */
    private static Tensor kernel(Tensor field) {
        int neurons = field.size(2);
        int rows = field.size(0) * field.size(1);
        double[] data = field.data();
        // Neuron by neuron, so that the inner loop runs along both arrays.
        double[] byNeuron = new double[data.length];
        for (int i = 0; i < rows; i++) {
            for (int n = 0; n < neurons; n++) {
                byNeuron[n * rows + i] = data[i * neurons + n];
            }
        }
        Tensor kernel = Tensor.zeros(field.size(0), field.size(1), field.size(0), field.size(1));
        IntStream.range(0, rows).parallel().forEach(i -> {
            double[] row = new double[rows];
            for (int n = 0; n < neurons; n++) {
                double factor = data[i * neurons + n] / neurons;
                for (int j = 0; j < rows; j++) {
                    row[j] += factor * byNeuron[n * rows + j];
                }
            }
            System.arraycopy(row, 0, kernel.data(), i * rows, rows);
        });
        return kernel;
    }

    /**
     * Kolmogorov distance of the samples of two fields at one time, {@code max_x |F(x) - F'(x)|} of their cumulative
     * distributions: 0 if they are equal, 1 if all of one lie below all of the other; of n and m samples of one density about
     * {@code 0.87 sqrt(1/n + 1/m)}.
     *
     * @param a {@code (times,Q,S)}
     * @param b {@code (times',Q,S')}
     * @param last whether at the last time of each, else at the first
     * @return mean over the Q points
     */
    static double densityDistance(Tensor a, Tensor b, boolean last) {
        int slotA = last ? a.size(0) - 1 : 0;
        int slotB = last ? b.size(0) - 1 : 0;
        return IntStream.range(0, a.size(1))
                .mapToDouble(mu -> kolmogorov(sorted(a, slotA, mu), sorted(b, slotB, mu)))
                .average()
                .orElseThrow();
    }

    private static double[] sorted(Tensor field, int slot, int mu) {
        int from = (slot * field.size(1) + mu) * field.size(2);
        double[] row = Arrays.copyOfRange(field.data(), from, from + field.size(2));
        Arrays.sort(row);
        return row;
    }

    private static double kolmogorov(double[] x, double[] y) {
        double largest = 0;
        int below = 0;
        int others = 0;
        while (below < x.length && others < y.length) {
            double at = Math.min(x[below], y[others]);
            while (below < x.length && x[below] <= at) {
                below++;
            }
            while (others < y.length && y[others] <= at) {
                others++;
            }
            largest = Math.max(largest, Math.abs((double) below / x.length - (double) others / y.length));
        }
        return largest;
    }
}
