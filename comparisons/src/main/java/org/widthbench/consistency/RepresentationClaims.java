package org.widthbench.consistency;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.stat.StatUtils;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Density;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;

/** Kernels and preactivations agree across widths. */
final class RepresentationClaims {
    private static final Axis STEP = Axis.log("Step $t$");
    private static final Axis WIDTH = Axis.log("Width $N$");

    /** An alignment that people call close. */
    private static final double CLOSE = 0.95;

    private RepresentationClaims() {}

    /** Alignment of feature, gradient and tangent kernels. */
    static ClaimFigure representations(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.REPRESENTATIONS,
                "Alignment of single networks' kernels on test points with DMFT where it is solved, otherwise with the mean of the"
                        + " widest networks of the other seeds; mean over seeds.");
        for (TaskView task : tasks) {
            int last = task.last();
            Plot plot = new Plot(task.name(), WIDTH, Axis.nines("Alignment, last step"));
            List<WidthGroup.Kernel> kernels = task.kernels();
            double worst = 1;
            for (int k = 0; k < kernels.size(); k++) {
                WidthGroup.Kernel kernel = kernels.get(k);
                double[] mean = task.perWidth(group -> StatUtils.mean(task.alignments(group, kernel, last)));
                plot.points(kernel.label(), Ink.category(k), task.widths(), mean);
                figure.fit(Scaling.ofLimit(
                        task,
                        "1 - alignment of " + kernel.plain(),
                        1,
                        view -> view.perWidth(group -> 1 - StatUtils.mean(view.alignments(group, kernel, last)))));
                worst = Math.min(worst, mean[mean.length - 2]);
            }
            plot.into(figure.row(0));
            WidthGroup.Kernel tangent = kernels.get(kernels.size() - 1);
            new Plot("", STEP, Axis.nines("NTK alignment"))
                    .widths(
                            task,
                            Plot.doubles(task.times()),
                            group -> task.perTime(slot -> StatUtils.mean(task.alignments(group, tangent, slot))))
                    .into(figure.row(1));
            int width = task.groups().get(task.groups().size() - 2).width();
            figure.reading(String.format(
                            Locale.ROOT,
                            "%s: at N = %d the least aligned kernel has alignment %.4f with %s at the last step",
                            task.name(),
                            width,
                            worst,
                            task.referenceName())
                    + (worst < CLOSE ? ", still moving with the width" : ""));
        }
        return figure;
    }

    /** Densities of the last layer's preactivations, and the distance of every layer's. */
    static ClaimFigure preactivations(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.PREACTIVATIONS,
                "Preactivations on test points at the last step. Top: densities of the last layer, all seeds pooled; dashed: DMFT"
                        + " where it is solved. Bottom: distance of single networks' distributions from DMFT's, or from the mean of"
                        + " the widest networks of the other seeds.");
        for (TaskView task : tasks) {
            int depth = task.widest().depth();
            densities(task, depth - 1).into(figure.row(0));
            Plot plot = new Plot("", WIDTH, Axis.log("Wasserstein-1 distance"));
            double[] narrow = new double[0];
            for (int l = 0; l < depth; l++) {
                int layer = l;
                Scaling distance = figure.fit(Scaling.ofLimit(
                        task,
                        "Wasserstein-1 distance of h^" + (l + 1),
                        0.5,
                        view -> view.perWidth(group -> distance(view, group, layer))));
                plot.scaling("$\\ell=" + (l + 1) + "$", Ink.category(l), distance);
                narrow = distance.values();
            }
            plot.into(figure.row(1));
            double[] reference = reference(task, task.widest().runs().get(0), depth - 1);
            figure.reading(
                    reference == null
                            ? task.name()
                                    + ": one network of the largest width leaves nothing to compare its preactivations with"
                            : away(task, narrow, deviation(reference)));
        }
        return figure;
    }

    private static String away(TaskView task, double[] distance, double spread) {
        int before = task.groups().size() - 2;
        return String.format(
                Locale.ROOT,
                "%s: the last layer's preactivations are %.1f%% of their spread away from %s at N = %d and %.1f%% at N = %d",
                task.name(),
                100 * distance[0] / spread,
                task.referenceName(),
                task.groups().get(0).width(),
                100 * distance[before] / spread,
                task.groups().get(before).width());
    }

    private static Plot densities(TaskView task, int layer) {
        double[] wide = task.widest().quantiles(layer, 1);
        double[] range = Density.range(wide, task.groups().get(0).quantiles(layer, 1));
        Plot plot = new Plot(
                task.name(),
                Axis.linear("Preactivation $h^" + (layer + 1) + "$").from(range[0], range[1]),
                Axis.linear("Density").from(0, Double.NaN));
        for (int i = 0; i < task.groups().size(); i++) {
            double[][] estimate = Density.kernelEstimate(task.groups().get(i).quantiles(layer, 1), range);
            plot.curve(task.label(i), task.ink(i), LineStyle.SOLID, estimate[0], estimate[1]);
        }
        if (task.theory() != null) {
            double[] quantiles = task.theory().quantiles(layer, 1);
            double[][] estimate = Density.kernelEstimate(quantiles, range);
            plot.theory("DMFT", estimate[0], estimate[1]);
        }
        return plot;
    }

    private static double distance(TaskView task, WidthGroup group, int layer) {
        return group.runs().stream()
                .mapToDouble(run -> {
                    double[] reference = reference(task, run, layer);
                    double[] own = run.observed().quantiles(layer, 1);
                    return reference == null ? Double.NaN : Observed.wasserstein(own, reference);
                })
                .average()
                .orElse(Double.NaN);
    }

    /** The theory's quantiles, or the mean of the networks' that this one is compared with; null if there are none. */
    private static double[] reference(TaskView task, NetworkRun run, int layer) {
        if (task.theory() != null) {
            return task.theory().quantiles(layer, 1);
        }
        WidthGroup others = task.others(run);
        return others == null ? null : others.quantiles(layer, 1);
    }

    /** Standard deviation, division by their number. */
    private static double deviation(double[] quantiles) {
        return Math.sqrt(StatUtils.populationVariance(quantiles));
    }
}
