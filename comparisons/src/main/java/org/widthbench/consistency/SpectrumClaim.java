package org.widthbench.consistency;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;

/** The spectrum of the final neural tangent kernel, and what it says about the task. */
final class SpectrumClaim {
    /** Learning curves are drawn up to this part of the points: beyond it hardly any are left to be predicted. */
    private static final double PART = 0.5;

    /** Training sets, over all networks, whose mean error is drawn: it is then known to some percent. */
    private static final int DRAWS = 64;

    private SpectrumClaim() {}

    static ClaimFigure of(List<TaskView> tasks) {
        ClaimFigure figure = new ClaimFigure(
                Claim.SPECTRA,
                "Neural tangent kernel on test points at the last step, mean over seeds; dashed: DMFT where it is solved. From the"
                        + " top: eigenvalues; part of the target's power beyond the first k eigenvectors; error of kernel regression"
                        + " with this kernel on p samples as its spectrum predicts it, and with marks that of kernel regression itself with"
                        + " the widest networks' kernels; effective rank.");
        Plot rank = new Plot("", Axis.log("Width $N$"), Axis.linear("Effective rank"));
        for (int number = 0; number < tasks.size(); number++) {
            TaskView task = tasks.get(number);
            Spectra spectra = new Spectra();
            Curves curves = new Curves(task.name());
            for (int i = 0; i < task.groups().size(); i++) {
                curves.add(
                        task.label(i),
                        task.ink(i),
                        LineStyle.SOLID,
                        spectra.of(task.groups().get(i)));
            }
            Ink ink = Ink.category(number);
            rank.points(task.name(), ink, task.widths(), task.perWidth(spectra::effectiveRank));
            theory(task).ifPresent(limit -> {
                curves.add(null, Ink.neutral(), LineStyle.DASHED, List.of(limit));
                curves.values.entry("DMFT", LineStyle.DASHED);
                double[] widths = task.widths();
                double[] ends = {widths[0], widths[widths.length - 1]};
                double level = limit.effectiveRank();
                rank.curve(null, ink, LineStyle.DASHED, ends, new double[] {level, level});
            });
            curves.regression(task);
            curves.values.into(figure.row(0));
            curves.beyond.withoutLegend().into(figure.row(1));
            curves.error.into(figure.row(2));
            figure.reading(reading(task, spectra));
            figure.fit(Scaling.ofWidest(task, "effective rank of the NTK below the widest", 1, 1, view -> {
                double[] perWidth = view.perWidth(spectra::effectiveRank);
                double wide = perWidth[perWidth.length - 1];
                return Arrays.stream(perWidth).map(r -> wide - r).toArray();
            }));
        }
        if (tasks.stream().anyMatch(task -> task.theory() != null)) {
            rank.entry("DMFT", LineStyle.DASHED);
        }
        rank.into(figure.row(3));
        return figure;
    }

    /** The theory's spectrum, where it is solved. */
    private static Optional<KernelSpectrum> theory(TaskView task) {
        return Optional.ofNullable(task.theory())
                .map(theory ->
                        KernelSpectrum.of(theory.finalKernel(), task.widest().targets()));
    }

    /** What is drawn of one task's spectra. */
    private static final class Curves {
        private final Plot values;
        private final Plot beyond = new Plot("", Axis.log("Index $k$"), Axis.log("Task power beyond $k$"));
        private final Plot error = new Plot("", Axis.log("Samples $p$"), Axis.log("Regression error"));

        Curves(String task) {
            values = new Plot(task, Axis.log("Index $k$"), Axis.log("NTK eigenvalue"));
        }

        /** Kernel regression itself, of the widest networks, mean over training sets of 1, 2, 4 ... points. */
        void regression(TaskView task) {
            List<NetworkRun> runs = task.widest().runs();
            double[] targets = task.widest().targets();
            int draws = (DRAWS + runs.size() - 1) / runs.size();
            Random random = new Random(0);
            double[] samples = IntStream.iterate(1, p -> p <= PART * targets.length, p -> 2 * p)
                    .asDoubleStream()
                    .toArray();
            double[] measured = Arrays.stream(samples)
                    .map(p -> runs.stream()
                            .mapToDouble(run -> KernelRegression.error(
                                    run.observed().finalKernel(), targets, (int) p, draws, random))
                            .average()
                            .orElseThrow())
                    .toArray();
            error.points("kernel regression", task.ink(task.groups().size() - 1), samples, measured);
            error.entry("predicted", LineStyle.SOLID);
        }

        /** The mean of some spectra. */
        void add(String label, Ink ink, LineStyle line, List<KernelSpectrum> spectra) {
            int m = spectra.get(0).eigenvalues().length;
            double[] index = IntStream.rangeClosed(1, m).asDoubleStream().toArray();
            values.curve(label, ink, line, index, mean(spectra, KernelSpectrum::eigenvalues));
            double[] power = Arrays.stream(mean(spectra, KernelSpectrum::cumulativePower))
                    .map(c -> 1 - c)
                    .toArray();
            beyond.curve(label, ink, line, Arrays.copyOf(index, m - 1), Arrays.copyOf(power, m - 1));
            double[] samples = Arrays.copyOf(index, Math.max(1, (int) (PART * m)));
            error.curve(null, ink, line, samples, mean(spectra, spectrum -> Arrays.stream(samples)
                    .map(spectrum::regressionError)
                    .toArray()));
        }
    }

    /** Every network's spectrum, taken apart once. */
    private static final class Spectra {
        private final IdentityHashMap<NetworkRun, KernelSpectrum> known = new IdentityHashMap<>();

        List<KernelSpectrum> of(WidthGroup group) {
            return group.runs().stream()
                    .map(run -> known.computeIfAbsent(
                            run, one -> KernelSpectrum.of(one.observed().finalKernel(), group.targets())))
                    .toList();
        }

        double effectiveRank(WidthGroup group) {
            return of(group).stream()
                    .mapToDouble(KernelSpectrum::effectiveRank)
                    .average()
                    .orElseThrow();
        }
    }

    private static double[] mean(List<KernelSpectrum> spectra, Function<KernelSpectrum, double[]> of) {
        return SeedStatistics.mean(spectra.stream().map(of).toList());
    }

    private static String reading(TaskView task, Spectra spectra) {
        WidthGroup narrowest = task.groups().get(0);
        List<KernelSpectrum> narrow = spectra.of(narrowest);
        List<KernelSpectrum> wide = spectra.of(task.widest());
        int few = Math.max(1, wide.get(0).eigenvalues().length / 8);
        return String.format(
                Locale.ROOT,
                "%s: the effective rank is %.2f at N = %d and %.2f at N = %d%s, and the first %d eigenvectors hold %.1f%% and %.1f%%"
                        + " of the target's power",
                task.name(),
                spectra.effectiveRank(narrowest),
                narrowest.width(),
                spectra.effectiveRank(task.widest()),
                task.widest().width(),
                theory(task)
                        .map(limit -> String.format(Locale.ROOT, " (DMFT: %.2f)", limit.effectiveRank()))
                        .orElse(""),
                few,
                100 * mean(narrow, KernelSpectrum::cumulativePower)[few - 1],
                100 * mean(wide, KernelSpectrum::cumulativePower)[few - 1]);
    }
}
