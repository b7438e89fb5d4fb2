package org.widthbench.figure;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.SVGUnits;
import org.jfree.svg.ViewBox;

/** SVG with text as text, mathematics as outlines and heat maps as embedded images. */
final class SvgFile {
    /** Fonts with the same metrics, most likely first. */
    private static final String FONTS = "\"Liberation Sans\", Arial, Helvetica, sans-serif";

    /** Begins the id of a panel's letter: the writer cannot tell a bold font file from a regular one. */
    static final String LETTER = "letter";

    private static final long[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000};

    private SvgFile() {}

    static String element(Figure figure, String idPrefix) {
        String prefix = idPrefix.replaceAll("[^A-Za-z0-9_-]", "_");
        SVGGraphics2D g = new SVGGraphics2D(figure.width(), figure.height(), SVGUnits.PT);
        g.setDefsKeyPrefix(prefix + "-");
        g.setFontFunction(family -> FONTS);
        g.setGeomDoubleConverter(x -> decimals(x, 2));
        g.setTransformDoubleConverter(x -> decimals(x, 5));
        figure.draw(g);
        return g.getSVGElement(
                        prefix,
                        true,
                        new ViewBox(0, 0, (int) Math.round(figure.width()), (int) Math.round(figure.height())),
                        null,
                        null)
                .replaceAll("id='" + LETTER + "\\((.)\\)'", "id='" + prefix + "-panel-$1' font-weight='bold'")
                .replace("<image ", "<image style='image-rendering:pixelated' ");
    }

    static byte[] document(Figure figure, String name) {
        String document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(figure, name) + "\n";
        return document.getBytes(StandardCharsets.UTF_8);
    }

    private static String decimals(double x, int places) {
        // Formatter is what takes the time otherwise: a figure holds some ten thousand coordinates.
        return BigDecimal.valueOf(Math.round(x * POWERS[places]), places)
                .stripTrailingZeros()
                .toPlainString();
    }
}
