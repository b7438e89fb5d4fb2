package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Coordinates;

/**
 * Kernels at one time, {@code docs/theory.md} sections 2 and 6, of pooled features and gradients for a CNN; the neural tangent kernel is the inner
 * products of all weight gradients,
 *
 * <pre>NTK_{mu al} = Phi^L_{mu al} + sum_W factor^2 sum_{a,b} (y_{mu a} . y_{al b} / M) (x_{mu a} . x_{al b} / fan)</pre>
 *
 * @param features {@code Phi^l}, L tensors {@code (B,B)}
 * @param gradients {@code G^l}, L tensors {@code (B,B)}
 * @param ntk neural tangent kernel {@code (B,B)}
 */
public record KernelSnapshot(List<Tensor> features, List<Tensor> gradients, Tensor ntk) {
    /** Entries of a kernel between sites held at a time, 64 MB. */
    private static final long LARGEST_BLOCK = 1L << 23;

    /** Copies the lists. */
    public KernelSnapshot {
        features = List.copyOf(features);
        gradients = List.copyOf(gradients);
    }

    /** Of a program after forward and backward. */
    static KernelSnapshot of(
            Backend backend, int pixels, List<? extends Site> sites, List<TangentRealization.Linear> linears) {
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        for (Site site : sites) {
            features.add(kernel(backend, site.featureCoordinates()));
            gradients.add(kernel(backend, site.gradientCoordinates()));
        }
        Tensor top = features.get(features.size() - 1);
        Tensor ntk = new Tensor(top.shape(), top.data().clone());
        linears.forEach(linear -> addTangents(backend, pixels, linear, ntk));
        return new KernelSnapshot(features, gradients, ntk);
    }

    private static Tensor kernel(Backend backend, Coordinates fields) {
        Matrix rows = fields.rows();
        return new Tensor(new int[] {rows.rows(), rows.rows()}, backend.kernelBlock(1 / fields.norm(), rows, rows));
    }

    /** Some images against all of them at a time: the kernels of single sites are far larger than what is kept of them. */
    private static void addTangents(Backend backend, int pixels, TangentRealization.Linear linear, Tensor ntk) {
        Coordinates y = linear.gradients();
        Coordinates x = linear.features();
        int rows = y.rows().rows();
        int images = rows / pixels;
        int step = (int) Math.max(1, LARGEST_BLOCK / ((long) rows * pixels));
        double square = linear.factor() * linear.factor();
        for (int from = 0; from < images; from += step) {
            int first = from * pixels;
            int count = Math.min(step * pixels, rows - first);
            double[] outer = backend.kernelBlock(square / y.norm(), y.rows().rows(first, count), y.rows());
            double[] inner = backend.kernelBlock(1 / x.norm(), x.rows().rows(first, count), x.rows());
            for (int i = 0; i < outer.length; i++) {
                int row = from + i / rows / pixels;
                ntk.data()[row * images + i % rows / pixels] += outer[i] * inner[i];
            }
        }
    }
}
