package org.widthbench.core.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/**
 * The neural tangent kernel of images at equal times, {@code docs/theory.md} section 6, from every point's own gradient {@code
 * J^l_mu = sum_pixels g^{l+1} patch^T}: {@code sum_l s_l^2 <J^l_mu, J^l_alpha> + Phi^L}, {@code (R,Q,Q)}.
 */
final class TangentKernel implements Observable {
    @Override
    public String name() {
        return "ntk";
    }

    @Override
    public Measurement measurement(Setting setting) {
        return new Kept(setting);
    }

    private static final class Kept implements Measurement {
        private final Setting setting;
        private final Backend backend;
        private final int points;
        /** {@code (Q, entries of J^l)}; null before the first point of a time. */
        private final Matrix[] gradients;

        private final double[] scales;
        /** {@code Phi^L} of the present time. */
        private final CoordinateHistory last;

        private final List<Tensor> kernels = new ArrayList<>();

        Kept(Setting setting) {
            this.setting = setting;
            this.backend = setting.backend();
            this.points = setting.points();
            this.gradients = new Matrix[setting.layers()];
            this.scales = new double[gradients.length];
            this.last = new CoordinateHistory(backend, setting.networks(), 1, points);
            for (int b = 0; b < setting.networks(); b++) {
                kernels.add(Tensor.zeros(setting.times(), points, points));
            }
        }

        @Override
        public void take(int slot, int first, int count, List<? extends Site> sites) {
            for (int l = 0; l < gradients.length; l++) {
                Site site = sites.get(l);
                for (int i = 0; i < count; i++) {
                    Coordinates own = site.weights().outer(i * setting.pixels(), setting.pixels());
                    try (Matrix gradient = own.rows()) {
                        scales[l] = site.factor() * site.factor() / own.norm();
                        keep(l, first + i, gradient);
                    }
                }
            }
            last.put(0, first, sites.get(gradients.length - 1).featureCoordinates());
        }

        private void keep(int l, int point, Matrix gradient) {
            int length = gradient.rows() * gradient.columns();
            if (gradients[l] != null && gradients[l].columns() != length) {
                gradients[l].close();
                gradients[l] = null;
            }
            if (gradients[l] == null) {
                gradients[l] = backend.allocateUnset(setting.networks(), points, length);
            }
            for (int row = 0; row < gradient.rows(); row++) {
                int from = row * gradient.columns();
                backend.copy(gradient.rows(row, 1), gradients[l].block(point, 1, from, gradient.columns()));
            }
        }

        @Override
        public void finish(int slot) {
            List<Tensor> features = last.kernels();
            for (int b = 0; b < kernels.size(); b++) {
                System.arraycopy(
                        features.get(b).data(), 0, kernels.get(b).data(), slot * points * points, points * points);
            }
            int size = points * points;
            for (int l = 0; l < gradients.length; l++) {
                if (gradients[l].columns() == 0) {
                    continue;
                }
                double[] gram = backend.kernelBlock(scales[l], gradients[l], gradients[l]);
                for (int i = 0; i < gram.length; i++) {
                    kernels.get(i / size).data()[slot * size + i % size] += gram[i];
                }
            }
        }

        @Override
        public List<Map<String, Tensor>> arrays() {
            return kernels.stream().map(kernel -> Map.of("ntk", kernel)).toList();
        }

        @Override
        public void close() {
            last.close();
            for (Matrix each : gradients) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }
}
