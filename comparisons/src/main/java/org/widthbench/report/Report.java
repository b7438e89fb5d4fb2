package org.widthbench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;

/**
 * What a page says about a run. All text is plain: the page escapes it.
 *
 * @param title heading and window title
 * @param judged what the verdicts are about where that is less than the title says, empty otherwise
 * @param verdicts findings, the first lines of the page; the run passes if none failed, and is not judged without any
 * @param figures in reading order
 * @param tables in reading order
 * @param summary named numbers and maps of them, in order; those whose names end in {@code Seconds} become timings
 */
public record Report(
        String title,
        String judged,
        List<Verdict> verdicts,
        List<Picture> figures,
        List<Table> tables,
        Map<String, Object> summary) {

    /** A report whose verdicts are about what its title says. */
    public Report(
            String title,
            List<Verdict> verdicts,
            List<Picture> figures,
            List<Table> tables,
            Map<String, Object> summary) {
        this(title, "", verdicts, figures, tables, summary);
    }

    /** The same of a run that was too small for its bars: what fell short of them is open. */
    public Report ofSmallRun() {
        List<Verdict> softened = verdicts.stream()
                .map(verdict -> verdict.good()
                        ? verdict
                        : new Verdict(
                                Outcome.UNRESOLVED, verdict.text() + " A quick run is too small to fail by this."))
                .toList();
        return new Report(title, judged, softened, figures, tables, summary);
    }

    /** What a finding comes to. */
    public enum Outcome {
        /** It is as it should be. */
        PASS,
        /** It is not. */
        FAIL,
        /** The numbers cannot tell. */
        UNRESOLVED;

        /** Of a question that is answered. */
        public static Outcome of(boolean good) {
            return good ? PASS : FAIL;
        }
    }

    /**
     * One finding.
     *
     * @param outcome what it comes to
     * @param text one sentence with its numbers
     */
    public record Verdict(Outcome outcome, String text) {
        /** A finding that is resolved. */
        public Verdict(boolean good, String text) {
            this(Outcome.of(good), text);
        }

        /** A finding whose numbers are formatted. */
        public static Verdict of(Outcome outcome, String format, Object... numbers) {
            return new Verdict(outcome, String.format(Locale.ROOT, format, numbers));
        }

        /** Whether nothing speaks against it. */
        public boolean good() {
            return outcome != Outcome.FAIL;
        }

        /** What all of some findings come to: what failed outweighs what passed, and that what is open. */
        public static Outcome together(List<Verdict> verdicts) {
            return Stream.of(Outcome.FAIL, Outcome.PASS)
                    .filter(outcome -> verdicts.stream().anyMatch(verdict -> verdict.outcome == outcome))
                    .findFirst()
                    .orElse(Outcome.UNRESOLVED);
        }
    }

    /**
     * A figure with its caption.
     *
     * @param name letters, digits and hyphens, unique in the page; also the name of the figure's files
     * @param caption one or two sentences
     * @param whole all panels together, for wide screens
     * @param panels each panel by itself, for narrow screens, by the ending of the name of its files; empty to scroll the
     *     whole
     * @param files names of the figure's files in the folder of the page
     */
    public record Picture(String name, String caption, Figure whole, Map<String, Figure> panels, List<String> files) {
        /** Copies list and map, keeping their order. */
        public Picture {
            panels = Collections.unmodifiableMap(new LinkedHashMap<>(panels));
            files = List.copyOf(files);
        }

        /** A figure that has not been written. */
        public Picture(String name, String caption, Figure whole, Map<String, Figure> panels) {
            this(name, caption, whole, panels, List.of());
        }

        // The assembled figure is as wide as asked; panels are what fills one column, or the row that is theirs alone.
        Picture write(Path folder, Style style, PageWidth width) {
            Map<String, Figure> drawings = new LinkedHashMap<>();
            drawings.put(name, whole.in(style).in(width));
            panels.forEach((panel, figure) ->
                    drawings.put(name + "-" + panel, figure.in(style).in(width.narrower(figure.page()))));
            List<String> written = drawings.entrySet().stream()
                    .flatMap(drawing -> files(drawing.getValue(), folder, drawing.getKey()).stream())
                    .toList();
            return new Picture(name, caption, whole, panels, written);
        }

        private static List<String> files(Figure figure, Path folder, String name) {
            try {
                return figure.write(folder, name).values().stream()
                        .map(file -> file.getFileName().toString())
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * A table that readers sort by pressing a heading.
     *
     * @param caption what it shows
     * @param header names of the columns
     * @param rows as many cells each; a cell that begins with a number sorts by it
     */
    public record Table(String caption, List<String> header, List<List<String>> rows) {
        /** A row for each item. */
        public static <T> Table of(String caption, List<String> header, List<T> items, Function<T, List<String>> row) {
            return new Table(caption, header, items.stream().map(row).toList());
        }

        /** @throws InvalidInputException if a row has another number of cells than there are columns */
        public Table {
            header = List.copyOf(header);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<String> row : rows) {
                if (row.size() != header.size()) {
                    throw new InvalidInputException("table '" + caption + "': a row has " + row.size() + " cells for "
                            + header.size() + " columns");
                }
            }
        }
    }

    /**
     * Where the run came from.
     *
     * @param command what to type to get it again, empty for none
     * @param configuration as YAML, empty for none
     * @param provenance versions, seeds, machine, in order
     */
    public record Origin(String command, String configuration, Map<String, ?> provenance) {}

    /**
     * Writes every figure and each of its panels, {@code name.png}, {@code name-panel.png} and so on, as SVG and PDF too.
     *
     * @param width of the assembled figures
     * @return the same report, with the names of the files
     * @throws InvalidInputException if a file cannot be written
     */
    public Report writeFigures(Path folder, Style style, PageWidth width) {
        return new Report(
                title,
                judged,
                verdicts,
                figures.stream()
                        .map(picture -> picture.write(folder, style, width))
                        .toList(),
                tables,
                summary);
    }

    /** Copies the lists and the map, keeping their order. */
    public Report {
        verdicts = List.copyOf(verdicts);
        figures = List.copyOf(figures);
        tables = List.copyOf(tables);
        summary = new LinkedHashMap<>(summary);
    }
}
