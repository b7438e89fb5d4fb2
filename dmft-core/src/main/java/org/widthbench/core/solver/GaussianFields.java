package org.widthbench.core.solver;

import org.widthbench.core.Tensor;
import org.widthbench.core.random.NormalNoise;

/** Draws samples of Gaussian fields at the first and last recorded time, for densities of fields that are Gaussian. */
final class GaussianFields {
    private final int samples;
    private final long seed;
    private long stream;

    GaussianFields(int samples, long seed) {
        this.samples = samples;
        this.seed = seed;
    }

    /**
     * Draws from a stream of its own at each call.
     *
     * @param kernel {@code (2,Q,2,Q)}
     * @return {@code (2,Q,S')}
     */
    Tensor draw(Tensor kernel) {
        int points = kernel.size(1);
        return new Tensor(new int[] {2, points, samples}, rows(kernel.data(), 2 * points));
    }

    private double[] rows(double[] kernel, int rows) {
        double[] factor = KernelRoot.of(kernel, rows, "the field kernel").factor();
        double[] field = new double[rows * samples];
        double[] noise = new double[samples];
        for (int j = 0; j < rows; j++) {
            NormalNoise.fill(noise, 0, samples, seed, stream, (long) j * samples);
            for (int row = 0; row < rows; row++) {
                Dense.axpy(factor[row * rows + j], noise, 0, field, row * samples, samples);
            }
        }
        stream++;
        return field;
    }
}
