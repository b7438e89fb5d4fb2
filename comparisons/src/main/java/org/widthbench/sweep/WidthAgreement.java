package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.Json;
import org.widthbench.training.WidthTheory;

/**
 * What theory expects of networks of finite width ({@link WidthTheory}) beside what the seeds of a sweep show. The loss is judged at the one
 * time at which theory says that it scatters most: its values at different times are correlated.
 *
 * @param settings of the theory of finite width
 * @param step at which the loss is judged
 * @param seeds by width
 * @param rows of every width with two seeds at least; the loss at all times
 */
public record WidthAgreement(WidthTheory.Settings settings, int step, Map<Integer, Integer> seeds, List<Row> rows) {
    /** The file of the rows. */
    public static final String FILE = "width-agreement.csv";

    /** So many standard errors away is outside. */
    private static final int FAR = 4;

    /** A ratio that is known no better than this is not told from half as much. */
    private static final double VAGUE = 0.5;

    private static final int FEWEST_SEEDS = 2;
    private static final String STD = "lossStd";
    private static final String BIAS = "lossBias";

    /**
     * One number, expected and seen.
     *
     * @param quantity {@code lossStd}: sqrt(N) times the loss's standard deviation over seeds; {@code lossBias}: N times mean loss less that of
     *     the theory; {@code misalignmentPhi}, {@code misalignmentG}: {@code N (1 - A)}
     * @param at the step of a loss, or the layer, from 1
     * @param expectedError standard error over draws, and of the solved theory
     * @param seenError standard error of n seeds: from the larger of the scatter that is seen and the one that theory expects, since few seeds
     *     may lie close together by chance; of a standard deviation {@code expected / sqrt(2 (n - 1))}
     */
    public record Row(
            int width, String quantity, int at, double expected, double expectedError, double seen, double seenError) {
        /** How many standard errors it is seen above what is expected; 0 where neither scatters. */
        double apart() {
            double error = Math.hypot(expectedError, seenError);
            return error > 0 ? (seen - expected) / error : 0;
        }

        private boolean outside() {
            return Math.abs(apart()) > FAR;
        }
    }

    /**
     * Compares.
     *
     * @param theory the infinite-width side
     * @param samples that it was solved with: its own error is taken as that of a network of so many neurons
     */
    public static WidthAgreement of(WidthTheory expected, OrderParameters theory, int samples, AlignmentTable table) {
        double[] scatter = expected.lossStd().value();
        int step = 0;
        for (int t = 1; t < scatter.length; t++) {
            step = scatter[t] > scatter[step] ? t : step;
        }
        Map<Integer, Integer> seeds = new TreeMap<>();
        List<Row> rows = new ArrayList<>();
        for (int width : table.widths()) {
            List<SeedStatistics> losses = SeedStatistics.along(table.losses(width));
            int n = losses.get(0).seeds();
            seeds.put(width, n);
            if (n < FEWEST_SEEDS) {
                continue;
            }
            for (int t = 0; t < scatter.length; t++) {
                rows.add(new Row(
                        width,
                        STD,
                        t,
                        scatter[t],
                        expected.lossStd().error()[t],
                        Math.sqrt(width) * losses.get(t).deviation(),
                        scatter[t] / Math.sqrt(2 * (n - 1))));
            }
            for (int t = 0; t < scatter.length; t++) {
                double seen = width * losses.get(t).deviation();
                rows.add(new Row(
                        width,
                        BIAS,
                        t,
                        expected.lossBias().value()[t],
                        Math.hypot(expected.lossBias().error()[t], width * scatter[t] / Math.sqrt(samples)),
                        width * (losses.get(t).mean() - theory.loss()[t]),
                        Math.max(seen, Math.sqrt(width) * scatter[t]) / Math.sqrt(n)));
            }
            for (AlignmentTable.Kernel kernel : AlignmentTable.Kernel.values()) {
                WidthTheory.Estimate misalignment = kernel == AlignmentTable.Kernel.PHI
                        ? expected.misalignmentFeatures()
                        : expected.misalignmentGradients();
                for (int l = 1; l <= table.depth(); l++) {
                    SeedStatistics seen = table.statistics(kernel, l, width);
                    double value = misalignment.value()[l - 1];
                    double error = misalignment.error()[l - 1];
                    // A draw scatters as a network does, to leading order.
                    double ofNetwork = error * Math.sqrt(expected.settings().draws());
                    rows.add(new Row(
                            width,
                            "misalignment" + kernel.word(),
                            l,
                            value,
                            Math.hypot(error, value * width / samples),
                            width * (1 - seen.mean()),
                            Math.max(width * seen.deviation(), ofNetwork) / Math.sqrt(n)));
                }
            }
        }
        return new WidthAgreement(expected.settings(), step, seeds, List.copyOf(rows));
    }

    /**
     * The standard deviation of the loss, seen over expected.
     *
     * @param value root mean square over widths, weighted with seeds less one
     * @param error standard error if theory holds
     */
    public record Ratio(double value, double error) {
        private boolean outside() {
            return Math.abs(value - 1) > FAR * error;
        }

