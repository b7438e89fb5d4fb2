package org.widthbench.reproduce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;

/** Named panels in rows: one assembled figure, and each panel by itself. */
final class FigurePage {
    /** Height of a panel that stands alone, in points. */
    private static final double ALONE = 170;

    private final List<Row> rows = new ArrayList<>();

    private record Row(double height, Map<String, Panel> panels) {}

    /** One more row, {@code height} points tall; panels by name, in the order of their letters. */
    FigurePage row(double height, Map<String, Panel> panels) {
        rows.add(new Row(height, new LinkedHashMap<>(panels)));
        return this;
    }

    /** A row of one panel. */
    FigurePage row(double height, String name, Panel panel) {
        return row(height, Map.of(name, panel));
    }

    /** The figure for the page, yet to be written. */
    Report.Picture picture(String name, String caption) {
        Figure.Builder assembled = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN);
        Map<String, Figure> alone = new LinkedHashMap<>();
        for (Row row : rows) {
            assembled.row(row.height(), row.panels().values().toArray(new Panel[0]));
            double height = Math.max(ALONE, row.height());
            row.panels()
                    .forEach((panel, drawing) -> alone.put(panel, Figure.of(Style.PAPER, width(row), height, drawing)));
        }
        return new Report.Picture(name, caption, assembled.build(), alone);
    }

    /** What fills a row of the page needs its width alone too. */
    private static PageWidth width(Row row) {
        return row.panels().size() == 1 ? PageWidth.DOUBLE_COLUMN : PageWidth.SINGLE_COLUMN;
    }
}
