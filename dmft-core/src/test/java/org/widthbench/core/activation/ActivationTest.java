package org.widthbench.core.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.InvalidInputException;

class ActivationTest {
    private static final MathContext DIGITS = new MathContext(40);
    /** Of {@code 1 - t^2}: 2 t times 2.5 ulp of t, and two roundings. */
    private static final double SLOPE_ERROR = 6 * Math.ulp(0.5);

    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    /** Expected numbers: {@code (e^{2x} - 1) / (e^{2x} + 1)} in 40 digits, by the series at a small argument, doubled. */
    @Test
    void tanhAndItsSlopeAreRightToTheLastBits() {
        Random random = new Random(2);
        double[] x = new double[3000];
        Arrays.setAll(x, i -> i % 2 == 0 ? 3 * random.nextDouble() : Math.exp(14 * random.nextDouble() - 11));
        double[] value = new double[x.length];
        double[] slope = new double[x.length];
        new Tanh(1).apply(x, value, slope, x.length);
        for (int i = 0; i < x.length; i++) {
            BigDecimal e = expMinusOne(2 * x[i]);
            BigDecimal expected = e.divide(e.add(TWO), DIGITS);
            BigDecimal expectedSlope = BigDecimal.ONE.subtract(expected.multiply(expected, DIGITS));
            assertThat(Math.abs(new BigDecimal(value[i]).subtract(expected).doubleValue()))
                    .as("tanh of %s", x[i])
                    .isLessThanOrEqualTo(2.5 * Math.ulp(expected.doubleValue()));
            assertThat(slope[i]).isCloseTo(expectedSlope.doubleValue(), within(SLOPE_ERROR));
        }
    }

    /**
     * Expected numbers: the Taylor series {@code 2/sqrt(pi) sum (-1)^k x^{2k+1} / (k! (2k+1))} in 60 digits, of which its terms cancel 16.
     * The slope {@code 2/sqrt(pi) exp(-x^2)} also feels the rounding of x^2, half an ulp of it.
     */
    @Test
    void erfAndItsSlopeAreRightToTheLastBits() {
        MathContext digits = new MathContext(60);
        BigDecimal slopeAtZero = new BigDecimal("1.12837916709551257389615890312154517168810125865799771368817144");
        double[] x = sizes(6);
        double[] value = new double[x.length];
        double[] slope = new double[x.length];
        new Erf().apply(x, value, slope, x.length);
        for (int i = 0; i < x.length; i++) {
            BigDecimal square = new BigDecimal(x[i]).multiply(new BigDecimal(x[i]), digits);
            BigDecimal power = slopeAtZero.multiply(new BigDecimal(x[i]), digits);
            BigDecimal bell = slopeAtZero;
            BigDecimal bellTerm = slopeAtZero;
            BigDecimal sum = power;
            for (int k = 1; k < 200; k++) {
                BigDecimal minus = BigDecimal.valueOf(-k);
                power = power.multiply(square).divide(minus, digits);
                sum = sum.add(power.divide(BigDecimal.valueOf(2 * k + 1), digits), digits);
                bellTerm = bellTerm.multiply(square).divide(minus, digits);
                bell = bell.add(bellTerm, digits);
            }
            assertUlps(value[i], sum, 3, "erf", x[i]);
            assertUlps(slope[i], bell, 3 + square.doubleValue(), "slope of erf", x[i]);
        }
    }

    /** Expected numbers: {@code log(1 + e^x) = x + 2 artanh(e^-x / (2 + e^-x))} and its slope, by series in 40 digits. */
    @Test
    void softplusAndItsSlopeAreRightToTheLastBits() {
        double root = Math.sqrt(2);
        double[] sizes = sizes(40);
        double[] x = new double[sizes.length];
        Arrays.setAll(x, i -> i % 3 == 0 ? sizes[i] : -sizes[i]);
        double[] value = new double[x.length];
        double[] slope = new double[x.length];
        new Softplus(1).apply(x, value, slope, x.length);
        for (int i = 0; i < x.length; i++) {
            BigDecimal e = BigDecimal.ONE.divide(BigDecimal.ONE.add(expMinusOne(sizes[i])), DIGITS);
            BigDecimal s = e.divide(e.add(TWO), DIGITS);
            BigDecimal power = s.multiply(TWO);
            BigDecimal sum = BigDecimal.ZERO;
            for (int k = 0; k < 45; k++) {
                sum = sum.add(power.divide(BigDecimal.valueOf(2 * k + 1), DIGITS), DIGITS);
                power = power.multiply(s, DIGITS).multiply(s, DIGITS);
            }
            BigDecimal expected = x[i] > 0 ? sum.add(new BigDecimal(x[i])) : sum;
            BigDecimal share = (x[i] > 0 ? BigDecimal.ONE : e).divide(BigDecimal.ONE.add(e), DIGITS);
            assertUlps(value[i], expected.multiply(new BigDecimal(root)), 4, "softplus", x[i]);
            assertUlps(slope[i], share.multiply(new BigDecimal(root)), 4, "slope of softplus", x[i]);
        }
    }

