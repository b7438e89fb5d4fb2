package org.widthbench.consistency;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;

/** Ensembles of narrow networks against one wide network: variance goes, the bias of narrower width stays. */
final class EnsembleClaim {
    /** A bias of so many standard errors is said to be there. */
    private static final double RESOLVED = 2;

    private EnsembleClaim() {}

    static ClaimFigure of(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.ENSEMBLES,
                "Test loss at the last step. Top: what one network loses to its seed, and what an ensemble of infinitely many narrow"
                        + " networks still loses against one of the widest (bias; where it is positive). Bottom: loss of an ensemble"
                        + " of E networks, mean over the subsets of the seeds.");
        for (TaskView task : tasks) {
            Scaling bias = figure.fit(Scaling.ofWidest(task, "bias of narrower width", 1, 1, EnsembleClaim::bias));
            Plot plot = new Plot(task.name(), Axis.log("Width $N$"), Axis.log("Excess loss"));
            plot.scaling("variance", Ink.category(1), Scaling.seedVariance(task));
            plot.scaling("bias of width", Ink.category(0), bias);
            plot.into(figure.row(0));
            members(task).into(figure.row(1));
            figure.reading(reading(task, bias));
        }
        return figure;
    }

    private static double[] bias(TaskView task) {
        double wide = task.widest().decomposition(task.last()).infiniteEnsemble();
        return task.perWidth(group -> group.decomposition(task.last()).infiniteEnsemble() - wide);
    }

    /**
     * The mean over all subsets of size m of an ensemble's loss is the loss of infinitely many members, estimated without bias, plus
     * 1/m of the variance.
     */
    private static Plot members(TaskView task) {
        int seeds = task.widest().runs().size();
        double[] sizes = IntStream.rangeClosed(1, seeds).asDoubleStream().toArray();
        Plot plot = new Plot("", Axis.linear("Members $E$"), Axis.linear("Test loss"));
        for (int i = 0; i < task.groups().size(); i++) {
            Decomposition parts = task.groups().get(i).decomposition(task.last());
            double[] loss = IntStream.rangeClosed(1, seeds)
                    .mapToDouble(m -> parts.infiniteEnsemble() + parts.seedVariance() / m)
                    .toArray();
            plot.points(task.label(i), task.ink(i), sizes, loss);
        }
        if (task.theory() != null) {
            double[] theory = task.theoryLoss();
            double end = theory[theory.length - 1];
            plot.theory("DMFT", new double[] {1, seeds}, new double[] {end, end});
        }
        return plot;
    }

    private static String reading(TaskView task, Scaling bias) {
        WidthGroup narrow = task.groups().get(0);
        Decomposition few = narrow.decomposition(task.last());
        Decomposition one = task.widest().decomposition(task.last());
        String together = String.format(
                Locale.ROOT,
                "%s: %d networks of N = %d together have loss %.4f, one of them %.4f, one of N = %d %.4f",
                task.name(),
                few.members(),
                narrow.width(),
                few.ensemble(),
                few.single(),
                task.widest().width(),
                one.single());
        double lost = bias.narrowest();
        double error = bias.errors()[0];
        if (!(Math.abs(lost) > RESOLVED * error)) {
            return together + ", and no bias of width is resolved with these seeds";
        }
        return together
                + String.format(
                        Locale.ROOT,
                        lost > 0
                                ? ", and infinitely many would still lose %.4f \u00b1 %.4f to their width (bias)"
                                : ", and infinitely many would be better by %.4f \u00b1 %.4f",
                        Math.abs(lost),
                        error);
    }
}
