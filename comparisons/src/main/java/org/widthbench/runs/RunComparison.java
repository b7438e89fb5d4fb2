package org.widthbench.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Settings;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.XyPanel;
import org.widthbench.report.FigurePage;
import org.widthbench.report.Gallery;
import org.widthbench.report.Report;
import org.widthbench.reproduce.AlignmentSummary;

/** Several runs on one page: verdicts, curves over each other, what differs between their configurations, their figures. */
public final class RunComparison {
    private static final double HEIGHT = 180;

    /** What {@code sweep} puts behind the values of a grid point. */
    private static final String HASH = "-[0-9a-f]{16}$";

    /** Letters of a name that a legend has room for. */
    private static final int LEGEND_LETTERS = 24;

    private final List<RunFolder> runs;
    private final List<String> names;

    private RunComparison(List<RunFolder> runs) {
        this.runs = runs;
        this.names = names(runs.stream().map(RunFolder::folder).toList());
    }

    /** @throws InvalidInputException naming a folder that is no run, or a file in it that is damaged */
    public static RunComparison of(List<Path> folders) {
        return new RunComparison(folders.stream().map(RunFolder::read).toList());
    }

    /**
     * The name of each run: as many of the last parts of its path as tell it from the others, without the hash of a grid
     * point where they do so without.
     */
    static List<String> names(List<Path> folders) {
        List<Path> whole = folders.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
        List<String> names = new ArrayList<>();
        for (Path folder : whole) {
            int parts = 1;
            while (parts < folder.getNameCount() && clashes(whole, folder, parts)) {
                parts++;
            }
            names.add(folder.getNameCount() == 0 ? folder.toString() : tail(folder, parts));
        }
        List<String> plain =
                names.stream().map(name -> name.replaceFirst(HASH, "")).toList();
        return plain.stream().distinct().count() == names.size() ? plain : names;
    }

    private static boolean clashes(List<Path> all, Path folder, int parts) {
        return all.stream().filter(other -> !other.equals(folder)).anyMatch(other -> tail(other, parts)
                .equals(tail(folder, parts)));
    }

    private static String tail(Path folder, int parts) {
        int count = folder.getNameCount();
        return count == 0
                ? folder.toString()
                : folder.subpath(Math.max(0, count - parts), count).toString();
    }

