package org.widthbench.consistency;

import java.util.List;
import java.util.Map;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;

/**
 * A figure about one claim.
 *
 * @param name of its files
 * @param caption what is shown
 * @param reading one sentence made from the numbers
 * @param rows panels from top to bottom; empty rows are left out
 * @param fits how what it shows falls with the width
 */
record ClaimFigure(String name, String caption, String reading, List<List<Panel>> rows, List<Scaling> fits) {
    private static final double HEIGHT = 150;

    ClaimFigure {
        rows = rows.stream().filter(row -> !row.isEmpty()).map(List::copyOf).toList();
        fits = List.copyOf(fits);
    }

    /** The figure, not yet written; its panels stand together on any screen. */
    Report.Picture picture() {
        Figure.Builder whole = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN);
        for (List<Panel> row : rows) {
            whole.row(HEIGHT, row.toArray(new Panel[0]));
        }
        return new Report.Picture(name, caption + " " + reading, whole.build(), Map.of());
    }
}
