package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;

/** Loss curves and point-wise predictions agree across widths. */
final class PredictionClaims {
    /** Two losses this close, relative, count as one. */
    private static final double SAME_LOSS = 0.05;

    private static final Axis STEP = Axis.log("Step $t$");
    private static final Axis WIDTH = Axis.log("Width $N$");

    private PredictionClaims() {}

    /** Test loss against time, one panel per task. */
    static ClaimFigure loss(List<TaskView> tasks) {
        List<Panel> top = new ArrayList<>();
        List<Panel> bottom = new ArrayList<>();
        List<String> readings = new ArrayList<>();
        List<ClaimFigure.NamedFit> fits = new ArrayList<>();
        for (TaskView task : tasks) {
            double[] times = Plot.doubles(task.times());
            List<double[]> losses =
                    task.groups().stream().map(WidthGroup::singleLoss).toList();
            Plot plot = new Plot(task.name(), STEP, Plot.spanning("Test loss", losses));
            Plot excess = new Plot(
                    "", STEP, Axis.log("Excess over $N=" + task.widest().width() + "$"));
            double[] wide = task.widest().singleLoss();
            for (int i = 0; i < task.groups().size(); i++) {
                double[] loss = losses.get(i);
                plot.curve(task.label(i), task.ink(i), LineStyle.SOLID, times, loss);
                excess.curve(
                        task.label(i),
                        task.ink(i),
                        LineStyle.SOLID,
                        times,
                        task.perTime(slot -> Math.abs(loss[slot] - wide[slot])));
            }
            if (task.theory() != null) {
                plot.curve(null, Ink.neutral(), LineStyle.DASHED, times, task.theoryLoss());
                plot.entry("DMFT", LineStyle.DASHED);
            }
            plot.into(top);
            excess.withoutLegend().into(bottom);
            readings.add(task.agreement(
                    group -> {
                        double[] loss = group.singleLoss();
                        return task.agreesUntil(
                                slot -> Math.abs(loss[slot] - wide[slot]), slot -> SAME_LOSS * wide[slot]);
                    },
                    "the test loss is within 5% of that of N = " + task.widest().width()));
            double[] widths = task.widths();
            double end = wide[task.last()];
            double[] gaps = task.perWidth(group -> Math.abs(group.singleLoss()[task.last()] - end));
            fits.add(ClaimFigure.NamedFit.of(task.name(), "excess loss over the widest", head(widths), head(gaps)));
        }
        return new ClaimFigure(
                Claim.LOSS.figure(),
                "Loss on test points, mean over seeds of single networks, and its distance from that of the widest.",
                TaskView.sentence(readings),
                List.of(top, bottom),
                fits);
    }

    /** All but the widest, whose distance from itself is nothing. */
    static double[] head(double[] values) {
        return java.util.Arrays.copyOf(values, values.length - 1);
    }

    /** Root mean square distance between predictions on test points. */
    static ClaimFigure predictions(List<TaskView> tasks) {
        List<Panel> top = new ArrayList<>();
        List<Panel> bottom = new ArrayList<>();
        List<String> readings = new ArrayList<>();
        List<ClaimFigure.NamedFit> fits = new ArrayList<>();
        for (TaskView task : tasks) {
            double[] times = Plot.doubles(task.times());
            Plot plot = new Plot(task.name(), STEP, Axis.log("RMS difference of $f$"));
            for (int i = 0; i < task.groups().size(); i++) {
                WidthGroup group = task.groups().get(i);
                plot.curve(
                        task.label(i),
                        task.ink(i),
                        LineStyle.SOLID,
                        times,
                        task.perTime(slot -> Math.sqrt(task.pairDistance(group, slot))));
            }
            plot.into(top);
            againstWidth(task, fits).into(bottom);
            readings.add(task.agreement(
                    group -> task.agreesUntil(slot -> task.meanDistance(group, slot), slot -> group.decomposition(slot)
                            .seedVariance()),
                    "seed-averaged predictions differ from those of N = "
                            + task.widest().width() + " by less than the noise between seeds"));
        }
        return new ClaimFigure(
                Claim.PREDICTIONS.figure(),
                "Predictions on test points. Top: root mean square difference between a single network and another of the largest"
                        + " width. Bottom, at the last step: mean square difference between seed averages, less what the seeds"
                        + " contribute (where that is positive), variance between seeds, and distance of seed averages from DMFT;"
                        + " dotted lines are fitted powers of N.",
                TaskView.sentence(readings),
                List.of(top, bottom),
                fits);
    }

    private static Plot againstWidth(TaskView task, List<ClaimFigure.NamedFit> fits) {
        int last = task.last();
        double[] widths = task.widths();
        Plot plot = new Plot("", WIDTH, Axis.log("Mean square"));
        double[] mean = task.perWidth(group -> task.meanDistance(group, last));
        double[] noise = task.perWidth(group -> group.decomposition(last).seedVariance());
        Optional<PowerFit> ofMean = PowerFit.of(head(widths), head(mean));
        plot.points("seed average", Ink.category(0), head(widths), head(mean));
        plot.fit(Ink.category(0), widths, ofMean);
        plot.points("between seeds", Ink.category(1), widths, noise);
        plot.fit(Ink.category(1), widths, PowerFit.of(widths, noise));
        fits.add(ClaimFigure.NamedFit.of(
                task.name(), "distance of seed averages from the widest, squared", head(widths), head(mean)));
        fits.add(ClaimFigure.NamedFit.of(task.name(), "variance between seeds", widths, noise));
        if (task.theory() != null) {
            double[] theory = task.perWidth(group -> {
                Decomposition parts = group.decomposition(last);
                return Decomposition.meanSquare(
                                group.meanPrediction(last), task.theory().predictions(last))
                        - parts.seedVariance() / parts.members();
            });
            plot.points("to DMFT", Ink.category(2), widths, theory);
            fits.add(ClaimFigure.NamedFit.of(
                    task.name(), "distance of seed averages from DMFT, squared", widths, theory));
        }
        return plot;
    }
}
