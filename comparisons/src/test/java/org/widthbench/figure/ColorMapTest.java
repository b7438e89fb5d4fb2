package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColorMapTest {
    /** CIE lightness L*, which does not come from the space in which the maps are computed. */
    private static double lightness(Color color) {
        double y =
                0.2126 * linear(color.getRed()) + 0.7152 * linear(color.getGreen()) + 0.0722 * linear(color.getBlue());
        return y > 216.0 / 24389 ? 116 * Math.cbrt(y) - 16 : y * 24389 / 27;
    }

    private static double linear(int channel) {
        double x = channel / 255.0;
        return x <= 0.04045 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4);
    }

    @Test
    void divergingMapIsWhiteAtZeroBlueBelowAndRedAbove() {
        assertThat(lightness(ColorMap.DIVERGING.at(0.5))).isGreaterThan(95);
        assertThat(ColorMap.DIVERGING.at(0.1).getBlue())
                .isGreaterThan(ColorMap.DIVERGING.at(0.1).getRed() + 60);
        assertThat(ColorMap.DIVERGING.at(0.9).getRed())
                .isGreaterThan(ColorMap.DIVERGING.at(0.9).getBlue() + 60);
    }

    @Test
    void divergingMapIsEquallyLightAtOppositeValues() {
        for (double value = 0; value <= 0.5; value += 0.02) {
            assertThat(lightness(ColorMap.DIVERGING.at(0.5 - value)))
                    .isCloseTo(lightness(ColorMap.DIVERGING.at(0.5 + value)), within(6.0));
        }
    }

    @Test
    void divergingMapDarkensAwayFromZero() {
        for (double value = 0.02; value <= 0.5; value += 0.02) {
            for (int side : new int[] {-1, 1}) {
                assertThat(lightness(ColorMap.DIVERGING.at(0.5 + side * value)))
                        .isLessThan(lightness(ColorMap.DIVERGING.at(0.5 + side * (value - 0.02))));
            }
        }
    }

    @Test
    void sequentialMapLightensInNearlyEqualSteps() {
        double before = lightness(ColorMap.SEQUENTIAL.at(0));
        double step = (lightness(ColorMap.SEQUENTIAL.at(1)) - before) / 10;
        for (int i = 1; i <= 10; i++) {
            double here = lightness(ColorMap.SEQUENTIAL.at(i / 10.0));
            assertThat(here - before).isBetween(0.5 * step, 1.5 * step);
            before = here;
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void categoriesStandOutFromTheBackground(Style style) {
        // WCAG 2 asks for a contrast of 3 of graphical objects; two Okabe-Ito colours come close on white.
        for (int i = 0; i < 3; i++) {
            assertThat(contrast(style.color(Ink.category(i)), style.background()))
                    .isGreaterThan(3);
        }
        for (int i = 3; i < 7; i++) {
            assertThat(contrast(style.color(Ink.category(i)), style.background()))
                    .isGreaterThan(2);
        }
    }

    private static double contrast(Color one, Color other) {
        double a = luminance(one);
        double b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    private static double luminance(Color color) {
        return 0.2126 * linear(color.getRed()) + 0.7152 * linear(color.getGreen()) + 0.0722 * linear(color.getBlue());
    }
}
