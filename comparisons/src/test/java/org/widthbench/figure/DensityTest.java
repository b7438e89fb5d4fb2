package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;

class DensityTest {
    private static double[] normals(int count) {
        Random random = new Random(3);
        return random.doubles(count).map(u -> random.nextGaussian()).toArray();
    }

    @Test
    void kernelEstimateOfNormalSamplesIsTheNormalDensity() {
        double[][] estimate = Density.kernelEstimate(normals(50_000), new double[] {-3, 3});
        for (int i = 0; i < estimate[0].length; i++) {
            double x = estimate[0][i];
            double normal = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
            // Statistical error of the estimate is about sqrt(p / (2 sqrt(pi) n bandwidth)) = 0.004.
            assertThat(estimate[1][i]).isCloseTo(normal, within(0.015));
        }
    }

    @Test
    void histogramHoldsTheShareOfSamplesInEachBin() {
        Density.Histogram histogram = Density.histogram(new double[] {0.1, 0.2, 0.6, 5}, new double[] {0, 1}, 2);
        // Two of four samples in a bin of width 1/2, one in the other, one outside.
        assertThat(histogram.heights()).containsExactly(1.0, 0.5);
        assertThat(histogram.edges()).containsExactly(0.0, 0.5, 1.0);
    }

    @Test
    void rangeLeavesOutOutliersOnly() {
        double[] samples = normals(20_000);
        samples[0] = 1e6;
        double[] range = Density.range(samples);
        assertThat(range[1]).isBetween(3.0, 4.5);
        assertThat(Arrays.stream(samples).filter(x -> x > range[1]).count()).isLessThan(20);
    }

    @Test
    void samplesThatAreMissingOrNotFiniteAreRefused() {
        assertThatThrownBy(() -> Density.range(new double[0]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no samples");
        assertThatThrownBy(() -> Density.range(new double[] {1, Double.NaN}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not finite");
    }
}
