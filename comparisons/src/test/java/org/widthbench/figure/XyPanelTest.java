package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;

class XyPanelTest {
    /** Pixels per point. */
    private static final int SCALE = 4;

    private static final double[] X = {0, 1, 2, 3, 4};

    private static Figure figure(XyPanel panel) {
        return Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 150, panel);
    }

    private static BufferedImage image(Figure figure) {
        return figure.image(SCALE * PageWidth.POINTS_PER_INCH);
    }

    private static Color pixel(BufferedImage image, Rectangle2D area, double across, double up) {
        double x = area.getX() + across * area.getWidth();
        double y = area.getMaxY() - up * area.getHeight();
        return new Color(image.getRGB((int) (SCALE * x), (int) (SCALE * y)));
    }

    private static double[] constant(double value) {
        return new double[] {value, value, value, value, value};
    }

    @Test
    void curveIsPaintedInItsColourWhereItsValuesAre() {
        Figure figure = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .curve(null, Ink.category(1), LineStyle.SOLID, X, constant(0.375))
                        .build());
        BufferedImage image = image(figure);
        Rectangle2D area = figure.placements().get(0).area();
        for (double across : new double[] {0.1, 0.45, 0.9}) {
            assertThat(pixel(image, area, across, 0.375)).isEqualTo(Style.PAPER.color(Ink.category(1)));
            assertThat(pixel(image, area, across, 0.44)).isEqualTo(Color.WHITE);
        }
    }

    @Test
    void logarithmicAxisPutsTheGeometricMeanInTheMiddle() {
        Figure figure =
                figure(XyPanel.over(Axis.linear("t").from(0, 4), Axis.log("y").from(1e-4, 1))
                        .curve(null, Ink.category(0), LineStyle.SOLID, X, constant(1e-2))
                        .build());
        Rectangle2D area = figure.placements().get(0).area();
        assertThat(pixel(image(figure), area, 0.6, 0.5)).isEqualTo(Style.PAPER.color(Ink.category(0)));
    }

    @Test
    void dashedCurveHasGaps() {
        Figure figure = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .curve(null, Ink.category(0), LineStyle.DASHED, X, constant(0.5))
                        .build());
        BufferedImage image = image(figure);
        Rectangle2D area = figure.placements().get(0).area();
        int painted = 0;
        for (int i = 0; i < 1000; i++) {
            painted += pixel(image, area, i / 1000.0, 0.5).equals(Style.PAPER.color(Ink.category(0))) ? 1 : 0;
        }
        // Dashes of 3.2 line widths, gaps of 1.8.
        assertThat(painted).isBetween(500, 750);
    }

    /** Labels that are all 0 give losses that are: a result, with a panel of the smallest size that a page has. */
    @Test
    void curvesOfZerosAreDrawnAndSaidToBe() {
        XyPanel panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss"))
                .curve("$N=20$", Ink.category(0), LineStyle.SOLID, X, constant(0))
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, X, constant(1e-34))
                .build();
        Figure three = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN)
                .row(170, panel, panel, panel)
                .build();
        assertThat(three.inlineSvg("f")).contains("nothing moved");
        assertThat(figure(XyPanel.over(Axis.linear("t"), Axis.linear("y"))
                                .curve(null, Ink.category(0), LineStyle.SOLID, X, X)
                                .build())
                        .inlineSvg("f"))
                .doesNotContain("nothing moved");
    }

    @Test
    void nothingIsPaintedOutsideTheAxes() {
        Figure inside = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .curve(null, Ink.category(0), LineStyle.SOLID, X, constant(0.5))
                        .build());
        Figure outside = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .curve(null, Ink.category(0), LineStyle.SOLID, new double[] {-9, 9}, new double[] {-30, 30})
                        .build());
        Rectangle2D area = inside.placements().get(0).area();
        BufferedImage one = image(inside);
        BufferedImage other = image(outside);
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                boolean beside = !area.contains((x + 0.5) / SCALE, (y + 0.5) / SCALE);
                if (beside) {
                    assertThat(other.getRGB(x, y)).as("pixel %s, %s", x, y).isEqualTo(one.getRGB(x, y));
                }
            }
        }
    }

    @Test
    void bandIsShadedBetweenItsBoundsOnly() {
        Figure figure = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .band(Ink.category(0), X, constant(0.3), constant(0.5))
                        .build());
        BufferedImage image = image(figure);
        Rectangle2D area = figure.placements().get(0).area();
        assertThat(pixel(image, area, 0.45, 0.45)).isNotEqualTo(Color.WHITE);
        assertThat(pixel(image, area, 0.45, 0.55)).isEqualTo(Color.WHITE);
        assertThat(pixel(image, area, 0.45, 0.25)).isEqualTo(Color.WHITE);
    }

    @Test
    void histogramsThatOverlapShowTheirOutlines() {
        double[] range = {0, 4};
        Figure figure = figure(
                XyPanel.over(Axis.linear("h").from(0, 4), Axis.linear("y").from(0, 1))
                        .histogram(null, Ink.category(0), new Density.Histogram(range, new double[] {0.75}))
                        .histogram(null, Ink.category(1), new Density.Histogram(range, new double[] {0.25}))
                        .build());
        BufferedImage image = image(figure);
        Rectangle2D area = figure.placements().get(0).area();
        assertThat(pixel(image, area, 0.45, 0.75)).isEqualTo(Style.PAPER.pale(Ink.category(0)));
        assertThat(pixel(image, area, 0.45, 0.25)).isEqualTo(Style.PAPER.pale(Ink.category(1)));
        assertThat(pixel(image, area, 0.45, 0.6)).isNotEqualTo(Color.WHITE);
    }

    @Test
    void errorBarsReachFromLowToHigh() {
        Figure figure = figure(
                XyPanel.over(Axis.linear("t").from(0, 4), Axis.linear("y").from(0, 1))
                        .errorBars(
                                null,
                                Ink.category(0),
                                new double[] {1, 3},
                                new double[] {0.5, 0.5},
                                new double[] {0.3, 0.3},
                                new double[] {0.9, 0.9})
                        .build());
        BufferedImage image = image(figure);
        Rectangle2D area = figure.placements().get(0).area();
        Color color = Style.PAPER.color(Ink.category(0));
        assertThat(pixel(image, area, 0.75, 0.85)).isEqualTo(color);
        assertThat(pixel(image, area, 0.75, 0.35)).isEqualTo(color);
        assertThat(pixel(image, area, 0.75, 0.95)).isNotEqualTo(color);
        assertThat(pixel(image, area, 0.75, 0.22)).isNotEqualTo(color);
    }

    /** 1 - A = (1 + seed) / N, of which the mean over three seeds is 2 / N; the bars are symmetric in its logarithm. */
    @Test
    void meansOverSeedsHaveBarsThatStayBelowOne() {
        double[] widths = {10, 100, 1000};
        List<double[]> seeds = Arrays.stream(widths)
                .mapToObj(n -> new double[] {1 - 1 / n, 1 - 2 / n, 1 - 3 / n})
                .toList();
        Mark mark = XyPanel.over(Axis.log("N"), Axis.nines("A"))
                .spread("one", Ink.category(0), widths, seeds)
                .build()
                .marks()
                .get(0);
        assertThat(mark.y()).containsExactly(new double[] {0.8, 0.98, 0.998}, within(1e-12));
        for (int i = 0; i < widths.length; i++) {
            assertThat(mark.high()[i]).isLessThan(1);
            assertThat((1 - mark.low()[i]) * (1 - mark.high()[i]))
                    .isEqualTo(Math.pow(1 - mark.y()[i], 2), within(1e-12));
        }
    }

    @Test
    void perfectAlignmentIsDrawnAndOneThatIsNoNumberIsRefused() {
        double[] widths = {10, 100};
        List<double[]> perfect = List.of(new double[] {1, 1}, new double[] {1, 1});
        XyPanel.Builder builder = XyPanel.over(Axis.log("N"), Axis.nines("A"));
        assertThat(figure(builder.spread("one", Ink.category(0), widths, perfect)
                                .build())
                        .inlineSvg("a"))
                .doesNotContain("NaN", "Infinity");
        List<double[]> broken = List.of(new double[] {1, 1}, new double[] {1, Double.NaN});
        assertThatThrownBy(() -> builder.spread("one", Ink.category(0), widths, broken))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("NaN");
    }

    /** Values 1 and 3 of two seeds: mean 2, standard error 1. */
    @Test
    void networksOfSeveralSeedsAreTheirMeanInABandOfOneStandardError() {
        List<double[]> seeds = List.of(new double[] {1, 0}, new double[] {3, 0});
        XyPanel panel = XyPanel.over(Axis.linear("t"), Axis.linear("y"))
                .mean("one", Ink.category(0), new double[] {0, 1}, seeds)
                .mean("single", Ink.category(1), new double[] {0, 1}, seeds.subList(0, 1))
                .build();
        assertThat(panel.marks()).hasSize(3);
        assertThat(panel.marks().get(0).low()).containsExactly(1, 0);
        assertThat(panel.marks().get(0).high()).containsExactly(3, 0);
        assertThat(panel.marks().get(1).y()).containsExactly(2, 0);
    }

    @Test
    void panelThatLeavesItsLegendToOthersHasItWhereItStandsAlone() {
        XyPanel panel = XyPanel.over(Axis.linear("t"), Axis.linear("y"))
                .curve("the only one", Ink.category(0), LineStyle.SOLID, X, constant(0))
                .withoutLegend()
                .build();
        assertThat(figure(panel).inlineSvg("a")).doesNotContain("the only one");
        assertThat(figure(panel.standingAlone()).inlineSvg("a")).contains("the only one");
    }

    /** The pixels under the legend are those of the same panel without any data. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void legendCoversNoData(int seed) {
        Random random = new Random(seed);
        XyPanel.Builder builder = XyPanel.over(Axis.linear("t"), Axis.linear("y"));
        for (int series = 0; series < 3; series++) {
            double[] x = new double[40];
            double[] y = new double[40];
            double phase = 6 * random.nextDouble();
            for (int i = 0; i < x.length; i++) {
                x[i] = i;
                y[i] = Math.sin(phase + 0.3 * i * random.nextDouble()) * Math.exp(-0.05 * series * i);
            }
            builder.curve("series " + series, Ink.category(series), LineStyle.SOLID, x, y);
        }
        XyPanel panel = builder.build();
        Figure figure = figure(panel);
        Rectangle2D area = figure.placements().get(0).area();
        XyPanel.Layout layout = panel.layout(area, Style.PAPER);
        assertThat(layout.legend()).isNotNull();
        assertThat(area.contains(layout.legend())).isTrue();
        Figure bare = figure(sameMarks(panel, layout));
        BufferedImage image = image(bare);
        for (double x = layout.legend().getMinX(); x < layout.legend().getMaxX(); x += 0.25) {
            for (double y = layout.legend().getMinY(); y < layout.legend().getMaxY(); y += 0.25) {
                Color color = new Color(image.getRGB((int) (SCALE * x), (int) (SCALE * y)));
                // Grid lines are gray, curves are not.
                assertThat(color.getRed()).as("pixel at %s, %s", x, y).isEqualTo(color.getBlue());
            }
        }
    }

    private static XyPanel sameMarks(XyPanel panel, XyPanel.Layout layout) {
        XyPanel.Builder builder = XyPanel.over(
                        Axis.linear("t")
                                .from(layout.across().low(), layout.across().high()),
                        Axis.linear("y").from(layout.up().low(), layout.up().high()))
                .withoutLegend();
        for (Mark mark : panel.marks()) {
            builder.curve(null, mark.ink(), LineStyle.SOLID, mark.x(), mark.high());
        }
        return builder.build();
    }

    @Test
    void valuesThatCannotBeDrawnAreRefusedByName() {
        XyPanel.Builder builder = XyPanel.over(Axis.linear("t"), Axis.log("Loss"));
        assertThatThrownBy(() ->
                        builder.curve("mean", Ink.neutral(), LineStyle.SOLID, X, new double[] {1, 2, Double.NaN, 4, 5}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("mean")
                .hasMessageContaining("entry 2 is NaN");
        assertThatThrownBy(() -> builder.curve("mean", Ink.neutral(), LineStyle.SOLID, X, new double[3]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("5 abscissas but 3 ordinates");
        assertThatThrownBy(() -> builder.curve("mean", Ink.neutral(), LineStyle.SOLID, new double[0], new double[0]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nothing to draw");
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nothing to draw");
    }

    @Test
    void logarithmicAxisRefusesWhatIsNotPositive() {
        XyPanel.Builder builder = XyPanel.over(Axis.linear("t"), Axis.log("Loss"))
                .curve("mean", Ink.neutral(), LineStyle.SOLID, X, new double[] {1, 0.5, 0, 1, 1});
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Loss")
                .hasMessageContaining("0.0");
    }

    @Test
    void constantCurveStillGetsAnAxis() {
        XyPanel panel = XyPanel.over(Axis.linear("t"), Axis.linear("y"))
                .curve(null, Ink.neutral(), LineStyle.SOLID, X, constant(0))
                .build();
        Range up =
                panel.layout(new Rectangle2D.Double(0, 0, 100, 80), Style.PAPER).up();
        assertThat(up.low()).isLessThan(0);
        assertThat(up.high()).isGreaterThan(0);
    }
}
