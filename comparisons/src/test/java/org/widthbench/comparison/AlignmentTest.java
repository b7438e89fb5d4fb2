package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

class AlignmentTest {
    private static final double ROUNDING = 1e-15;

    @Test
    void isTheCosineOfTheAngleBetweenTensors() {
        // (1,2,2).(2,0,1) / (3 sqrt 5), by hand.
        assertThat(Alignment.of(Tensor.vector(1, 2, 2), Tensor.vector(2, 0, 1)))
                .isEqualTo(4 / (3 * Math.sqrt(5)), within(ROUNDING));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-200, 1e200, Double.MIN_VALUE})
    void doesNotDependOnScaleEvenWhereSquaresOverflowOrVanish(double scale) {
        Tensor x = Tensor.vector(scale, 0, 0);
        assertThat(Alignment.of(x, x)).isEqualTo(1, within(ROUNDING));
        assertThat(Alignment.of(x, Tensor.vector(-3, 0, 0))).isEqualTo(-1, within(ROUNDING));
        assertThat(Alignment.of(x, Tensor.vector(0, 7, 0))).isZero();
        assertThat(Alignment.of(x, Tensor.vector(1, 1, 0))).isEqualTo(Math.sqrt(0.5), within(ROUNDING));
    }

    /** Inputs that are all 0 give theory and network the same kernel, 0: they agree. */
    @Test
    void ofTwoZeroKernelsIsOne() {
        assertThat(Alignment.of(Tensor.zeros(2, 2), Tensor.zeros(2, 2))).isEqualTo(1);
    }

    @Test
    void ofADeadLayersZeroKernelIsZero() {
        assertThat(Alignment.of(Tensor.zeros(2, 2), new Tensor(new int[] {2, 2}, new double[] {1, 2, 3, 4})))
                .isZero();
    }

    @Test
    void refusesTensorsOfDifferentShape() {
        assertThatThrownBy(() -> Alignment.of(Tensor.zeros(2, 3), Tensor.zeros(3, 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[2, 3]")
                .hasMessageContaining("[3, 2]");
    }
}
