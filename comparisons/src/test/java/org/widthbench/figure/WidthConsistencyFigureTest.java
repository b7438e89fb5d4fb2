package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.figure.WidthConsistencyData.KernelComparison;
import org.widthbench.figure.WidthConsistencyData.LayerSamples;
import org.widthbench.figure.WidthConsistencyData.LossCurve;

class WidthConsistencyFigureTest {
    private static final int[] WIDTHS = {10, 100, 1000};
    private static final int SEEDS = 3;

    private static double[][] matrix(Random random, int side) {
        return IntStream.range(0, side)
                .mapToObj(i -> random.doubles(side, -1, 1).toArray())
                .toArray(double[][]::new);
    }

    private static KernelComparison kernel(Random random, int layers, double[][][] alignment) {
        List<double[][]> maps =
                IntStream.range(0, layers).mapToObj(l -> matrix(random, 6)).toList();
        return new KernelComparison(maps, maps, maps, maps, alignment);
    }

    // 1 - A = (1 + seed) / N: what theory says of its order.
    private static double[][][] alignment(int layers) {
        double[][][] alignment = new double[layers][WIDTHS.length][SEEDS];
        for (double[][] layer : alignment) {
            for (int w = 0; w < WIDTHS.length; w++) {
                for (int seed = 0; seed < SEEDS; seed++) {
                    layer[w][seed] = 1 - (1.0 + seed) / WIDTHS[w];
                }
            }
        }
        return alignment;
    }

    private static WidthConsistencyData data(int layers, double[][][] alignment) {
        Random random = new Random(1);
        double[] times = {0, 1, 2, 3};
        double[] loss = {1, 0.5, 0.3, 0.2};
        LayerSamples samples = new LayerSamples(
                IntStream.range(0, layers)
                        .mapToObj(l -> random.doubles(200).toArray())
                        .toList(),
                IntStream.range(0, layers)
                        .mapToObj(l -> random.doubles(300).toArray())
                        .toList());
        return new WidthConsistencyData(
                times,
                List.of(new LossCurve(0.2, loss, new double[4], loss), new LossCurve(1, loss, new double[0], loss)),
                samples,
                samples,
                kernel(random, layers, alignment),
                kernel(random, layers, alignment),
                WIDTHS,
                1000,
                new double[] {0, 3});
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void fitsOtherDepths(int layers) {
        Figure figure = new WidthConsistencyFigure(data(layers, alignment(layers))).assembled(Style.PAPER);
        assertThat(figure.placements()).hasSize(9).allMatch(p -> p.slot().contains(p.area()));
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void fitsEveryStyle(Style style) {
        Figure figure = new WidthConsistencyFigure(data(3, alignment(3))).assembled(style);
        assertThat(figure.placements())
                .allMatch(p -> p.area().getWidth() > 60 && p.area().getHeight() > 40);
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void nothingIsCutOffAtTheEdgeOfThePage(Style style) {
        for (int layers : new int[] {1, 5}) {
            BufferedImage image = new WidthConsistencyFigure(data(layers, alignment(layers)))
                    .assembled(style)
                    .image(PageWidth.POINTS_PER_INCH);
            int paper = style.background().getRGB();
            for (int x = 0; x < image.getWidth(); x++) {
                assertThat(image.getRGB(x, 0)).as("top at %s", x).isEqualTo(paper);
                assertThat(image.getRGB(x, image.getHeight() - 1))
                        .as("bottom at %s", x)
                        .isEqualTo(paper);
            }
            for (int y = 0; y < image.getHeight(); y++) {
                assertThat(image.getRGB(0, y)).as("left at %s", y).isEqualTo(paper);
                assertThat(image.getRGB(image.getWidth() - 1, y))
                        .as("right at %s", y)
                        .isEqualTo(paper);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void fitsOneColumnInEveryStyle(Style style) {
        Figure figure = new WidthConsistencyFigure(data(3, alignment(3)))
                .assembled(style)
                .in(PageWidth.SINGLE_COLUMN);
        assertThat(figure.placements()).hasSize(9).allMatch(p -> p.slot().contains(p.area()));
        assertThat(figure.difference().orElseThrow().placements()).hasSize(9);
    }

    @Test
    void alignmentPointsAreMeansOverSeeds() throws IOException {
        Figure figure = new WidthConsistencyFigure(data(2, alignment(2))).assembled(Style.PAPER);
        JsonNode series = new ObjectMapper()
                .readTree(figure.valuesAsJson())
                .get(5)
                .get("series")
                .get(0);
        // The mean of 1, 2 and 3 over N is 2 / N.
        assertThat(series.get("y").get(0).asDouble()).isCloseTo(0.8, within(1e-4));
        assertThat(series.get("y").get(2).asDouble()).isCloseTo(0.998, within(1e-4));
        assertThat(series.get("name").asText()).isEqualTo("\u2113=1");
    }

    @Test
    void perfectAlignmentIsStillDrawn() {
        double[][][] perfect = new double[1][WIDTHS.length][SEEDS];
        for (double[] width : perfect[0]) {
            java.util.Arrays.fill(width, 1);
        }
        Figure figure = new WidthConsistencyFigure(data(1, perfect)).assembled(Style.PAPER);
        assertThat(figure.inlineSvg("a")).doesNotContain("NaN", "Infinity");
    }

    @Test
    void numbersOfLayersThatDifferAreRefused() {
        assertThatThrownBy(() -> data(3, alignment(2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("alignment is not given for 3 layers");
    }

    @Test
    void alignmentThatIsNotANumberIsRefused() {
        double[][][] alignment = alignment(1);
        alignment[0][1][2] = Double.NaN;
        assertThatThrownBy(() -> new WidthConsistencyFigure(data(1, alignment)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("NaN");
    }
}
