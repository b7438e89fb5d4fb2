package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.SolverException;
import org.widthbench.core.activation.Activation;
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

    /**
     * The plain two-dimensional average, {@code phi} or {@code phi'}: the trapezoidal rule over u and what of v is independent
     * of u, whose error falls like {@code exp(-2 pi d / step)} in the distance d of the nearest pole, pi/2 over the slope for
     * tanh; steps of d/6 leave 4e-17, what lies beyond 8 standard deviations is 1e-15. Kinks leave the square of the step. The slope of
     * tanh is below 1e-34 where it is left out.
     */
    private static double naive(Activation phi, boolean slope, double vu, double vv, double cov) {
        double along = cov / Math.sqrt(vu);
        double across = Math.sqrt(Math.max(0, vv - along * along));
        double steepness = phi instanceof Relu ? 40 : phi.beta();
        double[] x = axis(steepness * Math.max(Math.sqrt(vu), Math.abs(along)));
        double[] y = axis(steepness * across);
        double[] weights =
                Arrays.stream(y).map(other -> Math.exp(-other * other / 2)).toArray();
        double far = slope && phi instanceof Tanh ? 40 / phi.beta() : Double.POSITIVE_INFINITY;
        double sum = 0;
        for (double node : x) {
            if (Math.abs(Math.sqrt(vu) * node) > far) {
                continue;
            }
            double inner = 0;
            for (int i = 0; i < y.length; i++) {
                double v = along * node + across * y[i];
                inner += Math.abs(v) > far ? 0 : at(phi, slope, v) * weights[i];
            }
            sum += at(phi, slope, Math.sqrt(vu) * node) * Math.exp(-node * node / 2) * inner;
        }
        return sum * (x[1] - x[0]) * (y[1] - y[0]) / (2 * Math.PI);
    }

    private static double[] axis(double steepness) {
        int n = (int) Math.ceil(16 / Math.min(0.2, Math.PI / 2 / steepness / 6));
        return IntStream.rangeClosed(0, n).mapToDouble(i -> -8 + 16.0 * i / n).toArray();
    }

    private static double at(Activation phi, boolean slope, double h) {
        return slope ? phi.derivative(h) : phi.value(h);
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
                    .isCloseTo(naive(phi, false, vu, vv, cov), within(1e-12));
            assertThat(moments.derivatives()[mu * 5 + al])
                    .as(phi.toString())
                    .isCloseTo(naive(phi, true, vu, vv, cov), within(1e-12));
        }
    }

    /** Slope times standard deviation of both fields, and their correlation: to what raw pixels 0..255 reach. */
    @ParameterizedTest
    @CsvSource({
        "1e-3, 2e-3, 0.7",
        "24, 24, 0.9999",
        "24, 26, 0.999999",
        "24, 24, -0.99",
        "60, 0.01, 0.5",
        "120, 110, 0.5",
        "200, 200, 0.9999999"
    })
    void steepActivationsAndNearDuplicatesAgreeWithDirectIntegration(double u, double v, double rho) {
        for (Activation phi : new Activation[] {new Tanh(0.8), new Softplus(1.6)}) {
            double su = u / phi.beta();
            double sv = v / phi.beta();
            double[] kernel = {su * su, rho * su * sv, rho * su * sv, sv * sv};
            ActivationMoments moments = ActivationMoments.of(phi, kernel, 2);
            for (boolean slope : new boolean[] {false, true}) {
                double[] actual = slope ? moments.derivatives() : moments.values();
                assertThat(actual[1])
                        .as("%s %s", phi, slope)
                        .isCloseTo(
                                naive(phi, slope, kernel[0], kernel[3], kernel[1]),
                                within(1e-12 * Math.sqrt(actual[0] * actual[3])));
            }
        }
    }

    /** {@code <sech^2(b x)> = (2 - pi^2 / 12 b^2 + 7 pi^4 / 960 b^4) / sqrt(2 pi) b}, the moments of sech^2; the next term is 1e-18. */
    @Test
    void fieldsOfAThousandSlopesFollowTheirAsymptoticSeries() {
        double b = 1000;
        double square = b * b;
        double sech2 = (2 - Math.PI * Math.PI / 12 / square) / (Math.sqrt(2 * Math.PI) * b);
        ActivationMoments moments = ActivationMoments.of(new Tanh(1), new double[] {square}, 1);
        assertThat(moments.values()[0]).isCloseTo(1 - sech2, within(1e-13));
        // Far fields see a step: Sheppard's formula, up to the correction 1/b^2.
        double[] kernel = {square, square / 2, square / 2, square};
        assertThat(ActivationMoments.of(new Tanh(1), kernel, 2).values()[1]).isCloseTo(1 / 3.0, within(2 / square));
    }

    /** The series in rho and the double sum are two routes to one average. */
    @Test
    void mehlersSeriesAgreesWithTheDoubleSum() {
        LogisticScales scales = LogisticScales.of(LogisticScales.STEP);
        for (KinkMixture.Kink kink : KinkMixture.Kink.values()) {
            KinkMixture mixture = new KinkMixture(kink, scales.values(), scales.weights());
            double[] series = mixture.average(KERNEL, 5);
            for (int i = 0; i < 25; i++) {
                assertThat(series[i])
                        .as("%s %d", kink, i)
                        .isCloseTo(
                                mixture.pair(KERNEL[i / 5 * 6], KERNEL[i % 5 * 6], KERNEL[i]),
                                within(1e-13 * Math.sqrt(series[i / 5 * 6] * series[i % 5 * 6])));
            }
        }
    }

    /** {@code <K^2> = pi^2/12} of Kolmogorov's distribution; halving the step changes nothing either. */
    @Test
    void logisticScalesHaveTheMomentsOfKolmogorovsDistribution() {
        LogisticScales scales = LogisticScales.of(LogisticScales.STEP);
        double mass = 0;
        double square = 0;
        for (int i = 0; i < scales.values().length; i++) {
            mass += scales.weights()[i];
            square += scales.weights()[i] * scales.values()[i] * scales.values()[i];
        }
        assertThat(mass).isCloseTo(1, within(1e-13));
        assertThat(square).isCloseTo(Math.PI * Math.PI / 12, within(1e-13));
    }

    @Test
    void kernelsBeyondTheRangeOfProductsAreRefused() {
        assertThatThrownBy(() -> ActivationMoments.of(new Tanh(1), new double[] {1e200}, 1))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("1.0E200")
                .hasMessageContaining("scale the inputs X down");
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
