package org.widthbench.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SobolTest {

    private enum Scrambling {
        DIGITAL_SHIFT,
        OWEN;

        double[][] points(int dimensions, int count, long seed) {
            return this == OWEN
                    ? Sobol.owenScrambledPoints(dimensions, count, seed)
                    : Sobol.points(dimensions, count, seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Scrambling.class)
    void everyProjectionHasOnePointPerInterval(Scrambling scrambling) {
        for (int count : new int[] {2, 64, 1024}) {
            for (long seed : new long[] {0, 1, -77}) {
                double[][] points = scrambling.points(48, count, seed);
                for (int d = 0; d < 48; d++) {
                    BitSet seen = new BitSet(count);
                    for (double[] point : points) {
                        assertThat(point[d]).isGreaterThan(0).isLessThan(1);
                        seen.set((int) (point[d] * count));
                    }
                    assertThat(seen.cardinality()).isEqualTo(count);
                }
            }
        }
    }

    /** The first two coordinates form a (0, m, 2)-net: every dyadic rectangle of area 1 / count holds one point. */
    @ParameterizedTest
    @EnumSource(Scrambling.class)
    void firstTwoCoordinatesFillEveryDyadicRectangle(Scrambling scrambling) {
        double[][] points = scrambling.points(2, 256, 3);
        for (int rows = 1; rows <= 256; rows *= 2) {
            BitSet seen = new BitSet(256);
            for (double[] point : points) {
                int columns = 256 / rows;
                int row = (int) (point[0] * rows);
                int column = (int) (point[1] * columns);
                seen.set(row * columns + column);
            }
            assertThat(seen.cardinality()).isEqualTo(256);
        }
    }

    @ParameterizedTest
    @EnumSource(Scrambling.class)
    void eachPointIsUniformOverSeeds(Scrambling scrambling) {
        int seeds = 4000;
        double sum = 0;
        double squares = 0;
        for (int seed = 0; seed < seeds; seed++) {
            double x = scrambling.points(3, 6, seed)[5][2];
            sum += x;
            squares += x * x;
        }
        // Five standard errors: the variances of U and U^2 are 1/12 and 4/45.
        assertThat(sum / seeds).isCloseTo(0.5, within(5 * Math.sqrt(1.0 / 12 / seeds)));
        assertThat(squares / seeds).isCloseTo(1.0 / 3, within(5 * Math.sqrt(4.0 / 45 / seeds)));
    }

    /** Owen (1997): the error for a smooth integrand falls as n^-3/2, a digital shift's as n^-1. */
    @Test
    void owenScramblingIntegratesSmoothFunctionsFarBetterThanPlainSampling() {
        int count = 1024;
        double meanSquare = 0;
        int seeds = 20;
        for (int seed = 0; seed < seeds; seed++) {
            double sum = 0;
            for (double[] x : Sobol.owenScrambledPoints(4, count, seed)) {
                sum += Math.exp(x[0] + x[1] + x[2] + x[3]);
            }
            double error = sum / count - Math.pow(Math.E - 1, 4);
            meanSquare += error * error / seeds;
        }
        // Plain Monte Carlo has the variance of exp(sum) over n.
        double single = (Math.exp(2) - 1) / 2;
        double plain = (Math.pow(single, 4) - Math.pow(Math.E - 1, 8)) / count;
        assertThat(meanSquare).isLessThan(plain / 400);
    }

    @ParameterizedTest
    @EnumSource(Scrambling.class)
    void sameSeedGivesTheSamePointsAndAnotherSeedOthers(Scrambling scrambling) {
        assertThat(scrambling.points(5, 16, 8)).isDeepEqualTo(scrambling.points(5, 16, 8));
        assertThat(scrambling.points(5, 16, 8)[0][0]).isNotEqualTo(scrambling.points(5, 16, 9)[0][0]);
    }

    @Test
    void dimensionsWithoutDirectionNumbersAreRefused() {
        assertThatThrownBy(() -> Sobol.points(1001, 2, 0)).hasMessageContaining("1..1000");
        assertThatThrownBy(() -> Sobol.points(0, 2, 0)).hasMessageContaining("1..1000");
        assertThat(Sobol.points(1000, 2, 0)).hasDimensions(2, 1000);
    }
}
