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
    /** Entries of a kernel between sites held at a time, 64 MB. */
    private static final long LARGEST_BLOCK = 1L << 23;

    private LayeredKernels() {}

    /** @param fields after forward and backward */
    static KernelSnapshot of(LayeredFields fields) {
        int sites = fields.family().sites();
        int images = fields.rows() / sites;
        Backend backend = fields.family().backend();
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        double[] ntk = new double[images * images];
        // Some images against all of them at a time: the kernels of single sites are far larger than what is kept of
        // them.
        int step = (int) Math.max(1, LARGEST_BLOCK / ((long) fields.rows() * sites));
        for (int l = 0; l < fields.depth(); l++) {
            Tensor phi = Tensor.zeros(images, images);
            Tensor g = Tensor.zeros(images, images);
            for (int from = 0; from < images; from += step) {
                int count = Math.min(step, images - from);
                double[] inner = block(backend, fields.gradients(l), from, count, sites, fields.width());
                addPooled(inner, from, count, sites, 1, g.data(), images);
                double[] below = block(
                        backend,
                        fields.patches(l),
                        from,
                        count,
                        sites,
                        fields.patches(l).columns());
                for (int i = 0; i < inner.length; i++) {
                    inner[i] *= below[i];
                }
                addPooled(inner, from, count, sites, 1, ntk, images);
                double[] feature = block(backend, fields.features(l), from, count, sites, fields.width());
                addPooled(feature, from, count, sites, 1.0 / (sites * sites), phi.data(), images);
            }
            features.add(phi);
            gradients.add(g);
        }
        for (int i = 0; i < ntk.length; i++) {
            ntk[i] += features.get(fields.depth() - 1).data()[i];
        }
        return new KernelSnapshot(features, gradients, new Tensor(new int[] {images, images}, ntk));
    }

    /** {@code field field^T / n} for the sites of some images against all, {@code (count * sites, rows)}. */
    private static double[] block(Backend backend, Matrix field, int from, int count, int sites, int n) {
        return backend.kernelBlock(1.0 / n, field.rows(from * sites, count * sites), field);
    }

    /** Sums blocks of sites into the rows of some images. */
    private static void addPooled(
            double[] block, int from, int count, int sites, double factor, double[] kernel, int images) {
        int columns = images * sites;
        for (int i = 0; i < count * sites; i++) {
            int row = (from + i / sites) * images;
            for (int j = 0; j < columns; j++) {
                kernel[row + j / sites] += factor * block[i * columns + j];
            }
        }
    }
}
