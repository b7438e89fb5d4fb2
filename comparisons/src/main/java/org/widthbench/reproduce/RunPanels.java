package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Density;
import org.widthbench.figure.HeatMapPanel;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.XyPanel;

/** Panels about {@link ComparedRun}s: networks solid or as histograms, theory dashed. */
final class RunPanels {
    private static final int BINS = 48;

    private RunPanels() {}

    /** Loss against time of several runs, networks with a band of one standard error. */
    static XyPanel.Builder loss(List<ComparedRun> runs, Axis losses) {
        XyPanel.Builder panel =
                XyPanel.over(Axis.linear("Time step $t$"), losses).title("Training loss");
        for (int i = 0; i < runs.size(); i++) {
            ComparedRun run = runs.get(i);
            double[] times = Kernels.times(run.theory().loss().length);
            panel.mean(
                    run.label(),
                    Ink.ordered(i, runs.size()),
                    times,
                    run.networks().losses());
        }
        for (ComparedRun run : runs) {
            double[] curve = run.theory().loss();
            panel.curve(null, Ink.neutral(), LineStyle.DASHED, Kernels.times(curve.length), curve);
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED);
    }

    /** Preactivations of one layer at one time, all points together, in one colour. */
    record Samples(String label, Ink ink, double[] network, double[] theory) {
        /** @param slot the first (0) or last (1) recorded time */
        static Samples of(String label, Ink ink, ComparedRun run, int layer, int slot) {
            return new Samples(
                    label, ink, pooled(run.networks().mean(), layer, slot), pooled(run.theory(), layer, slot));
        }

        private static double[] pooled(OrderParameters from, int layer, int slot) {
            Tensor samples = from.preactivations().get(layer);
            int length = samples.size(1) * samples.size(2);
            return Arrays.copyOfRange(samples.data(), slot * length, (slot + 1) * length);
        }
    }

    /** The first layer of every run. */
    static List<Samples> samples(List<ComparedRun> runs, int slot) {
        return IntStream.range(0, runs.size())
                .mapToObj(i -> Samples.of(runs.get(i).label(), Ink.ordered(i, runs.size()), runs.get(i), 0, slot))
                .toList();
    }

    /** Every layer of a run. */
    static List<Samples> samples(ComparedRun run, int slot) {
        List<String> titles = layers(run.theory());
        return IntStream.range(0, titles.size())
                .mapToObj(l -> Samples.of(titles.get(l), Ink.category(l), run, l, slot))
                .toList();
    }

    /** What holds all of some samples but outliers. */
    static double[] range(List<Samples> samples) {
        return Density.range(
                samples.stream().flatMap(s -> Stream.of(s.network, s.theory)).toArray(double[][]::new));
    }

    /** Histograms of networks, and the theory's densities. */
    static XyPanel.Builder densities(String title, String symbol, double[] range, List<Samples> samples) {
        XyPanel.Builder panel = XyPanel.over(
                        Axis.linear("Preactivation " + symbol).from(range[0], range[1]),
                        Axis.linear("Density").from(0, Double.NaN))
                .title(title);
        samples.forEach(s -> panel.histogram(s.label, s.ink, Density.histogram(s.network, range, BINS)));
        for (Samples s : samples) {
            double[][] theory = Density.kernelEstimate(s.theory, range);
            panel.curve(null, s.ink, LineStyle.DASHED, theory[0], theory[1]);
        }
        return panel.entry("DMFT", Ink.neutral(), LineStyle.DASHED);
    }

    /** Titles of the columns of a grid of maps, one for each layer. */
    static List<String> layers(OrderParameters solved) {
        return IntStream.rangeClosed(1, solved.depth())
                .mapToObj(l -> "$\\ell=" + l + "$")
                .toList();
    }

    /** A kernel of every layer of a run at the last step, between points. */
    static HeatMapPanel.Builder finalKernels(
            ComparedRun run, String network, Function<OrderParameters, List<Tensor>> kernels) {
        int points = run.problem().trainingPoints();
        return layers(run, network, kernels, kernel -> Kernels.last(kernel, points))
                .axes("$\\mu$", "$\\alpha$");
    }

    /** A kernel of every layer of a run, summed over points, between recorded times. */
    static HeatMapPanel.Builder tracedKernels(
            ComparedRun run, String network, Function<OrderParameters, List<Tensor>> kernels) {
        int points = run.problem().trainingPoints();
        int[] times = run.theory().times();
        return layers(run, network, kernels, kernel -> Kernels.traced(kernel, points))
                .axes("$t$", "$s$")
                .extent(times[0], times[times.length - 1]);
    }

    private static HeatMapPanel.Builder layers(
            ComparedRun run,
            String network,
            Function<OrderParameters, List<Tensor>> kernels,
            Function<Tensor, double[][]> cut) {
        return HeatMapPanel.columns(layers(run.theory()))
                .network(
                        network,
                        kernels.apply(run.networks().mean()).stream().map(cut).toList())
                .theory("DMFT", kernels.apply(run.theory()).stream().map(cut).toList());
    }

    /** A kernel of the first layer of every run at the last step. */
    static HeatMapPanel.Builder finalKernels(List<ComparedRun> runs, Function<OrderParameters, List<Tensor>> kernels) {
        int points = runs.get(0).problem().trainingPoints();
        Function<OrderParameters, double[][]> cut =
                of -> Kernels.last(kernels.apply(of).get(0), points);
        return HeatMapPanel.columns(runs.stream().map(ComparedRun::label).toList())
                .network(
                        "network",
                        runs.stream()
                                .map(run -> cut.apply(run.networks().mean()))
                                .toList())
                .theory(
                        "DMFT",
                        runs.stream().map(run -> cut.apply(run.theory())).toList())
                .axes("$\\mu$", "$\\alpha$");
    }
}
