package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.widthbench.experiment.Csv;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Json;

/** The alignment tables of all points of a grid in one: the columns of each, then one per axis of the grid. */
public final class GridTable {
    private final Csv csv;

    /** @param axes dotted paths of the grid, in order */
    public GridTable(Iterable<String> axes) {
        List<String> columns = new ArrayList<>(AlignmentTable.columns());
        axes.forEach(columns::add);
        csv = new Csv(columns);
    }

    /** Adds the rows of a point. */
    public void add(GridPoint point, AlignmentTable table) {
        table.addTo(csv, point.values().values().stream().map(Json::compact).toArray());
    }

    /** Writes {@code alignment.csv}. */
    public void write(Path file) {
        csv.write(file);
    }
}
