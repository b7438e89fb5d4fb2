package org.widthbench.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;

/**
 * Rows of panels, lettered (a), (b), ... from the top left. Sizes are points at print size; a figure is drawn anew for
 * each format.
 */
public final class Figure {
    /** Dots per inch of PNG files, what journals ask of line art with text at least. */
    public static final int PNG_DPI = 300;

    private static final double COLUMN_GAP = 9;
    private static final double ROW_GAP = 7;
    private static final double BORDER = 2;
    /** Rounds of fitting margins to the data area they leave; the second changes a label's width at most. */
    private static final int MARGIN_ROUNDS = 2;

    private final Style style;
    private final PageWidth width;
    private final List<Row> rows;
    private final boolean lettered;
    private final List<Placement> placements;

    private record Row(double height, List<Panel> panels, double[] weights) {
        /** Panels of one width. */
        static Row of(double height, List<Panel> panels) {
            double[] weights = new double[panels.size()];
            Arrays.fill(weights, 1);
            return new Row(height, panels, weights);
        }
    }

    /** Where a panel goes: its place among the others, its share of the page, and the data area within that. */
    record Placement(Panel panel, String letter, int row, int column, Rectangle2D slot, Rectangle2D area) {
        private Placement withArea(Rectangle2D other) {
            return new Placement(panel, letter, row, column, slot, other);
        }

        private Panel.Margins margins(Style style) {
            return panel.margins(style, area.getWidth(), area.getHeight());
        }
    }

    private Figure(Style style, PageWidth width, List<Row> rows, boolean lettered) {
        this.style = style;
        this.width = width;
        this.rows = List.copyOf(rows);
        this.lettered = lettered;
        this.placements = place();
    }

    /** Starts a figure. */
    public static Builder of(Style style, PageWidth width) {
        return new Builder(style, width);
    }

    /** One panel by itself, without a letter. */
    public static Figure of(Style style, PageWidth width, double height, Panel panel) {
        return new Builder(style, width).withoutLetters().row(height, panel).build();
    }

    /** Collects rows of panels. */
    public static final class Builder {
        private final Style style;
        private final PageWidth width;
        private final List<Row> rows = new ArrayList<>();
        private boolean lettered = true;

        private Builder(Style style, PageWidth width) {
            this.style = style;
            this.width = width;
        }

        /** Leaves out the letters (a), (b), ... */
        public Builder withoutLetters() {
            lettered = false;
            return this;
        }

        /** A row of equally wide panels, {@code height} points tall with their labels. */
        public Builder row(double height, Panel... panels) {
            return row(height, Row.of(height, List.of(panels)).weights, panels);
        }

        /** A row of panels as wide as their weights say. */
        public Builder row(double height, double[] weights, Panel... panels) {
            if (panels.length == 0 || weights.length != panels.length || !(height > 0)) {
                throw new InvalidInputException("figure: a row needs a height, panels and one weight for each");
            }
            rows.add(new Row(height, List.of(panels), weights.clone()));
            return this;
        }

        /** @throws InvalidInputException if there is no row */
        public Figure build() {
            if (rows.isEmpty()) {
                throw new InvalidInputException("figure: there is no panel");
            }
            return new Figure(style, width, rows, lettered);
        }
    }

    /** The same figure in another style. */
    public Figure in(Style other) {
        return new Figure(other, width, rows, lettered);
    }

    /** The same figure at another width. On a narrower page fewer panels stand in a row, in the order of their letters. */
    public Figure in(PageWidth other) {
        if (other == width) {
            return this;
        }
        List<Row> flowed = new ArrayList<>();
        rows.forEach(row -> flowed.addAll(flow(row, other)));
        return new Figure(style, other, flowed, lettered).withoutEmptySpace();
    }

