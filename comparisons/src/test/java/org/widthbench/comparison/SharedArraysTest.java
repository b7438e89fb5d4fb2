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
import org.widthbench.core.activation.Relu;

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

    private static SharedArrays compared(Map<String, Tensor> a, Map<String, Tensor> b) {
        return SharedArrays.of(a, b, null);
    }

    @Test
    void aCommonFactorShowsInTheRatioAndTheDistanceThoughTheAlignmentIsOne() {
        SharedArrays.KernelDistance phi =
                compared(result(1, 0, 1), result(10, 0, 1)).kernels().get("Phi_1");
        assertThat(phi.alignment()).isEqualTo(1, within(1e-12));
        assertThat(phi.normRatio()).isEqualTo(10, within(1e-12));
        // |A - 10 A| / |A|
        assertThat(phi.distance()).isEqualTo(9, within(1e-12));
    }

    @Test
    void kernelsAreComparedAtTheTimesThatBothRecorded() {
        SharedArrays shared = compared(result(1, 0, 1, 2, 5, 7), result(1, 1, 5, 9));
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
        SharedArrays shared = compared(a, b);
        assertThat(shared.lossDistance()).isEqualTo(0.25);
        assertThat(shared.predictionDistance()).isNull();
        assertThat(shared.left())
                .containsExactly("G_1: in the first only", "loss: of 3 and 2 steps, beyond the shorter");
    }

    /** Two neurons: {@code <g_0 g_1> = (1 * 3 + 2 * (-4)) / 2}; of ReLU's h the negative one is left out. */
    @Test
    void samplesMakeTheKernelsThatAreMissing() {
        Map<String, Tensor> a = new LinkedHashMap<>();
        a.put("times", Tensor.vector(0));
        a.put("Phi_1", new Tensor(new int[] {1, 2, 1, 2}, new double[] {0.5, 1.5, 1.5, 4.5}));
        a.put("G_1", new Tensor(new int[] {1, 2, 1, 2}, new double[] {2.5, -2.5, -2.5, 12.5}));
        Map<String, Tensor> b = new LinkedHashMap<>();
        b.put("times", Tensor.vector(0));
        b.put("g_1", new Tensor(new int[] {1, 2, 2}, new double[] {1, 2, 3, -4}));
        b.put("h_1", new Tensor(new int[] {1, 2, 2}, new double[] {1, -2, 3, -4}));
        SharedArrays shared = SharedArrays.of(a, b, new Relu());
        assertThat(shared.kernels().get("G_1").distance()).isZero();
        assertThat(shared.kernels().get("Phi_1").distance()).isZero();
        assertThat(shared.left()).containsExactly("h_1: in the second only");
        assertThat(compared(a, b).left()).containsExactly("Phi_1: in the first only", "h_1: in the second only");
        b.put("phi_1", new Tensor(new int[] {1, 2, 2}, new double[] {1, 0, 3, 0}));
        assertThat(compared(a, b).kernels().get("Phi_1").distance()).isZero();
    }

    /**
     * At the first time the samples of point 0 are the same in another order and those of point 1 lie apart: 0 and 1. At the last, 1, 2, 3, 4
     * against 2.5: both differ by half.
     */
    @Test
    void densitiesAreComparedAtTheFirstAndTheLastTime() {
        Map<String, Tensor> a = result(1, 0, 7);
        Map<String, Tensor> b = result(1, 0, 3, 7);
        a.put("h_1", new Tensor(new int[] {2, 2, 4}, new double[] {3, 1, 2, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}));
        b.put("h_1", new Tensor(new int[] {2, 2, 4}, new double[] {
            1, 2, 3, 4, 5, 6, 7, 8, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5
        }));
        assertThat(compared(a, b).densities().get("h_1")).containsExactly(0.5, 0.5);
        b.put("times", Tensor.vector(0, 3, 8));
        assertThat(compared(a, b).densities()).isEmpty();
        assertThat(compared(a, b).left()).contains("h_1: samples of other times, 0..7 and 0..8");
    }

    @Test
    void zeroKernelsHaveADistanceOnlyFromZero() {
        Map<String, Tensor> zero = result(0, 0, 1);
        assertThat(compared(zero, zero).kernels().get("Phi_1").distance()).isZero();
        SharedArrays.KernelDistance from =
                compared(zero, result(1, 0, 1)).kernels().get("Phi_1");
        assertThat(from.normRatio()).isNull();
        assertThat(from.distance()).isNull();
    }

    @Test
    void timesThatNeverMeetAreRefusedAsThat() {
        assertThatThrownBy(() -> compared(result(1, 0, 2), result(1, 1, 3)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no recorded time in common: times 0..2 and 1..3");
        Map<String, Tensor> none = result(1, 0);
        none.remove("times");
        assertThatThrownBy(() -> compared(result(1, 0), none))
                .hasMessageContaining("no array times (R) in the second; it holds " + Arrays.asList("Phi_1"));
    }

    @Test
    void timesThatGoBackAndNumbersThatAreNoneAreRefused() {
        assertThatThrownBy(() -> compared(result(1, 0, 2), result(1, 2, 0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("times of the second hold 0.0 after 2.0");
        Map<String, Tensor> broken = result(1, 0, 2);
        broken.get("Phi_1").data()[3] = Double.NaN;
        assertThatThrownBy(() -> compared(broken, result(1, 0, 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Phi_1 of the first holds NaN at flat index 3");
    }
}
