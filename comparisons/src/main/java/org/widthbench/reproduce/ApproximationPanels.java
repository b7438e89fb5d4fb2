package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.widthbench.core.OrderParameters;
import org.widthbench.figure.Axis;
import org.widthbench.figure.HeatMapPanel;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;

/** Draws {@link ApproximationFigure}. */
final class ApproximationPanels {
    private static final double CURVES = 150;
    private static final double MAPS = 360;

    /** A diverging expansion would squeeze all else to the bottom. */
    private static final double LARGEST_LOSS = 1.1;

    private ApproximationPanels() {}

    /**
     * @param alignments {@code (L)} per gamma0, ascending, and theory
     * @param theories at the largest gamma0
     * @param networks at the largest gamma0
     */
    static FigurePage page(
            Map<Double, Map<Approximation, double[]>> alignments,
            Map<Approximation, OrderParameters> theories,
            Ensemble networks) {
        Map<String, Panel> curves = new LinkedHashMap<>();
        curves.put("loss", loss(theories, networks));
        curves.put("alignment", againstGamma0(alignments));
        double largest = alignments.keySet().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElseThrow();
        curves.put("layers", againstLayer(alignments.get(largest)));
        return new FigurePage().row(CURVES, curves).row(MAPS, "kernels", kernels(theories, networks));
    }

    private static Panel loss(Map<Approximation, OrderParameters> theories, Ensemble networks) {
        double[] losses = networks.mean().loss();
        double[] times = Kernels.times(losses.length);
        XyPanel.Builder panel = XyPanel.over(
                        Axis.linear("Time step $t$"), Axis.linear("Loss").from(0, LARGEST_LOSS))
                .curve("network", Ink.neutral(), LineStyle.SOLID, times, losses);
        theories.forEach((theory, solved) -> {
            double[] shown = Arrays.stream(solved.loss())
                    .takeWhile(loss -> loss <= LARGEST_LOSS)
                    .toArray();
            panel.curve(null, theory.ink(), LineStyle.DASHED, Kernels.times(shown.length), shown);
        });
        return panel.title("Loss").build();
    }

    private static Panel againstGamma0(Map<Double, Map<Approximation, double[]>> alignments) {
        double[] gamma0s =
                alignments.keySet().stream().mapToDouble(Double::doubleValue).toArray();
        XyPanel.Builder panel =
                XyPanel.over(Axis.linear("$\\gamma_0$"), Axis.nines("$A(H_{\\mathrm{theory}},\\,H_{\\mathrm{NN}})$"));
        for (Approximation theory : Approximation.values()) {
            ToDoubleFunction<Map<Approximation, double[]>> mean =
                    row -> Math.min(SweepFigure.LARGEST_SHOWN, Approximation.mean(row.get(theory)));
            panel.curve(
                    theory.label(),
                    theory.ink(),
                    LineStyle.SOLID,
                    gamma0s,
                    alignments.values().stream().mapToDouble(mean).toArray());
        }
        return panel.title("Alignment, mean over layers").build();
    }

    private static Panel againstLayer(Map<Approximation, double[]> row) {
        XyPanel.Builder panel = XyPanel.over(
                Axis.linear("Layer $\\ell$"), Axis.nines("$A(H^\\ell_{\\mathrm{theory}},\\,H^\\ell_{\\mathrm{NN}})$"));
        row.forEach((theory, layers) -> {
            double[] layer =
                    IntStream.rangeClosed(1, layers.length).asDoubleStream().toArray();
            double[] shown = IntStream.range(0, layers.length)
                    .mapToDouble(l -> Math.min(SweepFigure.LARGEST_SHOWN, layers[l]))
                    .toArray();
            panel.curve(null, theory.ink(), LineStyle.SOLID, layer, shown);
        });
        return panel.title("Alignment, each layer").build();
    }

    private static Panel kernels(Map<Approximation, OrderParameters> theories, Ensemble networks) {
        int points = networks.mean().delta().size(1);
        List<String> titles = IntStream.rangeClosed(1, networks.mean().depth())
                .mapToObj(l -> "$\\ell=" + l + "$")
                .toList();
        HeatMapPanel.Builder panel = HeatMapPanel.columns(titles)
                .network("network", last(networks.mean(), points))
                .axes("$\\mu$", "$\\alpha$");
        theories.forEach((theory, solved) -> panel.theory(theory.label(), last(solved, points)));
        return panel.title("Final feature kernel $H^\\ell_{\\mu\\alpha}$").build();
    }

    private static List<double[][]> last(OrderParameters of, int points) {
        return of.featureKernels().stream()
                .map(kernel -> Kernels.last(kernel, points))
                .toList();
    }
}
