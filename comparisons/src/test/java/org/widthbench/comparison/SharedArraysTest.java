package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

class SharedArraysTest {
    /** Entries that tell their place: {@code 1000 t + 100 mu + 10 s + alpha}, times in the place of slots. */
    private static Tensor kernel(double factor, double... times) {
        Tensor kernel = Tensor.zeros(times.length, 2, times.length, 2);
        for (int t = 0; t < times.length; t++) {
            for (int mu = 0; mu < 2; mu++) {
                for (int s = 0; s < times.length; s++) {
                    for (int al = 0; al < 2; al++) {
                        kernel.set(factor * (1000 * times[t] + 100 * mu + 10 * times[s] + al), t, mu, s, al);
                    }
                }
            }
        }
        return kernel;
    }

    private static Map<String, Tensor> result(double factor, double... times) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("times", Tensor.vector(times));
        arrays.put("Phi_1", kernel(factor, times));
        return arrays;
    }

    @Test
    void aCommonFactorShowsInTheRatioAndTheDistanceThoughTheAlignmentIsOne() {
        SharedArrays.KernelDistance phi =
                SharedArrays.of(result(1, 0, 1), result(10, 0, 1)).kernels().get("Phi_1");
        assertThat(phi.alignment()).isEqualTo(1, within(1e-12));
        assertThat(phi.normRatio()).isEqualTo(10, within(1e-12));
        // |A - 10 A| / |A|
        assertThat(phi.distance()).isEqualTo(9, within(1e-12));
    }

    @Test
    void kernelsAreComparedAtTheTimesThatBothRecorded() {
        SharedArrays shared = SharedArrays.of(result(1, 0, 1, 2, 5, 7), result(1, 1, 5, 9));
        assertThat(shared.times()).containsExactly(1, 5);
        assertThat(shared.kernels().get("Phi_1").distance()).isZero();
        assertThat(shared.left()).isEmpty();
    }

    @Test
    void whatOnlyOneHasIsNamedAndTheRestCompared() {
        Map<String, Tensor> a = result(1, 0, 1);
        a.put("loss", Tensor.vector(1, 0.5, 0.2));
        a.put("G_1", kernel(1, 0, 1));
        Map<String, Tensor> b = result(1, 0, 1);
        b.put("loss", Tensor.vector(1, 0.75));
        SharedArrays shared = SharedArrays.of(a, b);
        assertThat(shared.lossDistance()).isEqualTo(0.25);
        assertThat(shared.predictionDistance()).isNull();
        assertThat(shared.left())
                .containsExactly("G_1: in the first only", "loss: of 3 and 2 steps, beyond the shorter");
    }

    @Test
    void zeroKernelsHaveADistanceOnlyFromZero() {
        Map<String, Tensor> zero = result(0, 0, 1);
        assertThat(SharedArrays.of(zero, zero).kernels().get("Phi_1").distance())
                .isZero();
        SharedArrays.KernelDistance from =
                SharedArrays.of(zero, result(1, 0, 1)).kernels().get("Phi_1");
        assertThat(from.normRatio()).isNull();
        assertThat(from.distance()).isNull();
    }

    @Test
    void timesThatNeverMeetAreRefusedAsThat() {
        assertThatThrownBy(() -> SharedArrays.of(result(1, 0, 2), result(1, 1, 3)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no recorded time in common: times 0..2 and 1..3");
        Map<String, Tensor> none = result(1, 0);
        none.remove("times");
        assertThatThrownBy(() -> SharedArrays.of(result(1, 0), none))
                .hasMessageContaining("no array times (R) in the second; it holds " + Arrays.asList("Phi_1"));
    }
}
