package org.widthbench.figure;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jfree.chart.ui.RectangleEdge;
import org.widthbench.core.InvalidInputException;

/** A grid of matrices as images with one colour map, symmetric around zero, and colour bars. */
public final class HeatMapPanel extends Panel {
    private static final double BAR_WIDTH = 5;
    /** Where no value goes further below zero, as a fraction of the largest, the bar begins at zero. */
    private static final double NEGLIGIBLE = 0.02;
    /** Of a unit that a title names. */
    private static final int UNIT_DIGITS = 3;

    private final List<Row> rows;
    private final List<String> columnTitles;
    private final String horizontalLabel;
    private final String verticalLabel;
    private final String title;
    private final double limit;
    private final boolean signed;
    private final double[] extent;

    /** One map per column of the grid, with the text at their left. */
    private record Row(String label, Side side, List<double[][]> maps) {}

    private HeatMapPanel(Builder builder) {
        rows = List.copyOf(builder.rows);
        columnTitles = List.copyOf(builder.columnTitles);
        horizontalLabel = builder.horizontalLabel;
        verticalLabel = builder.verticalLabel;
        title = builder.title;
        extent = builder.extent;
        double[] ends = ends(rows.stream().flatMap(row -> row.maps.stream()).toList());
        double largest = largest(ends);
        limit = largest > 0 ? largest : 1;
        signed = ends[0] < -NEGLIGIBLE * limit;
    }

    /** Starts a grid whose columns have these titles. */
    public static Builder columns(List<String> titles) {
        return new Builder(titles);
    }

    /** Collects rows of maps. */
    public static final class Builder implements Panel.Builder {
        private final List<Row> rows = new ArrayList<>();
        private final List<String> columnTitles;
        private String horizontalLabel = "";
        private String verticalLabel = "";
        private String title = "";
        private double[] extent;

        private Builder(List<String> titles) {
            columnTitles = new ArrayList<>(titles);
        }

        /**
         * A row of networks' maps; with {@link #theory} a page can then show their difference.
         *
         * @param label text at its left
         * @param maps one matrix {@code (rows, columns)} per column of the grid
         * @throws InvalidInputException if their number is wrong, or a matrix is empty, ragged or not finite
         */
        public Builder network(String label, List<double[][]> maps) {
            return row(label, Side.NETWORK, maps);
        }

        /** A row of the theory's maps, see {@link #network}. */
        public Builder theory(String label, List<double[][]> maps) {
            return row(label, Side.THEORY, maps);
        }

        /** One more row, see {@link #network}. */
        Builder row(String label, Side side, List<double[][]> maps) {
            if (maps.size() != columnTitles.size()) {
                throw new InvalidInputException("heat map row '" + label + "': " + maps.size() + " maps for "
                        + columnTitles.size() + " columns");
            }
            maps.forEach(map -> check(label, map));
            rows.add(new Row(label, side, List.copyOf(maps)));
            return this;
        }

        /** Names of the two indices, drawn at the lower left map. */
        public Builder axes(String vertical, String horizontal) {
            verticalLabel = vertical;
            horizontalLabel = horizontal;
            return this;
        }

        /** Values of both indices at the first and last entry, for numbers on the axes. */
        public Builder extent(double first, double last) {
            extent = new double[] {first, last};
            return this;
        }

        /** Text above the panel. */
        public Builder title(String text) {
            title = text;
            return this;
        }

        /** Shows the maps of each column in units of the largest value in any, which its title then says. */
        public Builder eachByItsLargest() {
            double[] units = new double[columnTitles.size()];
            for (int c = 0; c < units.length; c++) {
                int column = c;
                double largest = largest(
                        ends(rows.stream().map(row -> row.maps.get(column)).toList()));
                units[c] = largest > 0 ? largest : 1;
                columnTitles.set(c, columnTitles.get(c) + ", max " + Numbers.significant(largest, UNIT_DIGITS));
            }
            rows.replaceAll(row -> new Row(
                    row.label,
                    row.side,
                    IntStream.range(0, units.length)
                            .mapToObj(column -> scaled(row.maps.get(column), 1 / units[column]))
                            .toList()));
            return this;
        }

        private static double[][] scaled(double[][] map, double factor) {
            return Arrays.stream(map)
                    .map(line -> Arrays.stream(line).map(x -> factor * x).toArray())
                    .toArray(double[][]::new);
        }

        @Override
        public HeatMapPanel build() {
            if (rows.isEmpty() || columnTitles.isEmpty()) {
                throw new InvalidInputException("heat map '" + title + "': there is nothing to draw");
            }
            return new HeatMapPanel(this);
        }

