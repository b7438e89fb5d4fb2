package org.widthbench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.InvalidInputException;
import org.widthbench.figure.Figure;

/**
 * What a page says about a run. All text is plain: the page escapes it.
 *
 * @param title heading and window title
 * @param verdicts findings, the first lines of the page; the run passes if all are good, and is not judged without any
 * @param figures in reading order
 * @param tables in reading order
 * @param summary named numbers and maps of them, in order; those whose names end in {@code Seconds} become timings
 */
public record Report(
        String title, List<Verdict> verdicts, List<Picture> figures, List<Table> tables, Map<String, Object> summary) {

    /**
     * One finding.
     *
     * @param good whether it is as it should be
     * @param text one sentence with its numbers
     */
    public record Verdict(boolean good, String text) {}

    /**
     * A figure with its caption.
     *
     * @param name letters, digits and hyphens, unique in the page
     * @param caption one or two sentences
     * @param whole all panels together, for wide screens
     * @param panels each panel by itself, for narrow screens; empty to scroll the whole
     * @param files names of the same figure's files in the folder of the page
     */
    public record Picture(String name, String caption, Figure whole, List<Figure> panels, List<String> files) {
        /** Copies the lists. */
        public Picture {
            panels = List.copyOf(panels);
            files = List.copyOf(files);
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

    /** Copies the lists and the map, keeping their order. */
    public Report {
        verdicts = List.copyOf(verdicts);
        figures = List.copyOf(figures);
        tables = List.copyOf(tables);
        summary = new LinkedHashMap<>(summary);
    }
}
