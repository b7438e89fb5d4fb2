package org.widthbench.core.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.InvalidInputException;

class ActivationTest {
    /** Expected numbers: the library tanh, itself within one ulp. */
    @Test
    void tanhIsWithinAFewUlpOfTheLibrary() {
        Tanh tanh = new Tanh(1);
        for (double x = 1e-12; x < 800; x *= 1.0007) {
            double expected = Math.tanh(x);
            assertThat(tanh.value(x)).isCloseTo(expected, within(4 * Math.ulp(expected)));
            assertThat(tanh.value(-x)).isEqualTo(-tanh.value(x));
        }
        assertThat(tanh.value(0)).isZero();
        assertThat(tanh.value(Double.POSITIVE_INFINITY)).isEqualTo(1);
        assertThat(tanh.value(Double.NaN)).isNaN();
    }

    /** A central difference of step 1e-5 is good to 1e-9 away from the kink of ReLU. */
    @ParameterizedTest
    @CsvSource({"linear, 1", "relu, 1", "tanh, 0.8", "tanh, 2.5", "erf, 1", "softplus, 1", "softplus, 3"})
    void derivativeIsTheSlopeOfTheValue(String name, double beta) {
        Activation activation = Activation.of(name, beta);
        for (double h = -6.013; h < 6; h += 0.1) {
            double slope = (activation.value(h + 1e-5) - activation.value(h - 1e-5)) / 2e-5;
            assertThat(activation.derivative(h)).isCloseTo(slope, within(1e-8));
        }
    }

    /** As for the slope; the kink of ReLU lies between the points. */
    @ParameterizedTest
    @CsvSource({"linear, 1", "relu, 1", "tanh, 0.8", "tanh, 2.5", "erf, 1", "softplus, 1", "softplus, 3"})
    void curvatureIsTheSlopeOfTheDerivative(String name, double beta) {
        Activation activation = Activation.of(name, beta);
        for (double h = -6.013; h < 6; h += 0.1) {
            double slope = (activation.derivative(h + 1e-5) - activation.derivative(h - 1e-5)) / 2e-5;
            assertThat(activation.curvature(h)).isCloseTo(slope, within(1e-8));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "linear, 2, 2",
        "relu, -2, 0",
        "relu, 3, 3",
        "erf, 1, 0.8427007929497149",
        "softplus, 0, 0.9802581434685472"
    })
    void valuesAreTheKnownOnes(String name, double h, double expected) {
        // erf(1) from tables; sqrt(2) log(2) for softplus at 0.
        assertThat(Activation.of(name, 1).value(h)).isCloseTo(expected, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"relu", "tanh", "erf", "softplus", "linear"})
    void notANumberStaysNotANumber(String name) {
        assertThat(Activation.of(name, 1).value(Double.NaN)).isNaN();
    }

    @Test
    void unknownNamesAndSlopesAreRefused() {
        assertThatThrownBy(() -> Activation.of("sin", 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("network.activation")
                .hasMessageContaining("softplus");
        assertThatThrownBy(() -> Activation.of("tanh", 0)).hasMessageContaining("network.beta");
    }
}
