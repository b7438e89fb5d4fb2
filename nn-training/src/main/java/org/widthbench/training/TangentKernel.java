package org.widthbench.training;

import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Coordinates;

/**
 * The neural tangent kernel of images at equal times, {@code docs/theory.md} section 6, from every point's own gradient {@code
 * J^l_mu = sum_pixels g^{l+1} patch^T}: {@code sum_l s_l^2 <J^l_mu, J^l_alpha> + Phi^L}, for networks side by side.
 */
final class TangentKernel implements AutoCloseable {
    private final Backend backend;
    private final int networks;
    private final int points;
    private final int pixels;
    /** {@code (Q, entries of J^l)}; null before the first point of a time. */
    private final Matrix[] gradients;

    private final double[] scales;
    private final List<Tensor> kernels;

    /** @param kernels where it goes, a {@code (R,Q,Q)} per network */
    TangentKernel(Problem problem, int networks, Backend backend, int pixels, List<Tensor> kernels) {
        this.backend = backend;
        this.networks = networks;
        this.points = problem.points();
        this.pixels = pixels;
        this.gradients = new Matrix[problem.network().layers()];
        this.scales = new double[gradients.length];
        this.kernels = kernels;
    }

    /** Takes the gradients of the points presented, after a backward pass of all of them; row {@code first} is the first of them. */
    void take(int first, int count, Program program) {
        for (int l = 0; l < gradients.length; l++) {
            Site site = program.sites().get(l);
            for (int i = 0; i < count; i++) {
                Coordinates own = site.weights().outer(i * pixels, pixels);
                try (Matrix gradient = own.rows()) {
                    scales[l] = site.factor() * site.factor() / own.norm();
                    keep(l, first + i, gradient);
                }
            }
        }
    }

    private void keep(int l, int point, Matrix gradient) {
        int length = gradient.rows() * gradient.columns();
        if (gradients[l] != null && gradients[l].columns() != length) {
            gradients[l].close();
            gradients[l] = null;
        }
        if (gradients[l] == null) {
            gradients[l] = backend.allocateUnset(networks, points, length);
        }
        for (int row = 0; row < gradient.rows(); row++) {
            backend.copy(
                    gradient.rows(row, 1), gradients[l].block(point, 1, row * gradient.columns(), gradient.columns()));
        }
    }

    /** Makes the kernel of recorded time number {@code slot} but for {@code Phi^L}, once all points are in. */
    void finish(int slot) {
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
    public void close() {
        for (Matrix each : gradients) {
            if (each != null) {
                each.close();
            }
        }
    }
}