        private String word() {
            return outside() ? "outside" : error <= VAGUE ? "within" : "unresolved";
        }
    }

    /** Of all widths together; none if none has two seeds, or theory lets nothing scatter. */
    public Optional<Ratio> scatter() {
        double freedom = 0;
        double squares = 0;
        double ofTheory = 0;
        for (Row row : rows) {
            if (row.quantity.equals(STD) && row.at == step && row.expected > 0) {
                int free = seeds.get(row.width) - 1;
                freedom += free;
                squares += free * Math.pow(row.seen / row.expected, 2);
                ofTheory = row.expectedError / row.expected;
            }
        }
        return freedom == 0
                ? Optional.empty()
                : Optional.of(
                        new Ratio(Math.sqrt(squares / freedom), Math.hypot(1 / Math.sqrt(2 * freedom), ofTheory)));
    }

    /** Those that are judged: the loss at one time. */
    public List<Row> judged(int width) {
        return rows.stream()
                .filter(row -> row.width == width)
                .filter(row -> row.at == step || !row.quantity.startsWith("loss"))
                .toList();
    }

    /** Widths of which something lies more than four standard errors from what theory says. */
    public List<Integer> outside() {
        return seeds.keySet().stream()
                .filter(width -> judged(width).stream().anyMatch(Row::outside))
                .toList();
    }

    /** A table for people, and what follows from it. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "expected beside seen, to leading order in 1/N (%d draws of a network of %d neurons); the loss at step %d, where it scatters"
                        + " most%n%8s  %-16s%6s%24s%24s%8s%n",
                settings.draws(),
                settings.samples(),
                step,
                "N",
                "quantity",
                "at",
                "expected",
                "seen",
                "s.e."));
        for (int width : seeds.keySet()) {
            for (Row row : judged(width)) {
                text.append(String.format(
                        Locale.ROOT,
                        "%8d  %-16s%6d%12.4g +- %-8.2g%12.4g +- %-8.2g%+8.1f%n",
                        width,
                        row.quantity,
                        row.at,
                        row.expected,
                        row.expectedError,
                        row.seen,
                        row.seenError,
                        row.apart()));
            }
        }
        text.append(scatter().map(this::text).orElse(""));
        seeds.forEach((width, n) -> {
            if (n < FEWEST_SEEDS) {
                text.append(String.format(
                        Locale.ROOT, "N = %d is unresolved: %d seed, %d are needed%n", width, n, FEWEST_SEEDS));
            }
        });
        for (int width : outside()) {
            text.append(String.format(
                    Locale.ROOT,
                    "N = %d lies OUTSIDE what theory says to leading order in 1/N: %s%n",
                    width,
                    judged(width).stream()
                            .filter(Row::outside)
                            .map(row -> String.format(
                                    Locale.ROOT,
                                    "%s at %d by %+.1f standard errors",
                                    row.quantity,
                                    row.at,
                                    row.apart()))
                            .collect(Collectors.joining(", "))));
        }
        return text.toString();
    }

    private String text(Ratio ratio) {
        String verdict =
                switch (ratio.word()) {
                    case "within" -> "seeds scatter as theory says";
                    case "outside" -> "seeds do NOT scatter as theory says";
                    default -> "whether seeds scatter as theory says is unresolved";
                };
        return String.format(
                Locale.ROOT,
                "%s: ratio %.2f +- %.2f of the loss's standard deviations at step %d%n",
                verdict,
                ratio.value,
                ratio.error,
                step);
    }

    /** The same for programs, of what is judged. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("draws", settings.draws());
        map.put("samples", settings.samples());
        map.put("step", step);
        scatter().ifPresent(ratio -> {
            Map<String, Object> scatter = new LinkedHashMap<>(Json.map(Json.tree(ratio)));
            scatter.put("verdict", ratio.word());
            map.put("scatter", scatter);
        });
        List<Object> widths = new ArrayList<>();
        List<Integer> outside = outside();
        seeds.forEach((width, n) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("width", width);
            entry.put("seeds", n);
            entry.put("verdict", n < FEWEST_SEEDS ? "unresolved" : outside.contains(width) ? "outside" : "within");
            entry.put("rows", judged(width).stream().map(Json::tree).toList());
            widths.add(entry);
        });
        map.put("widths", widths);
        return map;
    }

    /** Writes {@link #FILE}, all rows, or deletes that of an earlier run. */
    public static void write(Optional<WidthAgreement> agreement, Path folder) {
        Path file = folder.resolve(FILE);
        agreement.ifPresentOrElse(found -> found.csv().write(file), () -> AtomicFile.delete(file));
    }

    private Csv csv() {
        Csv csv = new Csv("width", "quantity", "at", "expected", "expectedError", "seen", "seenError");
        for (Row row : rows) {
            csv.row(row.width, row.quantity, row.at, row.expected, row.expectedError, row.seen, row.seenError);
        }
        return csv;
    }
}
