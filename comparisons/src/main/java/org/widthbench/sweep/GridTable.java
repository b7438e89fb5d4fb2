package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Json;

/** The alignment tables of all points of a grid in one: the columns of each, then one per axis of the grid. */
public final class GridTable {
    private final StringBuilder csv = new StringBuilder();

    /** @param axes dotted paths of the grid, in order */
    public GridTable(Iterable<String> axes) {
        List<String> header = new ArrayList<>(List.of(AlignmentTable.HEADER));
        axes.forEach(path -> header.add(quoted(path)));
        csv.append(String.join(",", header)).append('\n');
    }

    /** Adds the rows of a point. */
    public void add(GridPoint point, AlignmentTable table) {
        StringBuilder values = new StringBuilder();
        point.values().values().forEach(value -> values.append(',').append(quoted(Json.compact(value))));
        table.csv().lines().skip(1).forEach(row -> csv.append(row)
                .append(values)
                .append('\n'));
    }

    /** Writes {@code alignment.csv}. */
    public void write(Path file) {
        AtomicFile.writeText(file, csv.toString());
    }

    /** RFC 4180. */
    private static String quoted(String cell) {
        return cell.matches("[^\",\\r\\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
    }
}
