package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;

/** The spectrum of the final neural tangent kernel, and what it says about the task. */
final class SpectrumClaim {
    /** Learning curves are drawn up to this part of the points: beyond it the discrete sample shows. */
    private static final double PART = 0.5;

    private SpectrumClaim() {}

    static ClaimFigure of(List<TaskView> tasks) {
        List<Panel> eigenvalues = new ArrayList<>();
        List<Panel> power = new ArrayList<>();
        List<Panel> learning = new ArrayList<>();
        List<Panel> ranks = new ArrayList<>();
        List<String> readings = new ArrayList<>();
        List<Scaling> fits = new ArrayList<>();
        Plot rank = new Plot("", Axis.log("Width $N$"), Axis.linear("Effective rank"));
        for (int number = 0; number < tasks.size(); number++) {
            TaskView task = tasks.get(number);
            Plot values = new Plot(task.name(), Axis.log("Index $k$"), Axis.log("NTK eigenvalue"));
            Plot rest = new Plot("", Axis.log("Index $k$"), Axis.log("Task power beyond $k$"));
            Plot curve = new Plot("", Axis.log("Samples $p$"), Axis.log("Predicted error"));
            Spectra spectra = new Spectra();
            for (int i = 0; i < task.groups().size(); i++) {
                List<KernelSpectrum> here = spectra.of(task.groups().get(i));
                int m = here.get(0).eigenvalues().length;
                double[] index = IntStream.rangeClosed(1, m).asDoubleStream().toArray();
                values.curve(
                        task.label(i), task.ink(i), LineStyle.SOLID, index, mean(here, KernelSpectrum::eigenvalues));
                double[] beyond = Arrays.stream(mean(here, KernelSpectrum::cumulativePower))
                        .map(c -> 1 - c)
                        .toArray();
                rest.curve(
                        task.label(i),
                        task.ink(i),
                        LineStyle.SOLID,
                        Arrays.copyOf(index, m - 1),
                        Arrays.copyOf(beyond, m - 1));
                double[] samples = Arrays.copyOf(index, Math.max(1, (int) (PART * m)));
                curve.curve(task.label(i), task.ink(i), LineStyle.SOLID, samples, mean(here, spectrum -> Arrays.stream(
                                samples)
                        .map(spectrum::regressionError)
                        .toArray()));
            }
            values.into(eigenvalues);
            rest.withoutLegend().into(power);
            curve.withoutLegend().into(learning);
            rank.points(task.name(), Ink.category(number), task.widths(), task.perWidth(spectra::effectiveRank));
            readings.add(reading(task, spectra));
            fits.add(Scaling.ofWidest(task, "effective rank of the NTK below the widest", 1, 1, view -> {
                double[] perWidth = view.perWidth(spectra::effectiveRank);
                double wide = perWidth[perWidth.length - 1];
                return Arrays.stream(perWidth).map(r -> wide - r).toArray();
            }));
        }
        rank.into(ranks);
        return new ClaimFigure(
                Claim.SPECTRA.figure(),
                "Neural tangent kernel on test points at the last step, mean over seeds. From the top: eigenvalues; part of the"
                        + " target's power beyond the first k eigenvectors; error of kernel regression with this kernel on p samples as"
                        + " its spectrum predicts it; effective rank.",
                TaskView.sentence(readings),
                List.of(eigenvalues, power, learning, ranks),
                fits);
    }

    /** Every network's spectrum, taken apart once. */
    private static final class Spectra {
        private final IdentityHashMap<NetworkRun, KernelSpectrum> known = new IdentityHashMap<>();

        List<KernelSpectrum> of(WidthGroup group) {
            return group.runs().stream()
                    .map(run ->
                            known.computeIfAbsent(run, one -> KernelSpectrum.of(one.finalKernel(), group.targets())))
                    .toList();
        }

        double effectiveRank(WidthGroup group) {
            return of(group).stream()
                    .mapToDouble(KernelSpectrum::effectiveRank)
                    .average()
                    .orElseThrow();
        }
    }

    private static double[] mean(
            List<KernelSpectrum> spectra, java.util.function.Function<KernelSpectrum, double[]> of) {
        return Decomposition.mean(spectra.stream().map(of).toList());
    }

    private static String reading(TaskView task, Spectra spectra) {
        WidthGroup narrowest = task.groups().get(0);
        List<KernelSpectrum> narrow = spectra.of(narrowest);
        List<KernelSpectrum> wide = spectra.of(task.widest());
        int few = Math.max(1, wide.get(0).eigenvalues().length / 8);
        return String.format(
                Locale.ROOT,
                "%s: the effective rank is %.2f at N = %d and %.2f at N = %d, and the first %d eigenvectors hold %.1f%% and %.1f%%"
                        + " of the target's power",
                task.name(),
                spectra.effectiveRank(narrowest),
                narrowest.width(),
                spectra.effectiveRank(task.widest()),
                task.widest().width(),
                few,
                100 * mean(narrow, KernelSpectrum::cumulativePower)[few - 1],
                100 * mean(wide, KernelSpectrum::cumulativePower)[few - 1]);
    }
}
