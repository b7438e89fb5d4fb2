package org.widthbench.core.solver;

import java.util.Random;
import org.widthbench.core.Tensor;

/** Draws samples of Gaussian fields at two times, for the densities of networks whose fields are Gaussian. */
final class GaussianFields {
    private final int samples;
    private final Random random;

    GaussianFields(int samples, long seed) {
        this.samples = samples;
        this.random = new Random(seed);
    }

    /**
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
            for (int i = 0; i < samples; i++) {
                noise[i] = random.nextGaussian();
            }
            for (int row = 0; row < rows; row++) {
                Dense.axpy(root.factor()[row * rows + j], noise, 0, field, row * samples, samples);
            }
        }
        return new Tensor(new int[] {2, points, samples}, field);
    }
}
