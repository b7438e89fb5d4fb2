package org.widthbench.reproduce;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Tensor;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Density;
import org.widthbench.figure.HeatMapPanel;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.WidthConsistencyData.LossCurve;
import org.widthbench.figure.XyPanel;

/** Panels that show several {@link ComparedRun}s side by side: networks solid, theory dashed. */
final class RunPanels {
    private static final int BINS = 48;

    private RunPanels() {}

    /** Loss against time; on a logarithmic axis if asked. */
    static Panel loss(List<ComparedRun> runs, boolean logarithmic) {
        XyPanel.Builder panel =
                XyPanel.over(Axis.linear("Time step $t$"), logarithmic ? Axis.log("Loss") : Axis.linear("Loss"));
        for (int i = 0; i < runs.size(); i++) {
            LossCurve curve = runs.get(i).loss();
            double[] times = Kernels.times(curve.theory().length);
            panel.curve(runs.get(i).label(), Ink.ordered(i, runs.size()), LineStyle.SOLID, times, curve.network());
        }
        for (ComparedRun run : runs) {
            double[] losses = run.theory().loss();
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, Kernels.times(losses.length), losses);
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED)
                .title("Training loss")
                .build();
    }

    /** Density of the first layer's preactivations, all points together, at the first (0) or last (1) recorded time. */
    static Panel density(List<ComparedRun> runs, int slice, String title) {
        double[][] all = runs.stream()
                .flatMap(run -> java.util.stream.Stream.of(
                        pooled(run.theory(), slice), pooled(run.networks().mean(), slice)))
                .toArray(double[][]::new);
        double[] range = Density.range(all);
        XyPanel.Builder panel = XyPanel.over(
                Axis.linear("Preactivation $h$").from(range[0], range[1]),
                Axis.linear("Density").from(0, Double.NaN));
        for (int i = 0; i < runs.size(); i++) {
            Ink ink = Ink.ordered(i, runs.size());
            double[] network = pooled(runs.get(i).networks().mean(), slice);
            panel.histogram(runs.get(i).label(), ink, Density.histogram(network, range, BINS));
        }
        for (int i = 0; i < runs.size(); i++) {
            double[][] theory = Density.kernelEstimate(pooled(runs.get(i).theory(), slice), range);
            panel.curve(null, Ink.ordered(i, runs.size()), LineStyle.DASHED, theory[0], theory[1]);
        }
        return panel.withoutLegend().title(title).build();
    }

    private static double[] pooled(OrderParameters from, int slice) {
        Tensor layer = from.preactivations().get(0);
        int length = layer.size(1) * layer.size(2);
        double[] samples = new double[length];
        System.arraycopy(layer.data(), slice * length, samples, 0, length);
        return samples;
    }

    /** The feature kernel of the only layer at the last step. */
    static Panel finalFeatures(List<ComparedRun> runs) {
        int points = runs.get(0).problem().trainingPoints();
        return kernels(
                runs,
                "Final feature kernel $\\Phi_{\\mu\\alpha}$",
                of -> Kernels.last(of.featureKernels().get(0), points));
    }

    /** One kernel of every run, a column each. */
    static Panel kernels(List<ComparedRun> runs, String title, Function<OrderParameters, double[][]> cut) {
        return HeatMapPanel.columns(runs.stream().map(ComparedRun::label).toList())
                .network(
                        "network",
                        runs.stream()
                                .map(run -> cut.apply(run.networks().mean()))
                                .toList())
                .theory(
                        "DMFT",
                        runs.stream().map(run -> cut.apply(run.theory())).toList())
                .axes("$\\mu$", "$\\alpha$")
                .title(title)
                .build();
    }

    /** Every layer of one run, a column each. */
    static HeatMapPanel.Builder layers(ComparedRun run, Function<OrderParameters, List<double[][]>> cut) {
        List<String> titles = IntStream.rangeClosed(1, run.theory().depth())
                .mapToObj(l -> "$\\ell=" + l + "$")
                .toList();
        return HeatMapPanel.columns(titles)
                .network("network", cut.apply(run.networks().mean()))
                .theory("DMFT", cut.apply(run.theory()));
    }
}
