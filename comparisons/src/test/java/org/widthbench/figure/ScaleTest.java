package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.InvalidInputException;

class ScaleTest {
    private static List<String> labels(Scale scale, double low, double high, int most) {
        return scale.ticks(low, high, most).stream()
                .map(Scale.Tick::label)
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void linearTicksAreMultiplesOfOneTwoOrFive() {
        assertThat(labels(Scale.LINEAR, -0.04, 1.04, 6)).containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(labels(Scale.LINEAR, -7, 7, 4)).containsExactly("\u22125", "0", "5");
        assertThat(labels(Scale.LINEAR, 0, 99, 5)).containsExactly("0", "20", "40", "60", "80");
    }

    /** Written with the decimals of its neighbours it was wider than its panel. */
    @Test
    void zeroBesideTinyNumbersIsShort() {
        assertThat(labels(Scale.LINEAR, -1e-12, 1e-12, 4)).contains("\u22121\u00b710^{\u221212}", "0", "10^{\u221212}");
    }

    @Test
    void logarithmicTicksArePowersOfTenWithUnlabelledOnesBetween() {
        assertThat(labels(Scale.LOG, 2, 2000, 5)).containsExactly("10^{1}", "10^{2}", "10^{3}");
        assertThat(Scale.LOG.ticks(2, 2000, 5))
                .extracting(Scale.Tick::value)
                .contains(2.0, 50.0, 900.0, 2000.0)
                .doesNotContain(1.0, 3000.0);
        assertThat(labels(Scale.LOG, 1e-6, 1e-2, 9)).contains("10^{\u22126}", "10^{\u22122}");
    }

    @Test
    void logarithmicAxisWithinOneDecadeStillCarriesNumbers() {
        assertThat(labels(Scale.LOG, 0.2, 0.9, 5)).hasSizeGreaterThan(2).contains("0.5");
    }

    @Test
    void ninesAreLabelledByTheirDecimals() {
        assertThat(labels(Scale.NINES, 0.3, 0.9995, 5)).containsExactly("0.5", "0.9", "0.99", "0.999");
    }

    @Test
    void ninesWithinOneDecadeStillCarryNumbers() {
        assertThat(labels(Scale.NINES, 0.985, 0.9985, 5)).containsExactly("0.99", "0.995", "0.998");
        assertThat(labels(Scale.NINES, 0.92, 0.98, 5)).containsExactly("0.95", "0.98");
    }

    @ParameterizedTest
    @EnumSource(Scale.class)
    void valueInvertsPosition(Scale scale) {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            double value = random.nextDouble() * 0.999;
            assertThat(scale.value(scale.position(value))).isCloseTo(value, within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.25", "-0.5, \u22120.5", "1e-7, 10^{\u22127}", "3e-8, 3\u00b710^{\u22128}", "1500, 1500"})
    void numbersReadAsInPrint(double value, String text) {
        assertThat(Numbers.shortest(value)).isEqualTo(text);
    }

    @Test
    void axisRefusesEndsItCannotShow() {
        assertThatThrownBy(() -> Axis.log("Loss").from(0, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Loss")
                .hasMessageContaining("0.0")
                .hasMessageContaining("log");
        assertThatThrownBy(() -> Axis.nines("A").from(0, 1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Axis.linear("t").from(2, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("2.0");
    }

    @ParameterizedTest
    @EnumSource(Scale.class)
    void tickNumbersDifferAndNeverTouch(Scale scale) {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            double low = random.nextDouble() * Math.pow(10, -random.nextInt(5));
            double high = scale == Scale.NINES
                    ? 1 - (1 - low) * Math.pow(10, -0.1 - 6 * random.nextDouble())
                    : low + random.nextDouble() * Math.pow(10, random.nextInt(9) - 4);
            double length = 40 + random.nextInt(200);
            Range range = new Range(scale, low, high);
            for (boolean horizontal : new boolean[] {true, false}) {
                double end = Double.NEGATIVE_INFINITY;
                List<String> seen = new ArrayList<>();
                for (Scale.Tick tick : new ScaledAxis(range, "", Style.PAPER).ticks(length, horizontal)) {
                    if (tick.label() != null) {
                        RichText text = new RichText(tick.label(), Style.PAPER.tickSize());
                        double half = (horizontal ? text.width() : text.height()) / 2;
                        double middle = range.fraction(tick.value()) * length;
                        assertThat(middle - half)
                                .as("%s from %s to %s over %s", scale, low, high, length)
                                .isGreaterThan(end);
                        end = middle + half;
                        assertThat(seen).doesNotContain(tick.label());
                        seen.add(tick.label());
                    }
                }
            }
        }
    }
}
