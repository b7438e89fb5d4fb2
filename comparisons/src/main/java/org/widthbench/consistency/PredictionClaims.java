package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;

/** Loss curves and point-wise predictions agree across widths. */
final class PredictionClaims {
    /** Two losses this close, relative, count as one. */
    private static final double SAME_LOSS = 0.05;

    private static final Axis STEP = Axis.log("Step $t$");
    private static final Axis WIDTH = Axis.log("Width $N$");

    private PredictionClaims() {}

    /** Test loss against time, one panel per task. */
    static ClaimFigure loss(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.LOSS,
                "Loss on test points, mean over seeds of single networks, and its excess over that of the widest.");
        for (TaskView task : tasks) {
            double[] times = Plot.doubles(task.times());
            List<double[]> losses =
                    task.groups().stream().map(WidthGroup::singleLoss).toList();
            double[] wide = task.widest().singleLoss();
            Plot plot = new Plot(task.name(), STEP, Plot.spanning("Test loss", losses))
                    .widths(task, times, WidthGroup::singleLoss);
            Plot excess = new Plot(
                            "",
                            STEP,
                            Axis.linear("Excess over $N=" + task.widest().width() + "$"))
                    .widths(task, times, group -> {
                        double[] loss = group.singleLoss();
                        return task.perTime(slot -> loss[slot] - wide[slot]);
                    });
            if (task.theoryEnd() >= 0) {
                double[] theory = task.theoryLoss();
                String label = task.theory() == null ? "DMFT to step " + task.theoryEnd() : "DMFT";
                plot.theory(label, Arrays.copyOf(times, theory.length), theory);
            }
            plot.into(figure.row(0));
            excess.withoutLegend().into(figure.row(1));
            figure.reading(task.agreement(
                    group -> {
                        double[] loss = group.singleLoss();
                        return task.agreesUntil(
                                slot -> Math.abs(loss[slot] - wide[slot]), slot -> SAME_LOSS * wide[slot]);
                    },
                    "the test loss is within 5% of that of N = " + task.widest().width()));
            figure.fit(Scaling.ofWidest(task, "excess loss over the widest", 1, 1, PredictionClaims::excess));
        }
        return figure;
    }

    private static double[] excess(TaskView task) {
        double wide = task.widest().decomposition(task.last()).single();
        return task.perWidth(group -> group.decomposition(task.last()).single() - wide);
    }

    /** Root mean square distance between predictions on test points. */
    static ClaimFigure predictions(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.PREDICTIONS,
                "Predictions on test points. Top: root mean square difference between a single network and another of the largest"
                        + " width. Bottom, at the last step: mean square difference between seed averages, less what the seeds"
                        + " contribute (where that is positive), variance between seeds, and distance of seed averages from DMFT;"
                        + " dotted lines are fitted powers of N.");
        for (TaskView task : tasks) {
            double[] times = Plot.doubles(task.times());
            Plot plot = new Plot(task.name(), STEP, Axis.log("RMS difference of $f$"))
                    .widths(task, times, group -> task.perTime(slot -> Math.sqrt(task.pairDistance(group, slot))));
            plot.into(figure.row(0));
            Scaling noise = figure.fit(Scaling.seedVariance(task));
            againstWidth(task, noise, figure).into(figure.row(1));
            figure.reading(task.agreement(
                            group -> task.agreesUntil(
                                    slot -> task.meanDistance(group, slot),
                                    slot -> group.decomposition(slot).seedVariance()),
                            "seed-averaged predictions differ from those of N = "
                                    + task.widest().width() + " by less than the noise between seeds")
                    + fall(noise)
                    + growth(task));
        }
        return figure;
    }

    /** How the variance between seeds falls with the width. */
    private static String fall(Scaling noise) {
        return noise.fit()
                .map(fit -> ", the variance between seeds falls as N^-" + fit.text() + " (" + fit.interval() + ")")
                .orElse("");
    }

    /** Whether the widest networks part as training goes on: their distance now, over that at the square root of the time. */
    private static String growth(TaskView task) {
        int[] times = task.times();
        int last = task.last();
        int middle = last;
        while (middle > 1 && Math.pow(times[middle - 1], 2) >= times[last]) {
            middle--;
        }
        double before = task.pairDistance(task.widest(), middle);
        double now = task.pairDistance(task.widest(), last);
        return before > 0 && middle < last
                ? String.format(
                        Locale.ROOT,
                        ", and two networks of N = %d are %.2f times as far apart at the last step as at step %d",
                        task.widest().width(),
                        Math.sqrt(now / before),
                        times[middle])
                : "";
    }

    private static Plot againstWidth(TaskView task, Scaling noise, ClaimFigure figure) {
        int last = task.last();
        Plot plot = new Plot("", WIDTH, Axis.log("Mean square"));
        plot.scaling("between seeds", Ink.category(1), noise);
        Scaling mean = figure.fit(Scaling.ofWidest(
                task,
                "distance of seed averages from the widest, squared",
                2,
                2,
                view -> view.perWidth(group -> view.meanDistance(group, last))));
        plot.scaling("seed average", Ink.category(0), mean);
        if (task.theory() != null) {
            Scaling theory = figure.fit(Scaling.ofLimit(
                    task,
                    "distance of seed averages from DMFT, squared",
                    2,
                    view -> view.perWidth(group -> toTheory(view, group))));
            plot.scaling("to DMFT", Ink.category(2), theory);
        }
        return plot;
    }

    /** Mean square distance of the seed average from the theory, less what the seeds contribute. */
    static double toTheory(TaskView task, WidthGroup group) {
        int last = task.last();
        Decomposition parts = group.decomposition(last);
        double raw = Decomposition.meanSquare(
                group.meanPrediction(last), task.theory().predictions(last));
        return raw - parts.seedVariance() / parts.members();
    }
}
