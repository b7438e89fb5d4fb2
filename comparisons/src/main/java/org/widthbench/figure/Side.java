package org.widthbench.figure;

import java.awt.Graphics2D;
import java.util.Locale;

/** What a mark or a row of maps belongs to, where a panel puts networks beside the theory. */
enum Side {
    /** Networks of finite width. */
    NETWORK,
    /** The infinite-width theory. */
    THEORY,
    /** Both or neither. */
    NEITHER;

    /** The word for scripts and style sheets. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Keeps what is drawn together in an SVG, under a class that a page can hide. */
    void group(Graphics2D g, Runnable drawing) {
        if (this != NEITHER && g instanceof SvgGraphics svg) {
            svg.group(word(), drawing);
        } else {
            drawing.run();
        }
    }
}
