package org.widthbench.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConditionedWeightsTest extends NetworkWeightsContract {
    ConditionedWeightsTest() {
        super(Holding.CONDITIONED);
    }

    /**
     * Of x1, x2 and {@code x1 + x2 + s e} with orthonormal x1, x2, e two directions hold all but {@code s^2} of the third: the
     * share {@code s^2/4} of the three squares 1, 1 and 2.
     */
    @Test
    void directionsAreTheRankOfTheFieldsUpToTheToleranceAndTellWhatTheyLeave() {
        double unit = Math.sqrt(below);
        double small = 1e-5;
        double[] x = new double[3 * below];
        x[0] = unit;
        x[below + 1] = unit;
        x[2 * below] = unit;
        x[2 * below + 1] = unit;
        x[2 * below + 2] = small * unit;
        try (Weights weights = weights(1, PLAIN)) {
            forward(weights, x, 3);
            backward(weights, gradients(2), 2);
            Directions kept = weights.directions().orElseThrow();
            assertThat(kept.features()).isEqualTo(2);
            assertThat(kept.gradients()).isEqualTo(2);
            assertThat(kept.featuresLeft()).isCloseTo(small * small / 4, within(1e-14));
            assertThat(kept.gradientsLeft()).isBetween(0.0, 1e-14);
        }
    }
}
