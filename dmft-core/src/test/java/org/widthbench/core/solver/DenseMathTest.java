package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DenseMathTest {
    /** Points 2 of rank, each at three times: eigenvalues 0 four times, and 3 twice, whose eigenvectors rounding chooses. */
    private static double[] kernel(double rounding) {
        Random random = new Random(1);
        double[] kernel = new double[36];
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j <= i; j++) {
                kernel[i * 6 + j] = (i % 2 == j % 2 ? 1 : 0) + rounding * random.nextGaussian();
                kernel[j * 6 + i] = kernel[i * 6 + j];
            }
        }
        return kernel;
    }

    @Test
    void theFrameOfAKernelIsOrthonormalAndSpansItsColumnsFirst() {
        double[] frame = DenseMath.frame(kernel(0), 6);
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 6; j++) {
                assertThat(Dense.dot(frame, i * 6, frame, j * 6, 6)).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
        double[] outside = DenseMath.product(frame, kernel(0), 6, 6, 6);
        for (int i = 12; i < 36; i++) {
            assertThat(outside[i]).isCloseTo(0, within(1e-14));
        }
    }

    @Test
    void roundingDoesNotTurnTheFrameOfASingularKernel() {
        assertThat(DenseMath.frame(kernel(1e-14), 6)).containsExactly(DenseMath.frame(kernel(0), 6), within(1e-12));
    }
}
