package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;

/** The edge of stability and training beyond it agree across widths. */
final class EdgeClaims {
    /** A loss that rises above its earlier minimum by this factor has a spike. */
    private static final double SPIKE = 1.5;

    private static final int RATES_IN_A_ROW = 3;

    private final StudyResult result;
    private final int[] widths;
    private final double[] rates;

    EdgeClaims(StudyResult result) {
        this.result = result;
        this.widths = result.spec().sweep().widths();
        this.rates = result.spec().edge().rates();
    }

    private List<EdgeRun> runs(int width, double rate) {
        return result.edges().stream()
                .filter(run -> run.width() == width && run.rate() == rate)
                .toList();
    }

    /** Mean over seeds of curves, as long as the shortest. */
    private static double[] mean(List<EdgeRun> runs, Function<EdgeRun, double[]> curve) {
        List<double[]> curves = runs.stream().map(curve).toList();
        int length = curves.stream().mapToInt(values -> values.length).min().orElseThrow();
        return SeedStatistics.mean(
                curves.stream().map(values -> Arrays.copyOf(values, length)).toList());
    }

    private static double[] sharpness(EdgeRun run) {
        return IntStream.range(0, run.times().length)
                .mapToDouble(slot -> run.sharpness().get(slot, 0))
                .toArray();
    }

    /** Mean over the second half of the looks, and over seeds: at the edge the sharpness goes up and down. */
    private double late(int width, double rate) {
        return runs(width, rate).stream()
                .mapToDouble(run -> {
                    double[] looks = sharpness(run);
                    return Arrays.stream(looks, looks.length / 2, looks.length)
                            .average()
                            .orElseThrow();
                })
                .average()
                .orElseThrow();
    }

    /** Sharpness against 2 / eta. */
    ClaimFigure edge() {
        ClaimFigure figure = new ClaimFigure(
                Claim.EDGE,
                "Largest eigenvalue of the training loss's Hessian under full-batch descent, in units in which 2 / eta is the edge of"
                        + " stability at every width; mean over seeds.");
        for (int width : widths.length == 1 ? widths : new int[] {widths[0], widths[widths.length - 1]}) {
            Plot plot = new Plot("$N=" + width + "$", Axis.linear("Step $t$"), Axis.log("Sharpness"));
            for (int i = 0; i < rates.length; i++) {
                sharpness(plot, "$\\eta=" + rates[i] + "$", Ink.ordered(i, rates.length), width, rates[i]);
                limit(plot, null, Ink.ordered(i, rates.length), rates[i]);
            }
            plot.entry("$2/\\eta$", LineStyle.DOTTED).into(figure.row(0));
        }
        Plot ratio = new Plot(
                "Second half of the looks", Axis.log("Width $N$"), Axis.linear("Sharpness $\\times\\,\\eta/2$"));
        for (int i = 0; i < rates.length; i++) {
            double rate = rates[i];
            double[] last = Arrays.stream(widths)
                    .mapToDouble(width -> late(width, rate) * rate / 2)
                    .toArray();
            ratio.points("$\\eta=" + rate + "$", Ink.ordered(i, rates.length), Plot.doubles(widths), last);
            figure.reading(String.format(
                    Locale.ROOT,
                    "at eta = %s the late sharpness is %.2f of 2/eta at N = %d and %.2f at N = %d",
                    rate,
                    last[0],
                    widths[0],
                    last[last.length - 1],
                    widths[widths.length - 1]));
        }
        double largest = rates[rates.length - 1];
        Plot start = new Plot("$\\eta=" + largest + "$", Axis.linear("Step $t$"), Axis.log("Sharpness"));
        for (int i = 0; i < widths.length; i++) {
            sharpness(start, "$N=" + widths[i] + "$", Ink.ordered(i, widths.length), widths[i], largest);
        }
        limit(start, "$2/\\eta$", Ink.neutral(), largest);
        ratio.into(figure.row(1));
        start.into(figure.row(1));
        return figure;
    }

