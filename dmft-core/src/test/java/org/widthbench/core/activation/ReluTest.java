package org.widthbench.core.activation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReluTest {
    private static final double[] ARGUMENTS = {-3, -1e-300, -0.0, 0, 1e-12, 2.5, Double.MAX_VALUE};

    @Test
    void valueAndSlopeFollowTheDefinitionEvenInPlace() {
        double[] phi = ARGUMENTS.clone();
        double[] slope = new double[phi.length];
        new Relu().apply(phi, phi, slope, phi.length);
        for (int i = 0; i < phi.length; i++) {
            assertThat(phi[i]).as("value at %s", ARGUMENTS[i]).isEqualTo(ARGUMENTS[i] > 0 ? ARGUMENTS[i] : 0.0);
            assertThat(slope[i]).as("slope at %s", ARGUMENTS[i]).isEqualTo(ARGUMENTS[i] > 0 ? 1.0 : 0.0);
        }
    }

    @Test
    void notANumberPassesThrough() {
        assertThat(new Relu().value(Double.NaN)).isNaN();
        assertThat(new Relu().derivative(Double.NaN)).isNaN();
    }
}
