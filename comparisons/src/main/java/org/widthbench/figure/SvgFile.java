package org.widthbench.figure;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jfree.svg.SVGGraphics2D;
import org.jfree.svg.SVGUnits;
import org.jfree.svg.ViewBox;

/** SVG with text as text, mathematics as outlines and heat maps as embedded images. */
final class SvgFile {
    /** Fonts with the same metrics, most likely first. */
    private static final String FONTS = "\"Liberation Sans\", Arial, Helvetica, sans-serif";

    /** Begins the id of a panel's letter: the writer cannot tell a bold font file from a regular one. */
    static final String LETTER = "letter";

    private static final Pattern TEXT =
            Pattern.compile("(<g id='" + LETTER + "[^>]*>)?<text( [^>]*font-size: (\\d+)px;[^>]*)>([^<]*)</text>");

    private static final Pattern COLOR = Pattern.compile("rgb\\([0-9, ]+\\)");

    private static final long[] POWERS = {1, 10, 100, 1_000, 10_000, 100_000};

    private SvgFile() {}

    static String element(Figure figure, String idPrefix) {
        String prefix = id(idPrefix);
        SVGGraphics2D g = new SVGGraphics2D(figure.width(), figure.height(), SVGUnits.PT);
        g.setDefsKeyPrefix(prefix + "-");
        g.setFontFunction(family -> FONTS);
        g.setGeomDoubleConverter(x -> decimals(x, 2));
        g.setTransformDoubleConverter(x -> decimals(x, 5));
        figure.draw(g);
        return withLengths(g.getSVGElement(
                        prefix,
                        true,
                        new ViewBox(0, 0, (int) Math.round(figure.width()), (int) Math.round(figure.height())),
                        null,
                        null))
                .replaceAll("id='" + LETTER + "\\((.)\\)'", "id='" + prefix + "-panel-$1' font-weight='bold'")
                .replace("<image ", "<image style='image-rendering:pixelated' ");
    }

    /** Says how long each text is: a viewer that has none of the fonts keeps it clear of the mathematics beside it. */
    private static String withLengths(String svg) {
        return TEXT.matcher(svg).replaceAll(text -> {
            if (text.group(1) != null) {
                // Bold, and alone.
                return Matcher.quoteReplacement(text.group());
            }
            double length = Typeface.REGULAR
                    .at(Integer.parseInt(text.group(3)))
                    .getStringBounds(unescaped(text.group(4)), Typeface.METRICS)
                    .getWidth();
            return Matcher.quoteReplacement("<text xml:space='preserve' lengthAdjust='spacingAndGlyphs' textLength='"
                    + decimals(length, 1) + "'" + text.group(2) + ">" + text.group(4) + "</text>");
        });
    }

    private static String unescaped(String xml) {
        return xml.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&amp;", "&");
    }

    /** Two drawings that differ in colours only, as one whose colours follow the reader's preference. */
    static String inline(Figure light, Figure dark, String idPrefix) {
        String drawing = element(light, idPrefix);
        Matcher day = COLOR.matcher(drawing);
        Matcher night = COLOR.matcher(element(dark, idPrefix));
        Map<String, String> names = new LinkedHashMap<>();
        StringBuilder merged = new StringBuilder();
        while (day.find() && night.find()) {
            String pair = day.group() + " " + night.group();
            String name = names.computeIfAbsent(pair, p -> "--" + id(idPrefix) + "-" + names.size());
            day.appendReplacement(merged, day.group().equals(night.group()) ? day.group() : "var(" + name + ")");
        }
        day.appendTail(merged);
        StringBuilder bright = new StringBuilder();
        StringBuilder dim = new StringBuilder();
        names.forEach((pair, name) -> {
            int middle = pair.indexOf(" rgb");
            bright.append(name).append(':').append(pair, 0, middle).append(';');
            dim.append(name).append(':').append(pair, middle + 1, pair.length()).append(';');
        });
        String rules = "<style>#" + id(idPrefix) + "{" + bright + "}@media (prefers-color-scheme:dark){#" + id(idPrefix)
                + "{" + dim + "}}</style>";
        String size = "width='" + decimals(light.width(), 2) + "pt' height='" + decimals(light.height(), 2) + "pt'";
        return merged.toString()
                .replaceFirst(Pattern.quote(size), "width='100%' role='img'")
                .replaceFirst(">", ">" + rules);
    }

    private static String id(String idPrefix) {
        return idPrefix.replaceAll("[^A-Za-z0-9_-]", "_");
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