    /** Odd, with the sign of zero, saturated at the ends; each output alone, in place, longer than a block. */
    @Test
    void erfAndSoftplusKeepTheirSymmetriesAndEnds() {
        double[] x = {0, -0.0, 1e-310, 1, Math.nextUp(1), 6, 30, 1e308, Double.POSITIVE_INFINITY};
        double[] longer = new double[1201];
        Arrays.setAll(longer, i -> x[i % x.length]);
        double[] odd = Arrays.stream(longer).map(entry -> -entry).toArray();
        double[] slope = new double[longer.length];
        new Erf().apply(odd, null, slope, odd.length);
        new Erf().apply(odd, odd, null, odd.length);
        for (int i = 0; i < longer.length; i++) {
            assertThat(odd[i]).isEqualTo(-new Erf().value(longer[i]));
            assertThat(slope[i]).isEqualTo(new Erf().derivative(longer[i]));
        }
        assertThat(Double.doubleToRawLongBits(new Erf().value(-0.0))).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(new Erf().value(30)).isEqualTo(1);
        Softplus softplus = new Softplus(2);
        assertThat(softplus.value(1e300)).isEqualTo(Math.sqrt(2) * 1e300);
        assertThat(softplus.value(-1e300)).isBetween(0.0, 1e-303);
        assertThat(softplus.derivative(1e300)).isEqualTo(Math.sqrt(2));
        assertThat(softplus.derivative(Double.NEGATIVE_INFINITY)).isBetween(0.0, 1e-303);
    }

    /** Half of them spread up to the largest, half over eleven powers of e. */
    private static double[] sizes(double largest) {
        Random random = new Random(3);
        double[] x = new double[900];
        Arrays.setAll(x, i -> i % 2 == 0 ? largest * random.nextDouble() : Math.exp(11 * random.nextDouble() - 10));
        return x;
    }

    private static void assertUlps(double value, BigDecimal expected, double ulps, String what, double at) {
        assertThat(Math.abs(new BigDecimal(value).subtract(expected).doubleValue()))
                .as("%s of %s", what, at)
                .isLessThanOrEqualTo(ulps * Math.ulp(expected.doubleValue()));
    }

    private static BigDecimal expMinusOne(double x) {
        int doublings = 0;
        BigDecimal small = new BigDecimal(x);
        for (; small.doubleValue() > 0.01; doublings++) {
            small = small.divide(TWO);
        }
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = BigDecimal.ZERO;
        for (int n = 1; n < 20; n++) {
            term = term.multiply(small).divide(BigDecimal.valueOf(n), DIGITS);
            sum = sum.add(term);
        }
        for (; doublings > 0; doublings--) {
            sum = sum.multiply(sum.add(TWO), DIGITS);
        }
        return sum;
    }

    /** Longer than a block, in place, each output alone. */
    @Test
    void tanhIsOddKeepsTheSignOfZeroAndSaturates() {
        double[] special = {
            0, -0.0, Double.MIN_VALUE, -1e-310, 1e-200, 18, 21.9, 800, 1e308, Double.POSITIVE_INFINITY, Double.NaN
        };
        double[] x = new double[1201];
        Arrays.setAll(x, i -> i < special.length ? special[i] : 1e-12 * Math.pow(1.03, i));
        double[] negative = Arrays.stream(x).map(entry -> -entry).toArray();
        double[] value = new double[x.length];
        double[] slope = new double[x.length];
        new Tanh(1).apply(x, value, slope, x.length);
        new Tanh(1).apply(negative, negative, null, x.length);
        double[] slopeAlone = new double[x.length];
        new Tanh(1).apply(x, null, slopeAlone, x.length);
        assertThat(slopeAlone).containsExactly(slope);
        assertThat(value[10]).isNaN();
        assertThat(slope[10]).isNaN();
        for (int i = 0; i < x.length; i++) {
            if (i == 10) {
                continue;
            }
            double expected = Math.tanh(x[i]);
            assertThat(value[i]).isCloseTo(expected, within(4 * Math.ulp(expected)));
            assertThat(negative[i]).isEqualTo(-value[i]);
        }
        assertThat(Double.doubleToRawLongBits(value[1])).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat(Arrays.copyOf(value, 5)).containsExactly(0, -0.0, Double.MIN_VALUE, -1e-310, 1e-200);
        assertThat(Arrays.copyOfRange(value, 7, 10)).containsOnly(1);
        assertThat(Arrays.copyOf(slope, 2)).containsOnly(1);
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
