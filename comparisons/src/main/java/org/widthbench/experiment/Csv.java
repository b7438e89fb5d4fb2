package org.widthbench.experiment;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.widthbench.core.io.AtomicFile;

/** A table as text: a line per row, cells between commas, every digit of the numbers. */
public final class Csv {
    private final StringBuilder text = new StringBuilder();
    private final int columns;

    /** An empty table with these columns. */
    public Csv(String... columns) {
        this(List.of(columns));
    }

    /** An empty table with these columns. */
    public Csv(List<String> columns) {
        this.columns = columns.size();
        row(columns.toArray());
    }

    /**
     * One more row. What is no finite number leaves its cell empty; text with a comma or a quote goes between quotes.
     *
     * @throws IllegalArgumentException if there are not as many cells as columns
     */
    public Csv row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        text.append(Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(",")))
                .append('\n');
        return this;
    }

    private static String cell(Object value) {
        if (value instanceof Double number && !Double.isFinite(number)) {
            return "";
        }
        String cell = String.valueOf(value);
        return !cell.matches("[^\",\\r\\n]*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    /** The whole table. */
    public String text() {
        return text.toString();
    }

    /** Writes it, whole or not at all. */
    public void write(Path file) {
        AtomicFile.writeText(file, text());
    }
}
