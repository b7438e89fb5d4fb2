package org.widthbench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;

/** Named panels in rows: one assembled figure, and each panel by itself. */
public final class FigurePage {
    /** Height of a panel that stands alone, in points. */
    private static final double ALONE = 170;

    private final List<Row> rows = new ArrayList<>();

    private record Row(double height, double[] weights, Map<String, Panel> panels) {}

    /**
     * Starts a row.
     *
     * @param height in points, with labels
     * @param weights widths of its panels in proportion; none if they are equally wide
     */
    public FigurePage row(double height, double... weights) {
        rows.add(new Row(height, weights, new LinkedHashMap<>()));
        return this;
    }

    /** One more panel in the row, under the ending of the name of its own files; its letter is the next. */
    public FigurePage panel(String name, Panel.Builder panel) {
        rows.get(rows.size() - 1).panels.put(name, panel.build());
        return this;
    }

    /** Whether there is no panel. */
    public boolean isEmpty() {
        return rows.stream().allMatch(row -> row.panels.isEmpty());
    }

    /** The figure for the page, yet to be written; rows without panels are left out. */
    public Report.Picture picture(String name, String caption) {
        Figure.Builder assembled = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN);
        Map<String, Figure> alone = new LinkedHashMap<>();
        rows.removeIf(row -> row.panels.isEmpty());
        for (Row row : rows) {
            int count = row.panels.size();
            double[] weights = row.weights.clone();
            if (weights.length == 0) {
                weights = new double[count];
                Arrays.fill(weights, 1);
            }
            assembled.row(row.height, weights, row.panels.values().toArray(new Panel[0]));
            // What fills a row of the page needs its width alone too.
            PageWidth width = count == 1 ? PageWidth.DOUBLE_COLUMN : PageWidth.SINGLE_COLUMN;
            double height = Math.max(ALONE, row.height);
            row.panels.forEach((panel, drawing) ->
                    alone.put(panel, Figure.of(Style.PAPER, width, height, drawing.standingAlone())));
        }
        return new Report.Picture(name, caption, assembled.build(), alone);
    }
}
