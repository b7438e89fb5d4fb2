package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static final double[] X = {0, 1, 2};

    private static XyPanel.Builder panel() {
        return XyPanel.over(Axis.linear("$t$"), Axis.linear("Loss"));
    }

    private static XyPanel difference(XyPanel.Builder panel) {
        return (XyPanel) panel.build().difference().orElseThrow();
    }

    @Test
    void everyNetworkIsComparedWithTheTheoryOfTheSameNumber() {
        XyPanel difference = difference(panel().curve("a", Ink.category(0), LineStyle.SOLID, X, new double[] {1, 2, 3})
                .curve(null, Ink.neutral(), LineStyle.DASHED, X, new double[] {1, 1, 1})
                .curve("b", Ink.category(1), LineStyle.SOLID, X, new double[] {5, 5, 5})
                .curve(null, Ink.neutral(), LineStyle.DASHED, X, new double[] {1, 2, 3}));
        assertThat(difference.marks()).extracting(Mark::label).containsExactly("a", "b");
        assertThat(difference.marks().get(0).high()).containsExactly(0, 1, 2);
        assertThat(difference.marks().get(1).high()).containsExactly(4, 3, 2);
    }

    @Test
    void oneTheoryServesAllNetworksAndIsInterpolatedWithinItsRange() {
        double[] coarse = {0, 1.5};
        XyPanel difference = difference(panel().curve("a", Ink.category(0), LineStyle.SOLID, X, new double[] {0, 0, 0})
                .curve("b", Ink.category(1), LineStyle.SOLID, X, new double[] {1, 1, 1})
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, coarse, new double[] {0, 3}));
        assertThat(difference.marks()).hasSize(2);
        assertThat(difference.marks().get(0).x()).containsExactly(0, 1);
        assertThat(difference.marks().get(0).high()).containsExactly(new double[] {0, -2}, within(1e-12));
    }

    @Test
    void histogramsAreComparedBinByBinWithTheMeanOfTheDensity() {
        Density.Histogram histogram = new Density.Histogram(new double[] {0, 1, 2}, new double[] {0.5, 0.25});
        XyPanel difference = difference(panel().histogram("a", Ink.category(0), histogram)
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, X, new double[] {0, 0.5, 0}));
        assertThat(difference.marks().get(0).x()).containsExactly(0.5, 1.5);
        // The triangle's mean over either bin is 1/4.
        assertThat(difference.marks().get(0).high()).containsExactly(new double[] {0.25, 0}, within(1e-12));
    }

    @Test
    void panelWithoutBothSidesHasNone() {
        XyPanel solid =
                panel().curve("a", Ink.category(0), LineStyle.SOLID, X, X).build();
        assertThat(solid.difference()).isEmpty();
        assertThat(solid.side(solid.marks().get(0))).isEqualTo(Side.NEITHER);
        XyPanel unclear = panel().curve("a", Ink.category(0), LineStyle.SOLID, X, X)
                .curve("b", Ink.category(0), LineStyle.SOLID, X, X)
                .curve("c", Ink.category(0), LineStyle.SOLID, X, X)
                .curve("d", Ink.category(0), LineStyle.DASHED, X, X)
                .curve("e", Ink.category(0), LineStyle.DASHED, X, X)
                .build();
        assertThat(unclear.difference()).isEmpty();
    }

    @Test
    void mapsAreSubtractedEntryByEntryForEveryTheory() {
        List<double[][]> network = List.<double[][]>of(new double[][] {{3, 2}, {1, 0}});
        List<double[][]> ones = List.<double[][]>of(new double[][] {{1, 1}, {1, 1}});
        HeatMapPanel panel = HeatMapPanel.columns(List.of("one"))
                .network("network", network)
                .theory("DMFT", ones)
                .theory("static", network)
                .build();
        Figure figure = Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 150, panel);
        String values = figure.difference().orElseThrow().valuesAsJson();
        assertThat(values).contains("DMFT, one", "[[2.0,1.0],[0.0,-1.0]]", "static, one", "[[0.0,0.0],[0.0,0.0]]");
    }

    @Test
    void sidesAreGroupsInAnSvgThatAPageCanHide() {
        XyPanel both = panel().curve("a", Ink.category(0), LineStyle.SOLID, X, X)
                .curve("DMFT", Ink.neutral(), LineStyle.DASHED, X, X)
                .build();
        String svg = Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 150, both).inlineSvg("a");
        assertThat(svg).containsOnlyOnce("<g class='network'>").containsOnlyOnce("<g class='theory'>");
        assertThat(svg.split("<g[ >]", -1)).hasSameSizeAs(svg.split("</g>", -1));
    }
}
