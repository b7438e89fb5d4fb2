package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;

/** A figure about one claim, which grows task by task. */
final class ClaimFigure {
    private static final double HEIGHT = 150;

    /** Of rows so many that the figure would not fit on a screen. */
    private static final double LOW = 105;

    private final Claim claim;
    private final String caption;
    private final List<List<Panel>> rows = new ArrayList<>();
    private final List<String> readings = new ArrayList<>();
    private final List<Scaling> fits = new ArrayList<>();

    /** @param caption what is shown */
    ClaimFigure(Claim claim, String caption) {
        this.claim = claim;
        this.caption = caption;
    }

    /** Name of its files. */
    String name() {
        return claim.figure();
    }

    /** The panels of a row, counted from the top, to be added to; rows that stay empty are left out. */
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

    /** One sentence made from the numbers. */
    String reading() {
        return String.join("; ", readings) + ".";
    }

    /** Keeps how something falls with the width, and gives it back. */
    Scaling fit(Scaling scaling) {
        fits.add(scaling);
        return scaling;
    }

    /** How what it shows falls with the width. */
    List<Scaling> fits() {
        return fits;
    }

    /** The figure, not yet written; its panels stand together on any screen. */
    Report.Picture picture() {
        Figure.Builder whole = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN);
        rows.removeIf(List::isEmpty);
        rows.forEach(row -> whole.row(rows.size() > 2 ? LOW : HEIGHT, row.toArray(new Panel[0])));
        return new Report.Picture(name(), caption + " " + reading(), whole.build(), Map.of());
    }
}