        private static void check(String label, double[][] map) {
            if (map.length == 0 || map[0].length == 0) {
                throw new InvalidInputException("heat map row '" + label + "': a map is empty");
            }
            for (int i = 0; i < map.length; i++) {
                if (map[i].length != map[0].length) {
                    throw new InvalidInputException("heat map row '" + label + "': line " + i + " has " + map[i].length
                            + " entries, the first has " + map[0].length);
                }
                for (double value : map[i]) {
                    if (!Double.isFinite(value)) {
                        throw new InvalidInputException("heat map row '" + label + "': line " + i + " holds " + value);
                    }
                }
            }
        }
    }

    /** Smallest and largest value, zero among them. */
    private static double[] ends(List<double[][]> maps) {
        double[] ends = {0, 0};
        maps.stream().flatMap(Arrays::stream).flatMapToDouble(Arrays::stream).forEach(value -> {
            ends[0] = Math.min(ends[0], value);
            ends[1] = Math.max(ends[1], value);
        });
        return ends;
    }

    private static double largest(double... ends) {
        return Math.max(-ends[0], ends[1]);
    }

    // Networks minus theory, a row for each theory where there is one row of networks.
    @Override
    Optional<Panel> difference() {
        List<Row> networks = of(Side.NETWORK);
        List<Row> theories = of(Side.THEORY);
        if (networks.size() != 1 || theories.isEmpty()) {
            return Optional.empty();
        }
        Builder builder =
                columns(columnTitles).axes(verticalLabel, horizontalLabel).title(title);
        builder.extent = extent;
        for (Row theory : theories) {
            List<double[][]> differences = IntStream.range(0, columnTitles.size())
                    .mapToObj(column -> Difference.of(networks.get(0).maps.get(column), theory.maps.get(column)))
                    .toList();
            builder.row(theories.size() > 1 ? theory.label : "network \u2212 theory", Side.NEITHER, differences);
        }
        return Optional.of(builder.build());
    }

    private List<Row> of(Side side) {
        return rows.stream().filter(row -> row.side == side).toList();
    }

    @Override
    public HeatMapPanel standingAlone() {
        return this;
    }

    @Override
    double tallest(Style style, double width) {
        return side(style, width, Double.POSITIVE_INFINITY)[2];
    }

    @Override
    double narrowest(Style style) {
        return style.room(PageWidth.NARROWEST_MAPS);
    }

    private ScaledAxis barAxis(Style style) {
        return new ScaledAxis(new Range(Scale.LINEAR, signed ? -limit : 0, limit), "", style);
    }

    private double between(Style style) {
        return Math.ceil(1.6 * style.gap());
    }

    private double barGap(Style style) {
        return 2 * style.gap();
    }

    private double rowLabelWidth(Style style) {
        return rows.stream()
                        .mapToDouble(row -> new RichText(row.label, style.legendSize()).height())
                        .max()
                        .orElse(0)
                + style.gap();
    }

    private double verticalLabelWidth(Style style) {
        double label =
                verticalLabel.isEmpty() ? 0 : new RichText(verticalLabel, style.labelSize()).width() + style.gap();
        return Math.max(label, extent == null ? 0 : extentText(extent[1], style).width() + style.gap());
    }

    private static RichText extentText(double value, Style style) {
        return new RichText(Numbers.shortest(value), style.tickSize());
    }

    @Override
    String title() {
        return title;
    }

    @Override
    Margins margins(Style style, double width, double height) {
        double title = columnTitles.stream()
                .mapToDouble(text -> new RichText(text, style.labelSize()).height())
                .max()
                .orElse(0);
        double below =
                horizontalLabel.isEmpty() ? 0 : new RichText(horizontalLabel, style.labelSize()).height() + style.gap();
        return new Margins(
                title + style.gap(),
                rowLabelWidth(style) + verticalLabelWidth(style),
                below,
                barGap(style) + BAR_WIDTH + barAxis(style).depth(side(style, width, height)[2], RectangleEdge.RIGHT));
    }

    // Width and height of a map, height of the grid: square pixels of the page for square matrices.
    private double[] side(Style style, double width, double height) {
        int count = rows.size();
        int columns = columnTitles.size();
        double[][] first = rows.get(0).maps.get(0);
        double aspect = (double) first.length / first[0].length;
        double w = (width - (columns - 1) * between(style)) / columns;
        double h = (height - (count - 1) * between(style)) / count;
        double side = Math.max(4, Math.floor(Math.min(w, h / aspect)));
        double tall = Math.floor(side * aspect);
        return new double[] {side, tall, count * tall + (count - 1) * between(style)};
    }

