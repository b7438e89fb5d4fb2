package org.widthbench.consistency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Tensor;
import org.widthbench.experiment.Csv;
import org.widthbench.report.Report;

/** Figures, exponents and sentences of a study. */
public final class ConsistencyReport {
    /** Table of the fitted exponents of all claims. */
    public static final String EXPONENTS = "exponents.csv";

    /** Rounding in a mean of some hundreds of squares. */
    private static final double ROUNDING = 1e-10;

    private ConsistencyReport() {}

    /**
     * Composes the figures of some claims and writes their fitted exponents, if there are any; all other files are left to the
     * caller.
     *
     * @param claims in the order of the page; those about learning rates are left out if there are none
     * @param exponents name of the table
     * @param summary entries of the page's numbers
     */
    public static Report write(
            Path folder, StudyResult result, Set<Claim> claims, String exponents, Map<String, Object> summary) {
        List<TaskView> tasks = TaskView.of(result);
        List<ClaimFigure> figures = claims.stream()
                .filter(claim -> !claim.isAboutRates() || result.spec().edge() != null)
                .map(claim -> claim.draw(result, tasks))
                .toList();
        boolean isFitted = figures.stream().anyMatch(figure -> !figure.fits().isEmpty());
        if (isFitted) {
            csv(figures).write(folder.resolve(exponents));
        }
        Map<String, Object> all = new LinkedHashMap<>(summary);
        Map<String, Object> readings = new LinkedHashMap<>();
        figures.forEach(figure -> readings.put(figure.name(), figure.reading()));
        all.put("readings", readings);
        all.put("notes", result.notes());
        all.put("commits", result.commits());
        List<Report.Table> tables = new ArrayList<>();
        if (isFitted) {
            tables.add(table(figures));
        }
        if (!tasks.isEmpty()) {
            tables.add(limits(tasks));
        }
        if (!result.notes().isEmpty()) {
            tables.add(notes(result));
        }
        List<Report.Verdict> verdicts = new ArrayList<>(verdicts(result, tasks));
        if (isFitted) {
            verdicts.add(powers(figures));
        }
        return new Report(
                "Consistency across widths",
                "Arithmetic of the study",
                verdicts,
                figures.stream().map(ClaimFigure::picture).toList(),
                tables,
                all);
    }

    /** What must hold whatever the networks did. */
    private static List<Report.Verdict> verdicts(StudyResult result, List<TaskView> tasks) {
        double identity = 0;
        double residual = 0;
        int looks = 0;
        for (TaskView task : tasks) {
            for (WidthGroup group : task.groups()) {
                for (int slot = 0; slot <= task.last(); slot++) {
                    Decomposition parts = group.decomposition(slot);
                    double gap = Math.abs(parts.single() - parts.ensemble() - parts.variance());
                    identity = Math.max(identity, gap / Math.max(parts.single(), Double.MIN_NORMAL));
                }
                for (NetworkRun run : group.runs()) {
                    residual = Math.max(residual, worst(run.sharpness()));
                    looks += run.sharpness().size(0);
                }
            }
        }
        for (EdgeRun run : result.edges()) {
            residual = run.diverged() ? residual : Math.max(residual, worst(run.sharpness()));
            looks += run.sharpness().size(0);
        }
        double allowed = result.spec().measure().tolerance();
        List<Report.Verdict> verdicts = new ArrayList<>();
        if (!tasks.isEmpty()) {
            verdicts.add(Report.Verdict.of(
                    Report.Outcome.of(identity < ROUNDING),
                    "Mean loss of single networks = loss of their ensemble + variance, to %.1e of the loss.",
                    identity));
        }
        verdicts.add(Report.Verdict.of(
                Report.Outcome.of(residual <= allowed),
                "Sharpness: the largest Lanczos residual of %d looks is %.1e of the eigenvalue (allowed: %.1e%s).",
                looks,
                residual,
                allowed,
                residual <= allowed ? "" : "; raise measure.products"));
        return verdicts;
    }

