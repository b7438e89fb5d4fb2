package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;

/** The edge of stability and training beyond it agree across widths. */
final class EdgeClaims {
    /** A loss that rises above its earlier minimum by this factor has a spike. */
    private static final double SPIKE = 1.5;

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
    private static double[] mean(List<double[]> curves) {
        int length = curves.stream().mapToInt(curve -> curve.length).min().orElse(0);
        return Decomposition.mean(
                curves.stream().map(curve -> Arrays.copyOf(curve, length)).toList());
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
        List<Panel> top = new ArrayList<>();
        List<Panel> bottom = new ArrayList<>();
        double steps = result.spec().edge().steps();
        for (int width : widths.length == 1 ? widths : new int[] {widths[0], widths[widths.length - 1]}) {
            Plot plot = new Plot("$N=" + width + "$", Axis.linear("Step $t$"), Axis.log("Sharpness"));
            for (int i = 0; i < rates.length; i++) {
                Ink ink = Ink.category(i);
                List<EdgeRun> runs = runs(width, rates[i]);
                double[] curve = mean(runs.stream().map(EdgeClaims::sharpness).toList());
                double[] times = Plot.doubles(Arrays.copyOf(runs.get(0).times(), curve.length));
                plot.curve("$\\eta=" + rates[i] + "$", ink, LineStyle.SOLID, times, curve);
                double limit = 2 / rates[i];
                plot.curve(null, ink, LineStyle.DOTTED, new double[] {0, steps}, new double[] {limit, limit});
            }
            plot.entry("$2/\\eta$", LineStyle.DOTTED);
            plot.into(top);
        }
        Plot ratio = new Plot(
                "Second half of the looks", Axis.log("Width $N$"), Axis.linear("Sharpness $\\times\\,\\eta/2$"));
        List<String> readings = new ArrayList<>();
        for (int i = 0; i < rates.length; i++) {
            double rate = rates[i];
            double[] last = Arrays.stream(widths)
                    .mapToDouble(width -> late(width, rate) * rate / 2)
                    .toArray();
            ratio.points("$\\eta=" + rate + "$", Ink.category(i), Plot.doubles(widths), last);
            readings.add(String.format(
                    Locale.ROOT,
                    "at eta = %s the late sharpness is %.2f of 2/eta at N = %d and %.2f at N = %d",
                    rate,
                    last[0],
                    widths[0],
                    last[last.length - 1],
                    widths[widths.length - 1]));
        }
        ratio.into(bottom);
        Plot start = new Plot("", Axis.linear("Step $t$"), Axis.log("Sharpness"));
        double largest = rates[rates.length - 1];
        for (int i = 0; i < widths.length; i++) {
            List<EdgeRun> runs = runs(widths[i], largest);
            double[] curve = mean(runs.stream().map(EdgeClaims::sharpness).toList());
            double[] times = Plot.doubles(Arrays.copyOf(runs.get(0).times(), curve.length));
            start.curve("$N=" + widths[i] + "$", Ink.ordered(i, widths.length), LineStyle.SOLID, times, curve);
        }
        start.curve(
                "$2/\\eta$, $\\eta=" + largest + "$",
                Ink.neutral(),
                LineStyle.DOTTED,
                new double[] {0, steps},
                new double[] {2 / largest, 2 / largest});
        start.into(bottom);
        return new ClaimFigure(
                Claim.EDGE.figure(),
                "Largest eigenvalue of the training loss's Hessian under full-batch descent, in units in which 2 / eta is the edge of"
                        + " stability at every width; mean over seeds.",
                TaskView.sentence(readings),
                List.of(top, bottom),
                List.of());
    }

    /** Loss at each learning rate. */
    ClaimFigure rates() {
        List<List<Panel>> rows = new ArrayList<>();
        List<String> readings = new ArrayList<>();
        for (int first = 0; first < rates.length; first += 3) {
            List<Panel> row = new ArrayList<>();
            for (int r = first; r < Math.min(rates.length, first + 3); r++) {
                row.addAll(loss(rates[r], readings));
            }
            rows.add(row);
        }
        return new ClaimFigure(
                Claim.RATES.figure(),
                "Training loss under full-batch descent at growing learning rates, mean over seeds; dashed: DMFT where it is solved,"
                        + " whose sampling noise can set off a spike earlier than networks have it.",
                TaskView.sentence(readings),
                rows,
                List.of());
    }

    private List<Panel> loss(double rate, List<String> readings) {
        Plot plot = new Plot("$\\eta=" + rate + "$", Axis.linear("Step $t$"), Axis.log("Training loss"));
        List<Double> spikes = new ArrayList<>();
        List<Integer> diverged = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            List<EdgeRun> runs = runs(widths[i], rate);
            double[] curve = mean(runs.stream().map(EdgeRun::loss).toList());
            plot.curve("$N=" + widths[i] + "$", Ink.ordered(i, widths.length), LineStyle.SOLID, steps(curve), curve);
            spikes.add(runs.stream().mapToDouble(run -> spike(run.loss())).max().orElseThrow());
            if (runs.stream().anyMatch(EdgeRun::diverged)) {
                diverged.add(widths[i]);
            }
        }
        double[] theory = result.edgeTheory().get(rate);
        if (theory != null) {
            plot.curve(null, Ink.neutral(), LineStyle.DASHED, steps(theory), theory);
            plot.entry("DMFT", LineStyle.DASHED);
        }
        readings.add(
                diverged.isEmpty()
                        ? spikes(rate, spikes)
                        : "at eta = " + rate + " training diverges at N = " + diverged);
        List<Panel> panel = new ArrayList<>();
        plot.into(panel);
        return panel;
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
