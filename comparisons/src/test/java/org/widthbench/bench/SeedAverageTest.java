package org.widthbench.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.comparison.SmallResults;

class SeedAverageTest {
    private static SeedAverage of(double... xs) {
        SeedAverage average = new SeedAverage();
        for (double x : xs) {
            average.add(SmallResults.result(2, x));
        }
        return average;
    }

    /** Losses are {@code 1 + x, 0.5 - x}: at t = 0 the values 1.1 and 1.3 have the variance 0.02, their mean half of it. */
    @Test
    void lossHasTheStandardErrorOfItsMean() {
        SeedStatistics start = of(0.1, 0.3).loss(0, 1);
        assertThat(start.mean()).isCloseTo(1.2, within(1e-12));
        assertThat(start.standardError()).isCloseTo(0.1, within(1e-12));
        // 1.2 +- 0.1 and 1.1 +- 0.1.
        assertThat(start.apart(of(0, 0.2).loss(0, 1))).isCloseTo(1 / Math.sqrt(2), within(1e-12));
        SeedStatistics both = of(0.1, 0.3).loss(0, 2);
        assertThat(both.mean()).isCloseTo(0.75, within(1e-12));
        assertThat(both.standardError()).isCloseTo(0, within(1e-12));
    }

    /** Predictions at the last time are {@code 4 x (i + 1) + sin(4 i x)}, i = 2, 3; two values a, b have the error |a - b| / 2. */
    @Test
    void predictionsAreComparedAtTheLastTime() {
        double square = 0;
        for (int i = 2; i < 4; i++) {
            double change = 4 * 0.2 * (i + 1) + Math.sin(4 * 0.3 * i) - Math.sin(4 * 0.1 * i);
            square += change * change / 2;
        }
        double change = Math.sqrt(square);
        assertThat(of(0.1, 0.1).predictionDistance(of(0.3, 0.3))).isCloseTo(change, within(1e-12));
        assertThat(of(0.1, 0.1).predictionError(of(0.3, 0.3))).isZero();
        assertThat(of(0.1, 0.3).predictionError(of(0.3, 0.3))).isCloseTo(change / 2, within(1e-12));
        assertThat(of(0.1, 0.3).predictionError(of(0.3, 0.1))).isCloseTo(change / Math.sqrt(2), within(1e-12));
    }

    @Test
    void kernelsAreAveragedBeforeTheyAreAligned() {
        assertThat(of(0.1, 0.3).alignments(of(0.3, 0.1))).containsExactly(new double[] {1, 1, 1}, within(1e-12));
        assertThat(of(0.1, 0.1).alignments(of(0.9, 0.9))[0]).isLessThan(0.999);
    }
}
