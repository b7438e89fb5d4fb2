package org.widthbench.figure;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.SVGUnits;
import org.jfree.svg.ViewBox;

/** SVG with text as text, mathematics as outlines and heat maps as embedded images. */
final class SvgFile {
    /** Fonts with the same metrics, most likely first. */
    private static final String FONTS = "\"Liberation Sans\", Arial, Helvetica, sans-serif";

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
                .replace("<image ", "<image style='image-rendering:pixelated' ");
    }

    static byte[] document(Figure figure, String name) {
        String document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(figure, name) + "\n";
        return document.getBytes(StandardCharsets.UTF_8);
    }

    private static String decimals(double x, int places) {
        String text = String.format(Locale.ROOT, "%." + places + "f", x);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }
}
