package org.widthbench.figure;

import java.awt.Graphics;
import java.awt.Image;
import java.awt.font.GlyphVector;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Batik's SVG writer with what a page needs besides: groups of a class, named text, mathematics as outlines. */
final class SvgGraphics extends SVGGraphics2D {
    private static final String SVG = "http://www.w3.org/2000/svg";
    /** Decimals; the smallest scale in a figure is that of formulas, some hundredths. */
    private static final int PRECISION = 4;

    /** What was drawn, in order; the groups of a class among it. Shared by all copies. */
    private final List<Element> parts;

    private final String prefix;
    private boolean outlines;
    private String nextId;

    /** @param prefix begins every id */
    SvgGraphics(String prefix) {
        super(context(prefix), false);
        this.prefix = prefix;
        parts = new ArrayList<>();
    }

    private SvgGraphics(SvgGraphics other) {
        super(other);
        prefix = other.prefix;
        parts = other.parts;
        outlines = other.outlines;
    }

    private static SVGGeneratorContext context(String prefix) {
        try {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
            SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
            context.setPrecision(PRECISION);
            context.setIDGenerator(new SVGIDGenerator() {
                private int count;

                @Override
                public String generateID(String kind) {
                    return prefix + "-" + kind + count++;
                }
            });
            return context;
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("every Java platform makes XML documents", e);
        }
    }

    @Override
    public Graphics create() {
        return new SvgGraphics(this);
    }

    /** Draws text as outlines from here on, or as text. */
    void setOutlines(boolean on) {
        outlines = on;
    }

    /** Names the next text. */
    void nameNext(String id) {
        nextId = id;
    }

    /** Keeps what is drawn together in a group of a class; such groups do not nest. */
    void group(String name, Runnable drawing) {
        parts.add(getTopLevelGroup(false));
        drawing.run();
        Element group = getTopLevelGroup(false);
        group.setAttribute("class", name);
        parts.add(group);
    }

    /** All that was drawn, as one element with the definitions that it refers to. */
    Element finish() {
        parts.add(getTopLevelGroup(false));
        Element root = getDOMFactory().createElementNS(SVG, "svg");
        getDOMTreeManager().applyDefaultRenderingStyle(root);
        Element definitions = getDOMFactory().createElementNS(SVG, "defs");
        for (Object definition : getDefinitionSet()) {
            definitions.appendChild((Element) definition);
        }
        root.appendChild(definitions);
        parts.forEach(root::appendChild);
        return root;
    }

    @Override
    public void drawString(String text, float x, float y) {
        if (outlines) {
            GlyphVector glyphs = getFont().createGlyphVector(getFontRenderContext(), text);
            fill(glyphs.getOutline(x, y));
            return;
        }
        Element element = getDOMFactory().createElementNS(SVG, "text");
        element.setAttribute("x", generatorCtx.doubleString(x));
        element.setAttribute("y", generatorCtx.doubleString(y));
        element.setAttribute("xml:space", "preserve");
        if (nextId != null) {
            element.setAttribute("id", prefix + "-" + nextId);
            nextId = null;
        }
        // Batik cannot tell a bold font file from a regular one.
        if (getFont().getFontName().equals(Typeface.BOLD.fontName())) {
            element.setAttribute("font-weight", "bold");
        } else {
            // A viewer that has none of the fonts keeps the text clear of the mathematics beside it.
            double length = getFont().getStringBounds(text, Typeface.METRICS).getWidth();
            element.setAttribute("textLength", generatorCtx.doubleString(length));
            element.setAttribute("lengthAdjust", "spacingAndGlyphs");
        }
        element.appendChild(getDOMFactory().createTextNode(text));
        getDOMGroupManager().addElement(element, org.apache.batik.svggen.DOMGroupManager.FILL);
    }

    @Override
    public boolean drawImage(Image image, int x, int y, int width, int height, ImageObserver observer) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write((RenderedImage) image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        Element element = getDOMFactory().createElementNS(SVG, "image");
        element.setAttribute("x", String.valueOf(x));
        element.setAttribute("y", String.valueOf(y));
        element.setAttribute("width", String.valueOf(width));
        element.setAttribute("height", String.valueOf(height));
        element.setAttribute("preserveAspectRatio", "none");
        element.setAttribute("style", "image-rendering:pixelated");
        element.setAttribute(
                "xlink:href", "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray()));
        getDOMGroupManager().addElement(element);
        return true;
    }
}
