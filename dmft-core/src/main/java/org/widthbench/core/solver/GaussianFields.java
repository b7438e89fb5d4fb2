package org.widthbench.core.solver;

import org.widthbench.core.Tensor;
import org.widthbench.core.random.NormalNoise;

/** Draws samples of Gaussian fields at two times, for the densities of networks whose fields are Gaussian. */
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
        int rows = 2 * points;
        KernelRoot root = KernelRoot.of(kernel.data(), rows, "the field kernel");
        double[] field = new double[rows * samples];
        double[] noise = new double[samples];
        for (int j = 0; j < rows; j++) {
            NormalNoise.fill(noise, 0, samples, seed, stream, (long) j * samples);
            for (int row = 0; row < rows; row++) {
                Dense.axpy(root.factor()[row * rows + j], noise, 0, field, row * samples, samples);
            }
        }
        stream++;
        return new Tensor(new int[] {2, points, samples}, field);
    }
}
