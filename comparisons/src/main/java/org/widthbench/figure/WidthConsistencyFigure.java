package org.widthbench.figure;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.figure.WidthConsistencyData.KernelComparison;
import org.widthbench.figure.WidthConsistencyData.LayerSamples;
import org.widthbench.figure.WidthConsistencyData.LossCurve;

/**
 * Networks beside their infinite-width theory, after Bordelon and Pehlevan (2022), figure 1: (a) loss, (b, c)
 * preactivation densities, (d, e, f) feature kernels and their alignment against width, (g, h, i) the same of the
 * gradient kernels.
 */
public final class WidthConsistencyFigure {
    private static final int BINS = 48;
    private static final double FIRST_ROW = 118;
    private static final double KERNEL_ROW = 124;
    private static final double[] COLUMN_WEIGHTS = {1.06, 1.06, 0.88};
    /** An axis of nines has no place for one itself. */
    private static final double LARGEST_ALIGNMENT = 1 - 1e-9;

    private static final double SINGLE_PANEL_HEIGHT = 170;

    private final WidthConsistencyData data;
    private final Map<String, Panel> panels;

    /** A figure of the data. */
    public WidthConsistencyFigure(WidthConsistencyData data) {
        this.data = data;
        this.panels = draw();
    }

    /** The panels by name, in the order of their letters. */
    public Map<String, Panel> panels() {
        return Collections.unmodifiableMap(panels);
    }

    private Map<String, Panel> draw() {
        Map<String, Panel> panels = new LinkedHashMap<>();
        panels.put("loss", loss());
        panels.put("density-initial", densities(data.initialDensities(), "Initial preactivations", true));
        panels.put("density-final", densities(data.finalDensities(), "Final preactivations", false));
        kernels(panels, "features", data.features(), "feature kernel", "\\Phi");
        kernels(panels, "gradients", data.gradients(), "gradient kernel", "G");
        return panels;
    }

    /** All nine panels on one page, two columns wide. */
    public Figure assembled(Style style) {
        Panel[] p = panels().values().toArray(new Panel[0]);
        return Figure.of(style, PageWidth.DOUBLE_COLUMN)
                .row(FIRST_ROW, COLUMN_WEIGHTS, p[0], p[1], p[2])
                .row(KERNEL_ROW, COLUMN_WEIGHTS, p[3], p[4], p[5])
                .row(KERNEL_ROW, COLUMN_WEIGHTS, p[6], p[7], p[8])
                .build();
    }

    /** Each panel by itself, one column wide, by name. */
    public Map<String, Figure> alone(Style style) {
        Map<String, Figure> figures = new LinkedHashMap<>();
        panels.forEach((name, panel) ->
                figures.put(name, Figure.of(style, PageWidth.SINGLE_COLUMN, SINGLE_PANEL_HEIGHT, panel)));
        return figures;
    }

    private Panel loss() {
        XyPanel.Builder panel = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss"))
                .title("Training loss, $N=" + data.shownWidth() + "$");
        int count = data.losses().size();
        for (int i = 0; i < count; i++) {
            LossCurve curve = data.losses().get(i);
            Ink ink = Ink.ordered(i, count);
            if (curve.networkError().length > 0) {
                double[] low = new double[curve.network().length];
                double[] high = new double[curve.network().length];
                for (int t = 0; t < low.length; t++) {
                    low[t] = curve.network()[t] - curve.networkError()[t];
                    high[t] = curve.network()[t] + curve.networkError()[t];
                }
                panel.band(ink, data.times(), low, high);
            }
            String label = "$\\gamma_0=" + Numbers.shortest(curve.gamma0()) + "$";
            panel.curve(label, ink, LineStyle.SOLID, data.times(), curve.network());
        }
        for (LossCurve curve : data.losses()) {
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, data.times(), curve.theory());
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED).build();
    }

    private Panel densities(LayerSamples samples, String title, boolean legend) {
        // Both panels share their range, so that the spread during training shows.
        double[] range = Density.range(java.util.stream.Stream.of(data.initialDensities(), data.finalDensities())
                .flatMap(s -> java.util.stream.Stream.concat(s.network().stream(), s.theory().stream()))
                .toArray(double[][]::new));
        XyPanel.Builder panel = XyPanel.over(
                        Axis.linear("Preactivation $h^\\ell$").from(range[0], range[1]),
                        Axis.linear("Density").from(0, Double.NaN))
                .title(title);
        for (int l = 0; l < data.depth(); l++) {
            panel.histogram(
                    "$\\ell=" + (l + 1) + "$",
                    Ink.category(l),
                    Density.histogram(samples.network().get(l), range, BINS));
        }
        for (int l = 0; l < data.depth(); l++) {
            double[][] estimate = Density.kernelEstimate(samples.theory().get(l), range);
            panel.curve(null, Ink.category(l), LineStyle.DASHED, estimate[0], estimate[1]);
        }
        if (!legend) {
            panel.withoutLegend();
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED).build();
    }

    private void kernels(Map<String, Panel> into, String name, KernelComparison kernel, String kind, String symbol) {
        List<String> titles = layers(l -> "$\\ell=" + l + "$");
        String network = "$N=" + data.shownWidth() + "$";
        into.put(
                name + "-final",
                HeatMapPanel.columns(titles)
                        .network(network, kernel.networkFinal())
                        .theory("DMFT", kernel.theoryFinal())
                        .axes("$\\mu$", "$\\alpha$")
                        .title("Final " + kind + " $" + symbol + "^\\ell_{\\mu\\alpha}$")
                        .build());
        into.put(
                name + "-traced",
                HeatMapPanel.columns(titles)
                        .network(network, kernel.networkTraced())
                        .theory("DMFT", kernel.theoryTraced())
                        .axes("$t$", "$s$")
                        .extent(data.extent()[0], data.extent()[1])
                        .title("Traced " + kind + " $" + symbol + "^\\ell(t,s)$")
                        .build());
        into.put(name + "-alignment", alignment(kernel.alignment(), kind, symbol));
    }

    // Mean over seeds; the bars are one standard deviation, taken of -log10(1 - A) so that they stay below one.
    private Panel alignment(double[][][] alignment, String kind, String symbol) {
        double[] widths = Arrays.stream(data.widths()).asDoubleStream().toArray();
        XyPanel.Builder panel = XyPanel.over(
                        Axis.log("Width $N$"),
                        Axis.nines("$A(" + symbol + "_{\\mathrm{DMFT}}," + symbol + "_{\\mathrm{NN}})$"))
                .title(kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1) + " alignment");
        for (int l = 0; l < alignment.length; l++) {
            double[] mean = new double[widths.length];
            double[] low = new double[widths.length];
            double[] high = new double[widths.length];
            for (int w = 0; w < widths.length; w++) {
                double[] seeds = Arrays.stream(alignment[l][w])
                        .map(a -> Math.min(a, LARGEST_ALIGNMENT))
                        .toArray();
                mean[w] = Arrays.stream(seeds).average().orElse(Double.NaN);
                double spread = deviation(
                        Arrays.stream(seeds).map(Scale.NINES::position).toArray());
                low[w] = Scale.NINES.value(Scale.NINES.position(mean[w]) - spread);
                high[w] = Scale.NINES.value(Scale.NINES.position(mean[w]) + spread);
            }
            panel.errorBars("$\\ell=" + (l + 1) + "$", Ink.category(l), widths, mean, low, high);
        }
        return panel.build();
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double sum = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(sum / Math.max(1, values.length - 1));
    }

    private List<String> layers(Function<Integer, String> name) {
        return IntStream.rangeClosed(1, data.depth()).boxed().map(name).toList();
    }
}
