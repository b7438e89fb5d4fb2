package org.widthbench.figure;

import java.awt.Graphics2D;
import java.util.Locale;
import java.util.Map;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.SVGHints;

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
        boolean grouped = this != NEITHER && g instanceof SVGGraphics2D;
        if (grouped) {
            g.setRenderingHint(SVGHints.KEY_BEGIN_GROUP, Map.of("class", word()));
        }
        drawing.run();
        if (grouped) {
            g.setRenderingHint(SVGHints.KEY_END_GROUP, word());
        }
    }
}
