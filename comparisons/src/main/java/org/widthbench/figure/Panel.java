package org.widthbench.figure;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.Map;
import java.util.Optional;

/** One picture of a {@link Figure}. Holds data only; the figure chooses style and size. */
public abstract sealed class Panel permits XyPanel, HeatMapPanel {

    /**
     * Space around the data area, in points.
     *
     * @param top above the data area, without the title
     * @param left for the vertical axis
     * @param bottom for the horizontal axis
     * @param right for a colour bar or the last number of the horizontal axis
     */
    record Margins(double top, double left, double bottom, double right) {}

    /** A panel in the making. */
    public interface Builder {
        /** @throws org.widthbench.core.InvalidInputException if there is nothing to draw, or something that cannot be drawn */
        Panel build();
    }

    /** Text above the panel, empty for none. */
    abstract String title();

    /** What the panel needs around a data area of about this size. */
    abstract Margins margins(Style style, double width, double height);

    /** What a page shows under the pointer: plain maps, lists and numbers for JSON. */
    abstract Map<String, Object> values(Rectangle2D area, Style style);

    /** The same panel with networks minus theory in their place, where it has both. */
    abstract Optional<Panel> difference();

    /** The same panel with what it leaves to others in a figure: its legend. */
    public abstract Panel standingAlone();

    /** Width below which the panel is better off in a row of its own. */
    abstract double narrowest(Style style);

    /** Height of the data area, of this width, beyond which it would stay empty. */
    abstract double tallest(Style style, double width);

    /** Draws into the data area, and around it within {@link #margins}. */
    abstract void draw(Graphics2D g, Rectangle2D area, Style style);
}
