package org.widthbench.figure;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** SVG with text as text, mathematics as outlines and heat maps as embedded images. */
final class SvgFile {
    /** Fonts with the same metrics, most likely first. */
    private static final String FONTS = "Liberation Sans, Arial, Helvetica, sans-serif";

    private static final List<String> PAINTS = List.of("fill", "stroke");
    /** Batik writes some colours by name. */
    private static final Map<String, String> NAMES = Map.of(
            "black", "rgb(0,0,0)",
            "white", "rgb(255,255,255)",
            "red", "rgb(255,0,0)",
            "lime", "rgb(0,255,0)",
            "blue", "rgb(0,0,255)",
            "gray", "rgb(128,128,128)",
            "silver", "rgb(192,192,192)",
            "green", "rgb(0,128,0)",
            "maroon", "rgb(128,0,0)",
            "navy", "rgb(0,0,128)");

    private final StringBuilder xml = new StringBuilder();
    private final String prefix;
    /** Names of variables by pair of colours, of the light and of the dark drawing. */
    private final Map<String, String> variables = new LinkedHashMap<>();

    private SvgFile(String prefix) {
        this.prefix = prefix;
    }

    static byte[] document(Figure figure, String name) {
        String prefix = id(name);
        SvgFile file = new SvgFile(prefix);
        file.write(root(figure, prefix), null, Map.of(), Map.of());
        String size = "width='" + decimals(figure.width()) + "pt' height='" + decimals(figure.height()) + "pt'";
        String document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + file.element(figure, size, "") + "\n";
        return document.getBytes(StandardCharsets.UTF_8);
    }

    /** Two drawings that differ in colours only, as one whose colours follow the reader's preference. */
    static String inline(Figure light, Figure dark, String idPrefix) {
        String prefix = id(idPrefix);
        SvgFile file = new SvgFile(prefix);
        file.write(root(light, prefix), root(dark, prefix), Map.of(), Map.of());
        StringBuilder bright = new StringBuilder();
        StringBuilder dim = new StringBuilder();
        file.variables.forEach((pair, name) -> {
            int middle = pair.indexOf(' ');
            bright.append(name).append(':').append(pair, 0, middle).append(';');
            dim.append(name).append(':').append(pair, middle + 1, pair.length()).append(';');
        });
        String rules = "<style>#" + prefix + "{" + bright + "}@media (prefers-color-scheme:dark){#" + prefix + "{" + dim
                + "}}</style>";
        return file.element(light, "width='100%' role='img'", rules);
    }

    private static Element root(Figure figure, String prefix) {
        SvgGraphics g = new SvgGraphics(prefix);
        figure.draw(g);
        return g.finish();
    }

    private String element(Figure figure, String size, String rules) {
        String start = "<svg id='" + prefix
                + "' xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' " + size
                + " viewBox='0 0 " + Math.round(figure.width()) + " " + Math.round(figure.height()) + "'";
        // The element that was written first is the root.
        return start + xml.substring("<svg".length()).replaceFirst(">", ">" + rules);
    }

    /**
     * Writes an element and what is in it.
     *
     * @param dark the same element of the dark drawing, null if there is none
     * @param lightPaints the fill and stroke that it inherits, by name
     */
    private void write(Element light, Element dark, Map<String, String> lightPaints, Map<String, String> darkPaints) {
        Map<String, String> attributes = attributes(light);
        Map<String, String> darkAttributes = dark == null ? attributes : attributes(dark);
        Map<String, String> here = inherited(lightPaints, attributes);
        Map<String, String> darkHere = inherited(darkPaints, darkAttributes);
        PAINTS.forEach(paint -> {
            // The two may group what they draw by colours differently.
            if (attributes.containsKey(paint) || darkAttributes.containsKey(paint)) {
                attributes.put(paint, colour(here.get(paint), darkHere.get(paint)));
            }
        });
        xml.append('<').append(light.getTagName());
        attributes.forEach((name, value) ->
                xml.append(' ').append(name).append("='").append(escaped(value)).append('\''));
        NodeList children = light.getChildNodes();
        if (children.getLength() == 0) {
            xml.append("/>");
            return;
        }
        xml.append('>');
        if (dark != null && dark.getChildNodes().getLength() != children.getLength()) {
            throw new IllegalStateException("a figure draws other things in the dark");
        }
        for (int i = 0; i < children.getLength(); i++) {
            Node child = children.item(i);
            if (child instanceof Element element) {
                Node other = dark == null ? null : dark.getChildNodes().item(i);
                write(element, (Element) other, here, darkHere);
            } else {
                xml.append(escaped(child.getNodeValue()));
            }
        }
        xml.append("</").append(light.getTagName()).append('>');
    }

    private static Map<String, String> inherited(Map<String, String> outer, Map<String, String> attributes) {
        Map<String, String> inner = new TreeMap<>(outer);
        PAINTS.forEach(paint -> inner.computeIfPresent(paint, (name, value) -> value));
        PAINTS.stream().filter(attributes::containsKey).forEach(paint -> inner.put(paint, attributes.get(paint)));
        return inner;
    }

    private static Map<String, String> attributes(Element element) {
        Map<String, String> attributes = new TreeMap<>();
        NamedNodeMap all = element.getAttributes();
        for (int i = 0; i < all.getLength(); i++) {
            String name = all.item(i).getNodeName();
            String value = all.item(i).getNodeValue();
            if (name.equals("font-family")) {
                value = FONTS;
            } else if (PAINTS.contains(name)) {
                value = NAMES.getOrDefault(value, value);
            }
            // What is automatic anyway need not be said.
            if (!value.equals("auto") && !name.startsWith("xmlns")) {
                attributes.put(name, value);
            }
        }
        return attributes;
    }

    private String colour(String light, String dark) {
        return light.equals(dark)
                ? light
                : "var("
                        + variables.computeIfAbsent(light + " " + dark, pair -> "--" + prefix + "-" + variables.size())
                        + ")";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }

    static String id(String name) {
        return name.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String decimals(double x) {
        return BigDecimal.valueOf(Math.round(x * 100), 2).stripTrailingZeros().toPlainString();
    }
}