    /** What the table of powers says; whether widths agree is for the reader to judge. */
    private static Report.Verdict powers(List<ClaimFigure> figures) {
        Map<PowerFit.Agreement, Long> counts = figures.stream()
                .flatMap(figure -> figure.fits().stream())
                .collect(Collectors.groupingBy(Scaling::agreement, Collectors.counting()));
        return Report.Verdict.of(
                Report.Outcome.UNRESOLVED,
                "Agreement across widths is not judged here: of the powers of N at the last step %d agree with the 1/N"
                        + " expansion, %d do not, %d are not resolved (table below).",
                counts.getOrDefault(PowerFit.Agreement.YES, 0L),
                counts.getOrDefault(PowerFit.Agreement.NO, 0L),
                counts.getOrDefault(PowerFit.Agreement.UNRESOLVED, 0L));
    }

    private static double worst(Tensor sharpness) {
        double worst = 0;
        for (int slot = 0; slot < sharpness.size(0); slot++) {
            worst = Math.max(
                    worst, sharpness.get(slot, 1) / Math.max(Math.abs(sharpness.get(slot, 0)), Double.MIN_NORMAL));
        }
        return worst;
    }

    private static Report.Table table(List<ClaimFigure> claims) {
        return Report.Table.of(
                "Powers of N at the last step, value = c N^-p, or c (N^-q - M^-q)^k with p = k q for distances from the widest, M;"
                        + " 95% confidence intervals from the jackknife over seeds, widened where widths scatter more. 1/N: the power"
                        + " of the first term of the expansion in 1/N.",
                List.of("Task", "Quantity", "p", "95% interval", "1/N", "Agrees", "At the narrowest"),
                claims.stream().flatMap(claim -> claim.fits().stream()).toList(),
                scaling -> List.of(
                        scaling.task(),
                        scaling.quantity(),
                        scaling.fit().map(PowerFit::text).orElse("-"),
                        scaling.fit().map(PowerFit::interval).orElse("-"),
                        number(scaling.expected()),
                        scaling.agreement().word(),
                        number(scaling.narrowest(), scaling.errors()[0])));
    }

    /** Every task's loss at the last step, extrapolated to infinite width, beside the theory's. */
    private static Report.Table limits(List<TaskView> tasks) {
        return Report.Table.of(
                "Test loss at the last step, extrapolated in 1/N seed by seed (mean and standard error)",
                List.of("Task", "Widest", "N to infinity", "DMFT"),
                tasks,
                task -> {
                    int last = task.last();
                    List<double[]> bySeed = IntStream.range(
                                    0, task.widest().runs().size())
                            .mapToObj(seed -> task.perWidth(group -> Decomposition.meanSquare(
                                    group.predictions(last).get(seed), group.targets())))
                            .toList();
                    SeedStatistics limit = WeightedLine.limit(task.widths(), bySeed);
                    double[] theory = task.theoryLoss();
                    return List.of(
                            task.name(),
                            number(task.widest().singleLoss()[last]),
                            number(limit.mean(), limit.standardError()),
                            theory.length <= last ? "-" : number(theory[last]));
                });
    }

    private static Report.Table notes(StudyResult result) {
        return new Report.Table(
                "Lines that are left out",
                List.of("Reason"),
                result.notes().stream().map(List::of).toList());
    }

    private static Csv csv(List<ClaimFigure> claims) {
        Csv csv = new Csv("figure", "task", "quantity", "exponent", "low", "high", "expected", "narrowest", "widest");
        for (ClaimFigure claim : claims) {
            for (Scaling scaling : claim.fits()) {
                Optional<PowerFit> fit = scaling.fit();
                csv.row(
                        claim.name(),
                        scaling.task(),
                        scaling.quantity(),
                        fit.map(PowerFit::exponent).orElse(Double.NaN),
                        fit.map(PowerFit::low).orElse(Double.NaN),
                        fit.map(PowerFit::high).orElse(Double.NaN),
                        scaling.expected(),
                        scaling.narrowest(),
                        scaling.widest());
            }
        }
        return csv;
    }

    /** With its error where there is one: a single seed has none. */
    private static String number(double value, double error) {
        return number(value) + (error > 0 ? " \u00b1 " + number(error) : "");
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : "-";
    }
}
