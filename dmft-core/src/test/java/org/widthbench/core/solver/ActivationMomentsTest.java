package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Erf;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Softplus;
import org.widthbench.core.activation.Tanh;

class ActivationMomentsTest {
    /** Variances from small to large, correlations from -0.98 to one. */
    private static final double[] KERNEL = kernel(new double[] {0.2, 1, 1.7, 1, 5}, new double[][] {
        {1, 0.3, -0.98, 0.3, 0},
        {0.3, 1, 0.1, 1, 0.6},
        {-0.98, 0.1, 1, 0.1, 0.2},
        {0.3, 1, 0.1, 1, 0.6},
        {0, 0.6, 0.2, 0.6, 1}
    });

    private static double[] kernel(double[] variance, double[][] correlation) {
        int q = variance.length;
        double[] kernel = new double[q * q];
        for (int i = 0; i < q * q; i++) {
            kernel[i] = correlation[i / q][i % q] * Math.sqrt(variance[i / q] * variance[i % q]);
        }
        return kernel;
    }

    /** The ten-line two-dimensional average, {@code phi} or {@code phi'}. */
    private static double naive(Activation phi, boolean slope, double vu, double vv, double cov) {
        int n = 1200;
        double step = 18.0 / n;
        double across = Math.sqrt(Math.max(0, vv - cov * cov / vu));
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double x = -9 + (i + 0.5) * step;
            double left = at(phi, slope, Math.sqrt(vu) * x) * Math.exp(-x * x / 2);
            for (int j = 0; j < n; j++) {
                double y = -9 + (j + 0.5) * step;
                sum += left * at(phi, slope, cov / Math.sqrt(vu) * x + across * y) * Math.exp(-y * y / 2);
            }
        }
        return sum * step * step / (2 * Math.PI);
    }

    private static double at(Activation phi, boolean slope, double h) {
        return slope ? phi.derivative(h) : phi.value(h);
    }

    @Test
    void hermiteSeriesReproducesTheArcSineKernel() {
        ActivationMoments closed = ActivationMoments.of(new Erf(), KERNEL, 5);
        ActivationMoments series = HermiteMoments.of(new Erf(), KERNEL, 5);
        assertThat(series.values()).containsExactly(closed.values(), within(1e-9));
        assertThat(series.derivatives()).containsExactly(closed.derivatives(), within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0,2", "1,4", "2,4"})
    void smoothActivationsAgreeWithDirectIntegration(int mu, int al) {
        for (Activation phi : new Activation[] {new Tanh(0.8), new Tanh(2.5), new Softplus(1.5)}) {
            ActivationMoments moments = ActivationMoments.of(phi, KERNEL, 5);
            double vu = KERNEL[mu * 6];
            double vv = KERNEL[al * 6];
            double cov = KERNEL[mu * 5 + al];
            assertThat(moments.values()[mu * 5 + al])
                    .as(phi.toString())
                    .isCloseTo(naive(phi, false, vu, vv, cov), within(1e-8));
            assertThat(moments.derivatives()[mu * 5 + al])
                    .as(phi.toString())
                    .isCloseTo(naive(phi, true, vu, vv, cov), within(1e-8));
        }
    }

    @Test
    void equalPointsGiveTheVariance() {
        ActivationMoments moments = ActivationMoments.of(new Tanh(1), KERNEL, 5);
        assertThat(moments.values()[1 * 5 + 3]).isCloseTo(moments.values()[1 * 5 + 1], within(1e-10));
        assertThat(moments.derivatives()[1 * 5 + 3]).isCloseTo(moments.derivatives()[1 * 5 + 1], within(1e-10));
    }

    @Test
    void arcCosineKernelAgreesWithDirectIntegration() {
        ActivationMoments moments = ActivationMoments.of(new Relu(), KERNEL, 5);
        // The kink leaves the naive rule an error of the order of its step squared.
        assertThat(moments.values()[1 * 5 + 4])
                .isCloseTo(naive(new Relu(), false, 1, 5, KERNEL[1 * 5 + 4]), within(1e-4));
        assertThat(moments.derivatives()[0 * 5 + 2])
                .isCloseTo(naive(new Relu(), true, 0.2, 1.7, KERNEL[0 * 5 + 2]), within(1e-3));
        assertThat(moments.values()[1 * 5 + 3]).isCloseTo(0.5, within(1e-7));
    }

    @Test
    void pointAtTheOriginGivesNoNaN() {
        double[] kernel = {0, 0, 0, 1};
        ActivationMoments relu = ActivationMoments.of(new Relu(), kernel, 2);
        assertThat(relu.values()).containsExactly(0, 0, 0, 0.5);
        assertThat(relu.derivatives()).containsExactly(0, 0, 0, 0.5);
        ActivationMoments tanh = ActivationMoments.of(new Tanh(1), kernel, 2);
        assertThat(tanh.values()[1]).isCloseTo(0, within(1e-14));
        assertThat(tanh.derivatives()[0]).isCloseTo(1, within(1e-14));
    }
}
