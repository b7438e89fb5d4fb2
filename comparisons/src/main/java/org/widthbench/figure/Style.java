package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;

/** Colours, letter sizes and line widths of a whole figure. */
public enum Style {
    /** Black on white, letters of 7 to 9 points. */
    PAPER(Color.WHITE, new Color(0x1a1a1a), new Color(0xdedede), 1, 1, false),
    /** Larger letters and thicker lines on a larger page, for slides. */
    TALK(Color.WHITE, new Color(0x1a1a1a), new Color(0xdedede), 1.4, 1.25, false),
    /** Light on dark. */
    DARK(new Color(0x12161c), new Color(0xe4e7eb), new Color(0x39414b), 1, 1, true);

    // Okabe and Ito (2008), told apart by all kinds of colour vision; ordered for contrast with the background.
    private static final List<Color> ON_LIGHT = List.of(
            new Color(0x0072b2),
            new Color(0xd55e00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9),
            new Color(0x6b6b6b));
    private static final List<Color> ON_DARK = List.of(
            new Color(0x56b4e9),
            new Color(0xe69f00),
            new Color(0x00b586),
            new Color(0xcc79a7),
            new Color(0xf0e442),
            new Color(0xe8702a),
            new Color(0xb0b0b0));

    private final Color background;
    private final Color foreground;
    private final Color grid;
    private final double scale;
    private final double page;
    private final boolean dark;

    Style(Color background, Color foreground, Color grid, double scale, double page, boolean dark) {
        this.background = background;
        this.foreground = foreground;
        this.grid = grid;
        this.scale = scale;
        this.page = page;
        this.dark = dark;
    }

    Color background() {
        return background;
    }

    Color foreground() {
        return foreground;
    }

    Color grid() {
        return grid;
    }

    Color color(Ink ink) {
        if (ink instanceof Ink.Category category) {
            List<Color> palette = dark ? ON_DARK : ON_LIGHT;
            return palette.get(category.index() % palette.size());
        }
        if (ink instanceof Ink.Ordered ordered) {
            double position = ordered.count() < 2 ? 0 : (double) ordered.index() / (ordered.count() - 1);
            // The end of the map that melts into the background is left out.
            return ColorMap.SEQUENTIAL.at(dark ? 1 - 0.6 * position : 0.05 + 0.75 * position);
        }
        return foreground;
    }

    /** The colour halfway to the background, for what lies behind curves of the same ink. */
    Color pale(Ink ink) {
        Color color = color(ink);
        return new Color(
                (color.getRed() + background.getRed()) / 2,
                (color.getGreen() + background.getGreen()) / 2,
                (color.getBlue() + background.getBlue()) / 2);
    }

    /** Smallest width of a panel that needs so many points with letters of the paper style. */
    double room(double points) {
        return points * scale / page;
    }

    /** Factor on the sizes of pages and panels. */
    double page() {
        return page;
    }

    double labelSize() {
        return 8 * scale;
    }

    double tickSize() {
        return 6.8 * scale;
    }

    double legendSize() {
        return 6.8 * scale;
    }

    double letterSize() {
        return 9 * scale;
    }

    double lineWidth() {
        return 1.15 * scale;
    }

    double axisWidth() {
        return 0.6 * scale;
    }

    double tickLength() {
        return 2.4 * scale;
    }

    double markerSize() {
        return 3 * scale;
    }

    /** Distance between things that belong together. */
    double gap() {
        return 2.2 * scale;
    }

    BasicStroke stroke(LineStyle line, double factor) {
        float width = (float) (lineWidth() * factor);
        float solid = 1.35f * width;
        float unit = (float) lineWidth();
        return switch (line) {
            // Wider, so that a dashed theory on top leaves the network in sight.
            case SOLID -> new BasicStroke(solid, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
            case DASHED ->
                new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash(unit, 3.2f, 1.8f), 0);
            case DOTTED ->
                new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash(unit, 1f, 1.4f), 0);
        };
    }

    private static float[] dash(float unit, float on, float off) {
        return new float[] {on * unit, off * unit};
    }
}