    // Rows of maps alone, which are narrower or fewer than the row was meant for, end below their maps.
    private Figure withoutEmptySpace() {
        List<Row> fitted = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int number = i;
            Row row = rows.get(i);
            double spare = placements.stream()
                    .filter(p -> p.row == number)
                    .mapToDouble(p -> p.area.getHeight() - p.panel.tallest(style, p.area.getWidth()))
                    .min()
                    .orElseThrow();
            boolean empty = spare > 0 && spare < row.height * style.page();
            fitted.add(empty ? new Row(row.height - spare / style.page(), row.panels, row.weights) : row);
        }
        return new Figure(style, width, fitted, lettered);
    }

    // The first rows take fewer panels, so that the last, which carries the eye on to the caption, is full.
    private List<Row> flow(Row row, PageWidth page) {
        int count = row.panels.size();
        double narrowest = row.panels.stream()
                .mapToDouble(panel -> panel.narrowest(style))
                .max()
                .orElseThrow();
        int most = Math.max(1, (int) ((page.points() - 2 * BORDER + COLUMN_GAP) / (narrowest + COLUMN_GAP)));
        if (count <= most) {
            return List.of(row);
        }
        int lines = (count + most - 1) / most;
        List<Row> flowed = new ArrayList<>();
        for (int line = 0, from = 0; line < lines; line++) {
            int to = count - (lines - 1 - line) * most;
            flowed.add(Row.of(row.height, row.panels.subList(from, to)));
            from = to;
        }
        return flowed;
    }

    /** The same figure with networks minus theory in each panel that has both; empty if none has. */
    public Optional<Figure> difference() {
        if (rows.stream().flatMap(row -> row.panels.stream()).allMatch(panel -> panel.difference()
                .isEmpty())) {
            return Optional.empty();
        }
        List<Row> differences = rows.stream()
                .map(row -> new Row(
                        row.height,
                        row.panels.stream()
                                .map(panel -> panel.difference().orElse(panel))
                                .toList(),
                        row.weights))
                .toList();
        return Optional.of(new Figure(style, width, differences, lettered).withoutEmptySpace());
    }

    /** The page that it is drawn for. */
    public PageWidth page() {
        return width;
    }

    /** Width in points. */
    public double width() {
        return width.points() * style.page();
    }

    /** Height in points. */
    public double height() {
        return Math.ceil(2 * BORDER + rows.stream().mapToDouble(this::height).sum() + (rows.size() - 1) * ROW_GAP);
    }

    private double height(Row row) {
        return row.height * style.page();
    }

    Color background() {
        return style.background();
    }

    List<Placement> placements() {
        return placements;
    }

    private List<Placement> place() {
        List<Placement> places = slots();
        for (int round = 0; round < MARGIN_ROUNDS; round++) {
            List<Placement> before = places;
            List<Panel.Margins> margins =
                    before.stream().map(place -> place.margins(style)).toList();
            places = before.stream()
                    .map(place -> place.withArea(
                            inner(place.slot, titleHeight(rows.get(place.row)), shared(place, before, margins))))
                    .toList();
        }
        return places;
    }

    // The data area is the whole slot at first.
    private List<Placement> slots() {
        List<Placement> slots = new ArrayList<>();
        double y = BORDER;
        for (int row = 0; row < rows.size(); row++) {
            double[] weights = rows.get(row).weights;
            double free = width() - 2 * BORDER - (weights.length - 1) * COLUMN_GAP;
            double unit = free / Arrays.stream(weights).sum();
            double height = height(rows.get(row));
            double x = BORDER;
            for (int column = 0; column < weights.length; column++) {
                Rectangle2D slot = new Rectangle2D.Double(x, y, unit * weights[column], height);
                String letter = lettered ? "(" + (char) ('a' + slots.size()) + ")" : "";
                slots.add(new Placement(rows.get(row).panels.get(column), letter, row, column, slot, slot));
                x += unit * weights[column] + COLUMN_GAP;
            }
            y += height + ROW_GAP;
        }
        return slots;
    }

    // Panels of a kind share what lies left and right of them down a column, and what lies below them along a row.
    private Panel.Margins shared(Placement own, List<Placement> all, List<Panel.Margins> margins) {
        double left = 0;
        double bottom = 0;
        double right = 0;
        for (int i = 0; i < all.size(); i++) {
            Placement other = all.get(i);
            boolean alike = other.panel.getClass().equals(own.panel.getClass());
            if (alike
                    && other.column == own.column
                    && Arrays.equals(rows.get(other.row).weights, rows.get(own.row).weights)) {
                left = Math.max(left, margins.get(i).left());
                right = Math.max(right, margins.get(i).right());
            }
            bottom = alike && other.row == own.row
                    ? Math.max(bottom, margins.get(i).bottom())
                    : bottom;
        }
        return new Panel.Margins(margins.get(all.indexOf(own)).top(), left, bottom, right);
    }

    // The line of letters and titles.
    private double titleHeight(Row row) {
        double tallest = lettered ? style.letterSize() : 0;
        for (Panel panel : row.panels) {
            if (!panel.title().isEmpty()) {
                RichText title = new RichText(panel.title(), style.labelSize());
                tallest = Math.max(tallest, titleAscent() + title.descent() + 1.5 * style.gap());
            }
        }
        return tallest;
    }

    private double titleAscent() {
        return Math.max(0.8 * style.letterSize(), 1.1 * style.labelSize());
    }

    // Whole points: JFreeChart rounds data areas to them.
    private static Rectangle2D inner(Rectangle2D slot, double title, Panel.Margins margins) {
        double x0 = Math.ceil(slot.getX() + margins.left());
        double y0 = Math.ceil(slot.getY() + title + margins.top());
        double x1 = Math.floor(slot.getMaxX() - margins.right());
        double y1 = Math.floor(slot.getMaxY() - margins.bottom());
        if (x1 - x0 < 12 || y1 - y0 < 12) {
            throw new InvalidInputException("figure: a panel of " + Math.round(slot.getWidth()) + " x "
                    + Math.round(slot.getHeight()) + " points has no room left beside its labels");
        }
        return new Rectangle2D.Double(x0, y0, x1 - x0, y1 - y0);
    }

    /** Draws at print size with the origin at the top left. */
    void draw(Graphics2D g) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(style.background());
        g.fill(new Rectangle2D.Double(0, 0, width(), height()));
        for (Placement placement : placements) {
            placement.panel.draw(g, placement.area, style);
            double baseline = placement.slot.getY() + titleAscent();
            if (!placement.letter.isEmpty() && g instanceof SvgGraphics svg) {
                svg.nameNext("panel-" + placement.letter.replaceAll("[()]", ""));
            }
            RichText letter = new RichText(placement.letter, style.letterSize(), Typeface.BOLD);
            letter.draw(g, placement.slot.getX(), baseline, 0, style.foreground());
            drawTitle(g, placement, letter.width(), baseline);
        }
    }

    // Centred over the data area unless that runs into the letter or off the panel; smaller where it is too long.
    private void drawTitle(Graphics2D g, Placement placement, double letterWidth, double baseline) {
        double left = placement.slot.getX() + (letterWidth > 0 ? letterWidth + 2 * style.gap() : 0);
        double room = placement.slot.getMaxX() - left;
        RichText title = new RichText(placement.panel.title(), style.labelSize());
        if (title.width() > room) {
            title = new RichText(placement.panel.title(), style.labelSize() * room / title.width());
        }
        double half = title.width() / 2;
        double centre = Math.max(left + half, Math.min(placement.slot.getMaxX() - half, placement.area.getCenterX()));
        title.draw(g, centre, baseline, 0.5, style.foreground());
    }

    /** Rasterizes at so many dots per inch. */
    public BufferedImage image(double dpi) {
        return PngFile.draw(this, dpi);
    }

    /**
     * As an SVG element for a web page: light on dark where the reader's system is, and as wide as its place.
     *
     * @param idPrefix starts every id in it, so that several can stand in one page
     */
    public String inlineSvg(String idPrefix) {
        return SvgFile.inline(in(Style.PAPER), in(Style.DARK), idPrefix);
    }

    /** The numbers behind the picture and where they lie in it, as JSON for a page's script. */
    public String valuesAsJson() {
        return HoverValues.json(placements);
    }

    /**
     * Writes {@code name.png}, {@code name.svg} and {@code name.pdf}, each whole or not at all.
     *
     * @return the files by their suffix
     * @throws InvalidInputException if a file cannot be written
     * @throws IOException if the figure cannot be encoded
     */
    public Map<String, Path> write(Path directory, String name) throws IOException {
        Map<String, Path> written = new LinkedHashMap<>();
        written.put("png", replace(directory.resolve(name + ".png"), PngFile.encode(image(PNG_DPI), PNG_DPI)));
        written.put("svg", replace(directory.resolve(name + ".svg"), SvgFile.document(this, name)));
        written.put("pdf", replace(directory.resolve(name + ".pdf"), PdfFile.encode(this, name)));
        return written;
    }

    private static Path replace(Path file, byte[] bytes) {
        AtomicFile.write(file, out -> out.write(bytes));
        return file;
    }
}