    @Override
    Map<String, Object> values(Rectangle2D area, Style style) {
        List<Map<String, Object>> places = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < columnTitles.size(); column++) {
                double[][] map = rows.get(row).maps.get(column);
                int stride = (map.length + HoverValues.MOST_LINES - 1) / HoverValues.MOST_LINES;
                List<double[]> lines = new ArrayList<>();
                for (int i = 0; i < map.length; i += stride) {
                    double[] line = map[i];
                    int entries = (line.length + stride - 1) / stride;
                    lines.add(HoverValues.rounded(IntStream.range(0, entries)
                            .mapToDouble(j -> line[j * stride])
                            .toArray()));
                }
                places.add(Map.of(
                        "name",
                        RichText.plain(rows.get(row).label + ", " + columnTitles.get(column)),
                        "side",
                        rows.get(row).side.word(),
                        "area",
                        HoverValues.corners(place(area, row, column, style)),
                        "stride",
                        stride,
                        "values",
                        lines));
            }
        }
        return Map.of(
                "kind",
                "map",
                "vertical",
                RichText.plain(verticalLabel),
                "horizontal",
                RichText.plain(horizontalLabel),
                "maps",
                places);
    }

    // A grid narrower than its area, as one of few layers is, stands in the middle.
    private Rectangle2D place(Rectangle2D area, int row, int column, Style style) {
        double[] side = side(style, area.getWidth(), area.getHeight());
        int columns = columnTitles.size();
        double spare = area.getWidth() - columns * side[0] - (columns - 1) * between(style);
        return new Rectangle2D.Double(
                area.getX() + Math.floor(spare / 2) + column * (side[0] + between(style)),
                area.getY() + row * (side[1] + between(style)),
                side[0],
                side[1]);
    }

    @Override
    void draw(Graphics2D g, Rectangle2D area, Style style) {
        int last = rows.size() - 1;
        for (int row = 0; row <= last; row++) {
            int here = row;
            rows.get(row).side.group(g, () -> drawRow(g, here, area, style));
        }
        for (int column = 0; column < columnTitles.size(); column++) {
            Rectangle2D place = place(area, 0, column, style);
            RichText name = fitted(columnTitles.get(column), style.labelSize(), place.getWidth());
            name.draw(g, place.getCenterX(), place.getY() - style.gap() - name.descent(), 0.5, style.foreground());
        }
        drawIndices(g, place(area, last, 0, style), style);
        Rectangle2D upper = place(area, 0, columnTitles.size() - 1, style);
        double bottom = place(area, last, 0, style).getMaxY();
        drawBar(
                g,
                new Rectangle2D.Double(upper.getMaxX() + barGap(style), upper.getY(), BAR_WIDTH, bottom - upper.getY()),
                style);
    }

    private void drawRow(Graphics2D g, int row, Rectangle2D area, Style style) {
        drawRowLabel(g, rows.get(row).label, place(area, row, 0, style), style);
        for (int column = 0; column < columnTitles.size(); column++) {
            MapImage.draw(g, rows.get(row).maps.get(column), limit, place(area, row, column, style), style);
        }
    }

    // A label longer than its row or column is set smaller, not into the next.
    private static RichText fitted(String label, double size, double room) {
        RichText text = new RichText(label, size);
        return text.width() <= room ? text : new RichText(label, size * room / text.width());
    }

    private void drawRowLabel(Graphics2D g, String label, Rectangle2D place, Style style) {
        RichText text = fitted(label, style.legendSize(), place.getHeight());
        double middle = place.getX() - verticalLabelWidth(style) - (rowLabelWidth(style) + style.gap()) / 2;
        text.drawUpwards(g, middle, place.getCenterY(), style.foreground());
    }

    private void drawIndices(Graphics2D g, Rectangle2D place, Style style) {
        RichText horizontal = new RichText(horizontalLabel, style.labelSize());
        double baseline = place.getMaxY() + style.gap() + horizontal.ascent();
        horizontal.draw(g, place.getCenterX(), baseline, 0.5, style.foreground());
        RichText vertical = new RichText(verticalLabel, style.labelSize());
        double left = place.getX() - style.gap();
        vertical.draw(g, left, place.getCenterY() + vertical.ascent() / 2, 1, style.foreground());
        if (extent == null) {
            return;
        }
        RichText first = extentText(extent[0], style);
        RichText last = extentText(extent[1], style);
        // Beside a small map there is room for the letter only.
        double longest = 2 * Math.max(first.width(), last.width()) + horizontal.width() + 2 * style.gap();
        if (longest <= place.getWidth()) {
            first.draw(g, place.getX(), baseline, 0, style.foreground());
            last.draw(g, place.getMaxX(), baseline, 1, style.foreground());
        }
        if (2 * first.height() + vertical.height() + style.gap() <= place.getHeight()) {
            first.draw(g, left, place.getY() + first.ascent(), 1, style.foreground());
            last.draw(g, left, place.getMaxY(), 1, style.foreground());
        }
    }

    private void drawBar(Graphics2D g, Rectangle2D place, Style style) {
        MapImage.drawRamp(g, signed, place, style);
        barAxis(style).draw(g, 0, place, place, RectangleEdge.RIGHT, null);
    }
}
