package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PowerLawTest {
    @Test
    void exactPowerIsRecoveredWithoutError() {
        PowerLaw law =
                PowerLaw.fit(new double[] {20, 40, 80, 160}, new double[] {5 * 8000, 5 * 64e3, 5 * 512e3, 5 * 4096e3});
        assertThat(law.exponent()).isCloseTo(3, within(1e-12));
        assertThat(law.standardError()).isCloseTo(0, within(1e-6));
    }

    /** Logarithms to base 2: x = 0, 1, 2 and y = 0, 3, 0; slope 0, residuals -1, 2, -1, so error sqrt(6 / 1 / 2). */
    @Test
    void scatterGivesTheTextbookStandardError() {
        PowerLaw law = PowerLaw.fit(new double[] {1, 2, 4}, new double[] {1, 8, 1});
        assertThat(law.exponent()).isCloseTo(0, within(1e-12));
        assertThat(law.standardError()).isCloseTo(Math.sqrt(3), within(1e-12));
    }

    @Test
    void twoPointsAndValuesOfZeroAreRefused() {
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2}, new double[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PowerLaw.fit(new double[] {1, 2, 3}, new double[] {1, 0, 2}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