    private void sharpness(Plot plot, String label, Ink ink, int width, double rate) {
        List<EdgeRun> runs = runs(width, rate);
        double[] curve = mean(runs, EdgeClaims::sharpness);
        double[] times = Plot.doubles(Arrays.copyOf(runs.get(0).times(), curve.length));
        plot.curve(label, ink, LineStyle.SOLID, times, curve);
    }

    /** The edge of stability, dotted. */
    private void limit(Plot plot, String label, Ink ink, double rate) {
        double[] ends = {0, result.spec().edge().steps()};
        plot.curve(label, ink, LineStyle.DOTTED, ends, new double[] {2 / rate, 2 / rate});
    }

    /** Loss at each learning rate. */
    ClaimFigure rates() {
        ClaimFigure figure = new ClaimFigure(
                Claim.RATES,
                "Training loss under full-batch descent at growing learning rates, mean over seeds; dashed: DMFT where it is solved,"
                        + " whose sampling noise can set off a spike earlier than networks have it.");
        for (int r = 0; r < rates.length; r++) {
            loss(rates[r], figure).into(figure.row(r / RATES_IN_A_ROW));
        }
        return figure;
    }

    private Plot loss(double rate, ClaimFigure figure) {
        Plot plot = new Plot("$\\eta=" + rate + "$", Axis.linear("Step $t$"), Axis.log("Training loss"));
        List<Double> spikes = new ArrayList<>();
        List<Integer> diverged = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            List<EdgeRun> runs = runs(widths[i], rate);
            double[] curve = mean(runs, EdgeRun::loss);
            plot.curve("$N=" + widths[i] + "$", Ink.ordered(i, widths.length), LineStyle.SOLID, steps(curve), curve);
            spikes.add(runs.stream().mapToDouble(run -> spike(run.loss())).max().orElseThrow());
            if (runs.stream().anyMatch(EdgeRun::diverged)) {
                diverged.add(widths[i]);
            }
        }
        double[] theory = result.edgeTheory().get(rate);
        if (theory != null) {
            plot.theory("DMFT", steps(theory), theory);
        }
        figure.reading(
                diverged.isEmpty()
                        ? spikes(rate, spikes)
                        : "at eta = " + rate + " training diverges at N = " + diverged);
        return plot;
    }

    private String spikes(double rate, List<Double> spikes) {
        int[] starts = result.edges().stream()
                .filter(run -> run.rate() == rate)
                .mapToInt(run -> firstSpike(run.loss()))
                .filter(start -> start >= 0)
                .sorted()
                .toArray();
        if (starts.length == 0) {
            return "at eta = " + rate + " no width diverges or spikes";
        }
        double[] theory = result.edgeTheory().get(rate);
        int early = theory == null ? -1 : firstSpike(theory);
        return String.format(
                Locale.ROOT,
                "at eta = %s no width diverges, the loss spikes at %d of %d widths (highest rise above an earlier loss: %.0f times)"
                        + " from step %d to %d on%s",
                rate,
                spikes.stream().filter(spike -> spike > SPIKE).count(),
                widths.length,
                spikes.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                starts[0],
                starts[starts.length - 1],
                early < 0 ? "" : ", DMFT's from step " + early + " on");
    }

    /** First time at which the loss has risen above its minimum by {@link #SPIKE}, -1 if there is none. */
    static int firstSpike(double[] loss) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int t = 0; t < loss.length; t++) {
            if (loss[t] > SPIKE * smallest) {
                return t;
            }
            smallest = Math.min(smallest, loss[t]);
        }
        return -1;
    }

    private static double[] steps(double[] curve) {
        return IntStream.range(0, curve.length).asDoubleStream().toArray();
    }

    /** Largest ratio of a loss to the smallest before it. */
    static double spike(double[] loss) {
        double smallest = Double.POSITIVE_INFINITY;
        double most = 1;
        for (double value : loss) {
            most = Math.max(most, value / smallest);
            smallest = Math.min(smallest, value);
        }
        return most;
    }
}
