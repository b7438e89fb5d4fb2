package org.widthbench.consistency;

import java.util.ArrayList;
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

    /** Of rows so many that the figure would not fit on a screen. */
    private static final double LOW = 105;

    ClaimFigure {
        rows = rows.stream().filter(row -> !row.isEmpty()).map(List::copyOf).toList();
        fits = List.copyOf(fits);
    }

    /** The figure, not yet written; its panels stand together on any screen. */
    Report.Picture picture() {
        Figure.Builder whole = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN);
        for (List<Panel> row : rows) {
            whole.row(rows.size() > 2 ? LOW : HEIGHT, row.toArray(new Panel[0]));
        }
        return new Report.Picture(name, caption + " " + reading, whole.build(), Map.of());
    }

    /** A figure in the making, task by task. */
    static final class Draft {
        private final Claim claim;
        private final List<List<Panel>> rows = new ArrayList<>();
        private final List<String> readings = new ArrayList<>();
        private final List<Scaling> fits = new ArrayList<>();

        Draft(Claim claim) {
            this.claim = claim;
        }

        /** The panels of a row, counted from the top, to be added to. */
        List<Panel> row(int number) {
            while (rows.size() <= number) {
                rows.add(new ArrayList<>());
            }
            return rows.get(number);
        }

        /** What the numbers of one task say, a part of a sentence. */
        void reading(String part) {
            readings.add(part);
        }

        /** Keeps how something falls with the width, and gives it back. */
        Scaling fit(Scaling scaling) {
            fits.add(scaling);
            return scaling;
        }

        ClaimFigure finish(String caption) {
            return new ClaimFigure(claim.figure(), caption, TaskView.sentence(readings), rows, fits);
        }
    }
}