    /**
     * The page.
     *
     * @param links address of each run's own folder as seen from the page, ending in a slash
     */
    public String html(List<String> links) {
        List<Gallery.Run> cards = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            RunFolder run = runs.get(i);
            Map<String, Object> facts = new LinkedHashMap<>();
            for (String key : List.of("started", "backend", "version", "commit", "directory")) {
                if (!run.provenance(key).isEmpty()) {
                    facts.put(key, run.provenance(key));
                }
            }
            facts.put("verified", run.isVerified() ? "yes" : "no: its files tell no identity");
            cards.add(new Gallery.Run(
                    names.get(i),
                    verdicts(run),
                    Files.exists(run.folder().resolve("index.html")) ? links.get(i) + "index.html" : "",
                    run.picture().map(RunComparison::bytes).orElse(new byte[0]),
                    run.provenance("command"),
                    facts));
        }
        List<Report.Verdict> all = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            String name = names.get(i);
            verdicts(runs.get(i))
                    .forEach(verdict -> all.add(new Report.Verdict(verdict.outcome(), name + ": " + verdict.text())));
        }
        Report report = new Report(
                runs.size() == 1 ? names.get(0) : runs.size() + " runs side by side",
                all,
                figures(),
                List.of(table(), differences()),
                Map.of());
        return Gallery.html(report, cards);
    }

    private static byte[] bytes(Path file) {
        return IoFailure.during("read " + file, () -> Files.readAllBytes(file));
    }

    private static List<Report.Verdict> verdicts(RunFolder run) {
        JsonNode passed = run.summary().path("passed");
        if (passed.isBoolean()) {
            return List.of(new Report.Verdict(
                    passed.booleanValue(),
                    "check " + (passed.booleanValue() ? "passed" : "failed") + " at a threshold of "
                            + run.summary().path("threshold").asText() + "."));
        }
        return worst(run)
                .map(row -> List.of(new Report.Verdict(
                        row.alignment() >= AlignmentSummary.BAR,
                        String.format(
                                Locale.ROOT,
                                "networks with N >= %d align with the theory to at least %.4f (%s, layer %d, N = %d); the bar is"
                                        + " %s.",
                                AlignmentSummary.WIDE,
                                row.alignment(),
                                row.kernel(),
                                row.layer(),
                                row.width(),
                                AlignmentSummary.BAR))))
                .orElse(List.of());
    }

    private static Optional<RunFolder.Row> worst(RunFolder run) {
        return run.rows().stream()
                .filter(row -> row.width() >= AlignmentSummary.WIDE)
                .min(Comparator.comparingDouble(RunFolder.Row::alignment));
    }

    private Report.Table table() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            RunFolder run = runs.get(i);
            List<Report.Verdict> verdicts = verdicts(run);
            rows.add(List.of(
                    names.get(i),
                    verdicts.isEmpty() ? "not judged" : verdicts.get(0).good() ? "pass" : "fail",
                    text("%.4f", worst(run).map(RunFolder.Row::alignment)),
                    text(
                            "%.4f",
                            run.rows().stream()
                                    .filter(row -> row.width() >= AlignmentSummary.WIDE)
                                    .map(RunFolder.Row::lossDistance)
                                    .max(Comparator.naturalOrder())),
                    text("%.4g", run.number("finalLoss")),
                    text("%.2f", run.number("solveSeconds")),
                    text("%.2f", run.number("trainSeconds"))));
        }
        return new Report.Table(
                "Verdicts and numbers. Smallest alignment and largest loss distance are those of networks with N >= "
                        + AlignmentSummary.WIDE + ".",
                List.of("run", "verdict", "smallest alignment", "loss distance", "final loss", "solve, s", "train, s"),
                rows);
    }

    /** Empty for a key that is not there. */
    private static String text(JsonNode value) {
        return value == null ? "" : value.isValueNode() ? value.asText() : value.toString();
    }

    private static String text(String format, Optional<Double> value) {
        return value.map(number -> String.format(Locale.ROOT, format, number)).orElse("");
    }

    private Report.Table differences() {
        List<Map<String, JsonNode>> flat = runs.stream()
                .map(run -> {
                    Map<String, JsonNode> entries = new LinkedHashMap<>();
                    Settings.flatten("", run.configuration(), entries);
                    return entries;
                })
                .toList();
        Set<String> keys = new LinkedHashSet<>();
        flat.forEach(entries -> keys.addAll(entries.keySet()));
        List<List<String>> rows = new ArrayList<>();
        for (String key : keys) {
            List<String> values =
                    flat.stream().map(entries -> text(entries.get(key))).toList();
            if (values.stream().distinct().count() > 1) {
                List<String> row = new ArrayList<>(List.of(key));
                row.addAll(values);
                rows.add(row);
            }
        }
        List<String> header = new ArrayList<>(List.of("key"));
        header.addAll(names);
        String caption = rows.isEmpty()
                ? "All runs have the same configuration."
                : "What differs between the configurations; " + (keys.size() - rows.size())
                        + " keys are the same in all.";
        return new Report.Table(caption, header, rows);
    }

    private List<Report.Picture> figures() {
        FigurePage page = new FigurePage().row(HEIGHT);
        losses().ifPresent(panel -> page.panel("loss", panel));
        alignments("Phi", "\\Phi", "Feature kernels").ifPresent(panel -> page.panel("features", panel));
        alignments("G", "G", "Gradient kernels").ifPresent(panel -> page.panel("gradients", panel));
        String caption =
                "Every run that has them: loss of the theory (dashed) and of a trained network (solid); smallest alignment over"
                        + " layers and seeds against width, of feature and of gradient kernels.";
        return page.isEmpty() ? List.of() : List.of(page.picture("runs", caption));
    }

    private Optional<Panel.Builder> losses() {
        XyPanel.Builder panel =
                XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss")).title("Training loss");
        boolean empty = true;
        for (int i = 0; i < runs.size(); i++) {
            RunFolder run = runs.get(i);
            Ink ink = Ink.category(i);
            for (LineStyle line : List.of(LineStyle.DASHED, LineStyle.SOLID)) {
                Optional<double[]> loss = line == LineStyle.DASHED ? run.theoryLoss() : run.networkLoss();
                if (loss.isPresent()) {
                    double[] times = IntStream.range(0, loss.get().length)
                            .asDoubleStream()
                            .toArray();
                    panel.curve(label(names.get(i)), ink, line, times, loss.get());
                    empty = false;
                }
            }
        }
        return empty ? Optional.empty() : Optional.of(panel);
    }

    private Optional<Panel.Builder> alignments(String kernel, String symbol, String title) {
        XyPanel.Builder panel = XyPanel.over(
                        Axis.log("Width $N$"),
                        Axis.nines("$\\min\\,A(" + symbol + "^\\ell_{\\mathrm{DMFT}},\\," + symbol
                                + "^\\ell_{\\mathrm{NN}})$"))
                .title(title);
        boolean empty = true;
        for (int i = 0; i < runs.size(); i++) {
            List<RunFolder.Row> rows = runs.get(i).rows().stream()
                    .filter(row -> row.kernel().equals(kernel))
                    .toList();
            double[] widths = rows.stream()
                    .mapToDouble(RunFolder.Row::width)
                    .distinct()
                    .sorted()
                    .toArray();
            Function<Double, Double> smallest = width -> rows.stream()
                    .filter(row -> row.width() == width)
                    .mapToDouble(RunFolder.Row::alignment)
                    .min()
                    .orElseThrow();
            double[] least =
                    java.util.Arrays.stream(widths).map(smallest::apply).toArray();
            if (widths.length > 0) {
                panel.errorBars(label(names.get(i)), Ink.category(i), widths, least, least, least);
                empty = false;
            }
        }
        return empty ? Optional.empty() : Optional.of(panel);
    }

    // In labels a dollar sign begins mathematics.
    private static String label(String name) {
        String label = name.replace('$', '_');
        return label.length() <= LEGEND_LETTERS
                ? label
                : label.substring(0, LEGEND_LETTERS / 2) + "\u2026"
                        + label.substring(label.length() - LEGEND_LETTERS / 2 + 1);
    }
}
