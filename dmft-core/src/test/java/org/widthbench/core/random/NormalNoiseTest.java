package org.widthbench.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErf;
import org.apache.commons.numbers.gamma.InverseErfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalNoiseTest {

    private static double[] fill(int length, long seed, long stream, long firstIndex) {
        double[] out = new double[length];
        NormalNoise.fill(out, 0, length, seed, stream, firstIndex);
        return out;
    }

    /** Expected bits come from a separate Python program written from the Javadoc alone. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0x1.2d769e93cb51fp+0",
        "0, 0, 1, 0x1.11fbd69d8e301p-2",
        "1, 2, 343, -0x1.8f10badf1abeap+1",
        "42, 7, 1000000007, -0x1.716a741615af3p-1",
        "-3, 1099511627776, 8589934597, -0x1.37d83646d792bp-1",
    })
    void entriesFollowTheDocumentedAlgorithmToTheLastBit(long seed, long stream, long index, String expected) {
        assertThat(fill(1, seed, stream, index)[0]).isEqualTo(Double.parseDouble(expected));
    }

    /** One value in each region of AS 241, from the same separate program. */
    @ParameterizedTest
    @CsvSource({
        "0x1p-53, -0x1.06b48528cea51p+3",
        "1e-12, -0x1.c234fba57a32ap+2",
        "0x1.fffffffffffffp-1, 0x1.06b48528cea51p+3"
    })
    void tailsFollowTheDocumentedAlgorithmToTheLastBit(String probability, String expected) {
        assertThat(NormalNoise.inverseCdf(Double.parseDouble(probability))).isEqualTo(Double.parseDouble(expected));
    }

    @Test
    void anySliceEqualsTheSameSliceOfTheWhole() {
        double[] whole = fill(3000, 11, 3, 0);
        for (int first : new int[] {0, 1, 2, 511, 512, 513, 1023}) {
            for (int length : new int[] {0, 1, 2, 3, 511, 512, 513, 1500}) {
                double[] out = new double[length + 2];
                NormalNoise.fill(out, 1, length, 11, 3, first);
                assertThat(Arrays.copyOfRange(out, 1, length + 1))
                        .isEqualTo(Arrays.copyOfRange(whole, first, first + length));
                assertThat(out[0]).isZero();
                assertThat(out[length + 1]).isZero();
            }
        }
    }

    @Test
    void threadsThatShareTheWorkMakeTheSameNoise() {
        double[] shared = new double[10_000];
        IntStream.range(0, 100).parallel().forEach(k -> NormalNoise.fill(shared, 100 * k, 100, 1, 2, 100L * k));
        assertThat(shared).isEqualTo(fill(10_000, 1, 2, 0));
    }

    @Test
    void quantilesAgreeWithTheInverseErrorFunction() {
        for (int i = 1; i < 20_000; i++) {
            double u = i / 20_000.0;
            double expected =
                    u < 0.5 ? -Math.sqrt(2) * InverseErfc.value(2 * u) : Math.sqrt(2) * InverseErf.value(2 * u - 1);
            assertThat(NormalNoise.inverseCdf(u))
                    .isCloseTo(expected, within(1e-15 * Math.max(0.1, Math.abs(expected))));
        }
        for (int exponent = 2; exponent <= 300; exponent++) {
            double u = Math.pow(10, -exponent);
            double expected = -Math.sqrt(2) * InverseErfc.value(2 * u);
            assertThat(NormalNoise.inverseCdf(u)).isCloseTo(expected, within(1e-15 * Math.abs(expected)));
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-0.1", "1.5", "NaN"})
    void noProbabilityHasNoQuantile(double u) {
        assertThat(NormalNoise.inverseCdf(u)).isNaN();
    }

    @Test
    void logarithmIsAccurateToTwoUnitsInTheLastPlace() {
        double[] uniforms = IntStream.rangeClosed(1, 200_000)
                .mapToDouble(i -> i / 200_000.0)
                .toArray();
        for (double x : uniforms) {
            for (double y : new double[] {x, x * x * 1e-9, x * 1e-200, 1e5 * x}) {
                double expected = StrictMath.log(y);
                assertThat(Math.abs(NormalNoise.log(y) - expected)).isLessThanOrEqualTo(2 * Math.ulp(expected));
            }
        }
    }

    /** Bounds are five standard errors of each statistic of a standard normal sample. */
    @Test
    void noiseHasTheMomentsAndTheDistributionOfAStandardNormal() {
        int n = 200_000;
        double[] z = fill(n, 2024, 9, 0);
        assertThat(mean(z, 1)).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(mean(z, 2)).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
        assertThat(mean(z, 3)).isCloseTo(0, within(5 * Math.sqrt(15.0 / n)));
        assertThat(mean(z, 4)).isCloseTo(3, within(5 * Math.sqrt(96.0 / n)));
        Arrays.sort(z);
        double distance = 0;
        for (int i = 0; i < n; i++) {
            double cdf = 0.5 * Erfc.value(-z[i] / Math.sqrt(2));
            distance = Math.max(distance, Math.max(cdf - (double) i / n, (i + 1.0) / n - cdf));
        }
        // Kolmogorov-Smirnov: exceeded with probability 1e-5.
        assertThat(distance).isLessThan(2.47 / Math.sqrt(n));
    }

    @Test
    void streamsSeedsAndNeighboursAreUncorrelated() {
        int n = 100_000;
        double[] base = fill(n, 1, 1, 0);
        double bound = 5 / Math.sqrt(n);
        assertThat(correlation(base, fill(n, 1, 2, 0))).isCloseTo(0, within(bound));
        assertThat(correlation(base, fill(n, 2, 1, 0))).isCloseTo(0, within(bound));
        assertThat(correlation(base, fill(n, 1, 1, 1))).isCloseTo(0, within(bound));
        assertThat(correlation(base, fill(n, 1, 1, 2))).isCloseTo(0, within(bound));
    }

    @Test
    void badRangesAreRefused() {
        assertThatThrownBy(() -> NormalNoise.fill(new double[3], 1, 3, 0, 0, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> NormalNoise.fill(new double[3], 0, 3, 0, 0, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static double mean(double[] z, int power) {
        return Arrays.stream(z).map(x -> Math.pow(x, power)).average().orElseThrow();
    }

    private static double correlation(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> a[i] * b[i])
                .average()
                .orElseThrow();
    }
}
