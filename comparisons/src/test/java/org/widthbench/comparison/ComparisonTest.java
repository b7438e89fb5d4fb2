package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.problem.OrderParameters;

class ComparisonTest {
    private final OrderParameters a = SmallResults.result(2, 0.1);
    private final OrderParameters b = SmallResults.result(2, 0.3);

    @Test
    void ofAResultWithItselfIsPerfect() {
        Comparison self = Comparison.of(a, a);
        assertThat(self.featureAlignment()).containsExactly(new double[] {1, 1}, within(1e-15));
        assertThat(self.gradientAlignment()).containsExactly(new double[] {1, 1}, within(1e-15));
        assertThat(self.lossDistance()).isZero();
        assertThat(self.predictionDistance()).isZero();
    }

    @Test
    void takesTheLargestLossDifferenceAndEachLayersAlignment() {
        Comparison comparison = Comparison.of(a, b);
        // loss = {1 + x, 0.5 - x}: both differ by 0.2.
        assertThat(comparison.lossDistance()).isEqualTo(0.2, within(1e-15));
        for (int l = 0; l < 2; l++) {
            assertThat(comparison.featureAlignment()[l])
                    .isEqualTo(Alignment.of(
                            a.featureKernels().get(l), b.featureKernels().get(l)));
            assertThat(comparison.gradientAlignment()[l])
                    .isEqualTo(Alignment.of(
                            a.gradientKernels().get(l), b.gradientKernels().get(l)));
        }
        assertThat(comparison.worst())
                .isEqualTo(Math.min(
                        Math.min(comparison.featureAlignment()[0], comparison.featureAlignment()[1]),
                        Math.min(comparison.gradientAlignment()[0], comparison.gradientAlignment()[1])));
    }

    @Test
    void namesTheArrayThatOnlyTheDeeperResultHas() {
        OrderParameters deeper = SmallResults.result(3, 0.1);
        assertThatThrownBy(() -> Comparison.of(a, deeper))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Phi_3");
    }

    @Test
    void refusesResultsRecordedAtOtherTimes() {
        OrderParameters later = new OrderParameters(new int[] {0, 5}, a.arrays());
        assertThatThrownBy(() -> Comparison.of(a, later))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("times");
    }
}
