package org.widthbench.figure;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.widthbench.core.InvalidInputException;

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
    private final double width;
    private final List<Row> rows;
    private final boolean lettered;

    private record Row(double height, List<Panel> panels, double[] weights) {}

    /** Where a panel goes: its share of the page, and the data area within it. */
    record Placement(Panel panel, String letter, Rectangle2D slot, Rectangle2D area) {}

    private Figure(Builder builder) {
        style = builder.style;
        width = builder.width.points();
        rows = List.copyOf(builder.rows);
        lettered = builder.lettered;
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
            double[] weights = new double[panels.length];
            java.util.Arrays.fill(weights, 1);
            return row(height, weights, panels);
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
            return new Figure(this);
        }
    }

    /** Width in points. */
    public double width() {
        return width;
    }

    /** Height in points. */
    public double height() {
        return Math.ceil(2 * BORDER + rows.stream().mapToDouble(Row::height).sum() + (rows.size() - 1) * ROW_GAP);
    }

    List<Placement> placements() {
        List<Placement> placements = new ArrayList<>();
        double y = BORDER;
        for (Row row : rows) {
            double total = java.util.Arrays.stream(row.weights).sum();
            double free = width - 2 * BORDER - (row.panels.size() - 1) * COLUMN_GAP;
            double x = BORDER;
            List<Rectangle2D> slots = new ArrayList<>();
            for (double weight : row.weights) {
                slots.add(new Rectangle2D.Double(x, y, free * weight / total, row.height));
                x += free * weight / total + COLUMN_GAP;
            }
            List<Rectangle2D> areas = areas(row, slots);
            for (int i = 0; i < slots.size(); i++) {
                String letter = lettered ? "(" + (char) ('a' + placements.size()) + ")" : "";
                placements.add(new Placement(row.panels.get(i), letter, slots.get(i), areas.get(i)));
            }
            y += row.height + ROW_GAP;
        }
        return placements;
    }

    // Panels of a row share the height of their data areas.
    private List<Rectangle2D> areas(Row row, List<Rectangle2D> slots) {
        List<Rectangle2D> areas = slots;
        for (int round = 0; round < MARGIN_ROUNDS; round++) {
            List<Panel.Margins> margins = new ArrayList<>();
            double top = lettered ? style.letterSize() : 0;
            double bottom = 0;
            for (int i = 0; i < slots.size(); i++) {
                Rectangle2D area = areas.get(i);
                Panel.Margins m = row.panels.get(i).margins(style, area.getWidth(), area.getHeight());
                margins.add(m);
                top = Math.max(top, m.top());
                bottom = Math.max(bottom, m.bottom());
            }
            List<Rectangle2D> next = new ArrayList<>();
            for (int i = 0; i < slots.size(); i++) {
                next.add(inner(slots.get(i), top, margins.get(i), bottom));
            }
            areas = next;
        }
        return areas;
    }

    // Whole points: JFreeChart rounds data areas to them.
    private static Rectangle2D inner(Rectangle2D slot, double top, Panel.Margins margins, double bottom) {
        double x0 = Math.ceil(slot.getX() + margins.left());
        double y0 = Math.ceil(slot.getY() + top);
        double x1 = Math.floor(slot.getMaxX() - margins.right());
        double y1 = Math.floor(slot.getMaxY() - bottom);
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
        for (Placement placement : placements()) {
            placement.panel.draw(g, placement.area, style);
            if (!placement.letter.isEmpty()) {
                RichText letter = new RichText(placement.letter, style.letterSize(), Typeface.BOLD);
                letter.draw(g, placement.slot.getX(), placement.slot.getY() + letter.ascent(), 0, style.foreground());
            }
        }
    }

    /** Rasterizes at so many dots per inch. */
    public BufferedImage image(double dpi) {
        return PngFile.draw(this, dpi);
    }

    /**
     * As an SVG element.
     *
     * @param idPrefix starts every id in it, so that several can stand in one page
     */
    public String svg(String idPrefix) {
        return SvgFile.element(this, idPrefix);
    }

    /**
     * Writes {@code name.png}, {@code name.svg} and {@code name.pdf}, each to a temporary name first.
     *
     * @return the files by their suffix
     * @throws IOException if a file cannot be written
     */
    public Map<String, Path> write(Path directory, String name) throws IOException {
        Files.createDirectories(directory);
        Map<String, Path> written = new LinkedHashMap<>();
        written.put("png", replace(directory, name + ".png", PngFile.encode(image(PNG_DPI), PNG_DPI)));
        written.put("svg", replace(directory, name + ".svg", SvgFile.document(this, name)));
        written.put("pdf", replace(directory, name + ".pdf", PdfFile.encode(this, name)));
        return written;
    }

    private static Path replace(Path directory, String name, byte[] bytes) throws IOException {
        Path target = directory.resolve(name);
        // Not createTempFile, whose files only their owner may read.
        Path temporary = directory.resolve("." + name + "." + UUID.randomUUID() + ".part");
        try {
            Files.write(temporary, bytes);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return target;
    }
}
