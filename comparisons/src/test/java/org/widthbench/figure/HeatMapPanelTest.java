package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;

class HeatMapPanelTest {
    private static final int SCALE = 4;
    private static final double[][] SIGNED = {{1, 0, -1}, {0.5, -0.5, 0}, {-1, 0.25, 1}};
    private static final double[][] HALVED = {{0.5, 0, -0.5}, {0.25, -0.25, 0}, {-0.5, 0.125, 0.5}};

    private static HeatMapPanel panel(double[][] upper, double[][] lower) {
        return HeatMapPanel.columns(List.of("$\\ell=1$", "$\\ell=2$"))
                .network("network", List.of(upper, lower))
                .theory("DMFT", List.of(lower, upper))
                .axes("$\\mu$", "$\\alpha$")
                .title("Kernel")
                .build();
    }

    private static Figure figure(HeatMapPanel panel) {
        return Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 150, panel);
    }

    @Test
    void entriesShowTheColourOfTheirValueOnOneScaleForAllMaps() throws IOException {
        Figure figure = figure(panel(SIGNED, HALVED));
        BufferedImage image = figure.image(SCALE * PageWidth.POINTS_PER_INCH);
        JsonNode maps =
                new ObjectMapper().readTree(figure.valuesAsJson()).get(0).get("maps");
        double[][][] values = {SIGNED, HALVED, HALVED, SIGNED};
        for (int map = 0; map < 4; map++) {
            JsonNode area = maps.get(map).get("area");
            double width = area.get(2).asDouble() - area.get(0).asDouble();
            double height = area.get(3).asDouble() - area.get(1).asDouble();
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    double x = area.get(0).asDouble() + (j + 0.5) / 3 * width;
                    double y = area.get(1).asDouble() + (i + 0.5) / 3 * height;
                    assertThat(new Color(image.getRGB((int) (SCALE * x), (int) (SCALE * y))))
                            .as("map %s, entry %s, %s", map, i, j)
                            .isEqualTo(ColorMap.DIVERGING.at(0.5 + values[map][i][j] / 2));
                }
            }
        }
    }

    @Test
    void valuesForThePageAreThoseOfTheMaps() throws IOException {
        JsonNode first = new ObjectMapper()
                .readTree(figure(panel(SIGNED, HALVED)).valuesAsJson())
                .get(0)
                .get("maps")
                .get(0);
        assertThat(first.get("name").asText()).isEqualTo("network, \u2113=1");
        assertThat(first.get("values").get(1).get(0).asDouble()).isEqualTo(0.5);
    }

    @Test
    void mapsThatCannotBeDrawnAreRefused() {
        HeatMapPanel.Builder builder = HeatMapPanel.columns(List.of("one"));
        assertThatThrownBy(() ->
                        builder.network("network", List.<double[][]>of(new double[][] {{1, Double.POSITIVE_INFINITY}})))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("network")
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> builder.network("network", List.<double[][]>of(new double[][] {{1, 2}, {3}})))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 1 has 1 entries");
        assertThatThrownBy(() -> builder.network("network", List.<double[][]>of(new double[0][])))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> builder.network("network", List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("0 maps for 1 columns");
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nothing to draw");
    }

    /** The larger of 4 and -8 is 8, in either row. */
    @Test
    void eachColumnMayBeShownInUnitsOfItsLargestValueWhichItNames() throws IOException {
        HeatMapPanel panel = HeatMapPanel.columns(List.of("one"))
                .network("network", List.<double[][]>of(new double[][] {{4, 0}}))
                .theory("DMFT", List.<double[][]>of(new double[][] {{-8, 2}}))
                .eachByItsLargest()
                .build();
        String values = figure(panel).valuesAsJson();
        assertThat(values).contains("one, max 8", "[[0.5,0.0]]", "[[-1.0,0.25]]");
    }

    @Test
    void mapsOfZerosAreWhite() {
        HeatMapPanel zeros = panel(new double[3][3], new double[3][3]);
        BufferedImage image = figure(zeros).image(SCALE * PageWidth.POINTS_PER_INCH);
        Color middle = ColorMap.DIVERGING.at(0.5);
        int white = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            white += new Color(image.getRGB(x, image.getHeight() / 3)).equals(middle) ? 1 : 0;
        }
        assertThat(white).isGreaterThan(image.getWidth() / 4);
    }
}
