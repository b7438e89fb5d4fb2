package org.widthbench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

class SamplingStudyTest {
    private static OrderParameters solution(double loss, double phi, double g) {
        return OrderParameters.of(
                new int[] {0},
                new double[] {1, loss},
                Tensor.zeros(2, 1),
                Tensor.zeros(2, 1),
                List.of(new Tensor(new int[] {1, 1, 1, 1}, new double[] {phi})),
                List.of(new Tensor(new int[] {1, 1, 1, 1}, new double[] {g})),
                Tensor.zeros(1, 1, 1),
                List.of(),
                List.of());
    }

    /** Losses 0.1 and 0.3 have variance 0.02, over two times 0.01; kernels 3 and 5 have variance 2 and mean 4. */
    @Test
    void spreadIsTheStandardDeviationOverTheSeeds() {
        SamplingStudy.Spread spread = SamplingStudy.Spread.of(64, List.of(solution(0.1, 3, 8), solution(0.3, 5, 8)));
        assertThat(spread.loss()).isCloseTo(0.1, within(1e-12));
        assertThat(spread.features()).isCloseTo(Math.sqrt(2) / 4, within(1e-12));
        assertThat(spread.deepFeatures()).isEqualTo(spread.features());
        assertThat(spread.gradients()).isZero();
    }
}
