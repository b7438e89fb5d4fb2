package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Kernels of a layered network, {@code docs/theory.md} sections 2 and 6: of features averaged over sites, of gradients summed over
 * sites, and the neural tangent kernel as the inner products of all weight gradients,
 *
 * <pre>NTK_{mu al} = Phi^L_{mu al} + sum_l sum_{a,b} (g_{mu a} . g_{al b} / N) (patch_{mu a} . patch_{al b} / fan)</pre>
 */
final class LayeredKernels {
    private LayeredKernels() {}

    /** @param fields after forward and backward */
    static KernelSnapshot of(LayeredFields fields) {
        int sites = fields.family().sites();
        int images = fields.rows() / sites;
        Backend backend = fields.family().backend();
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        double[] ntk = new double[images * images];
        for (int l = 0; l < fields.depth(); l++) {
            double[] phi = gram(backend, fields.features(l), fields.width());
            double[] g = gram(backend, fields.gradients(l), fields.width());
            double[] below = gram(backend, fields.patches(l), fields.patches(l).columns());
            features.add(pooled(phi, images, sites, 1.0 / (sites * sites)));
            gradients.add(pooled(g, images, sites, 1));
            for (int i = 0; i < g.length; i++) {
                g[i] *= below[i];
            }
            add(pooled(g, images, sites, 1), ntk);
        }
        add(features.get(fields.depth() - 1), ntk);
        return new KernelSnapshot(features, gradients, new Tensor(new int[] {images, images}, ntk));
    }

    private static void add(Tensor kernel, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += kernel.data()[i];
        }
    }

    /** {@code field field^T / n}, {@code (rows, rows)}. */
    private static double[] gram(Backend backend, Matrix field, int n) {
        return backend.kernelBlock(1.0 / n, field, field);
    }

    /** Sums blocks of sites. */
    private static Tensor pooled(double[] gram, int images, int sites, double factor) {
        Tensor kernel = Tensor.zeros(images, images);
        int rows = images * sites;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                kernel.data()[i / sites * images + j / sites] += factor * gram[i * rows + j];
            }
        }
        return kernel;
    }
}
