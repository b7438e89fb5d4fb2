package org.widthbench.figure;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.scilab.forge.jlatexmath.Box;
import org.scilab.forge.jlatexmath.ParseException;
import org.scilab.forge.jlatexmath.TeXConstants;
import org.scilab.forge.jlatexmath.TeXFormula;
import org.widthbench.core.InvalidInputException;

/**
 * One line of text with mathematics between dollar signs and superscripts as {@code 10^{3}}. Text stays text in SVG and
 * PDF, mathematics becomes outlines.
 */
final class RichText {
    /** Fonts are set this many times larger and scaled down: some writers keep only whole font sizes. */
    private static final double OVERSAMPLING = 16;

    private static final double SUPERSCRIPT_SIZE = 0.72;
    private static final double SUPERSCRIPT_RISE = 0.38;
    /** Computer Modern looks small beside a grotesque of the same nominal size. */
    private static final double MATH_SIZE = 1.16;
    /** Size at which formulas are set before scaling; some of TeX's spaces are points, not parts of the size. */
    private static final float SET_AT = 10;

    private final List<Run> runs = new ArrayList<>();
    private final double width;
    private final double ascent;
    private final double descent;

    /** A piece whose origin is the left end of its baseline. */
    private sealed interface Run {
        double width();

        void draw(Graphics2D g);
    }

    private record Text(String text, Font font, double rise) implements Run {
        @Override
        public double width() {
            return font.getStringBounds(text, Typeface.METRICS).getWidth() / OVERSAMPLING;
        }

        @Override
        public void draw(Graphics2D g) {
            g.translate(0, -rise);
            g.scale(1 / OVERSAMPLING, 1 / OVERSAMPLING);
            g.setFont(font);
            g.drawString(text, 0f, 0f);
        }
    }

    private record Formula(Box box, double size) implements Run {
        @Override
        public double width() {
            return box.getWidth() * size;
        }

        @Override
        public void draw(Graphics2D g) {
            if (g instanceof SvgGraphics svg) {
                svg.setOutlines(true);
            }
            g.scale(size, size);
            box.draw(g, 0, 0);
            if (g instanceof SvgGraphics svg) {
                svg.setOutlines(false);
            }
        }
    }

    /**
     * @param markup text, {@code $mathematics$}, {@code ^{superscript}}
     * @param size font size in points
     * @throws InvalidInputException if the mathematics cannot be parsed or a dollar sign is not closed
     */
    RichText(String markup, double size) {
        this(markup, size, Typeface.REGULAR);
    }

    RichText(String markup, double size, Typeface typeface) {
        String[] parts = markup.split("\\$", -1);
        if (parts.length % 2 == 0) {
            throw new InvalidInputException("label '" + markup + "': a dollar sign is not closed");
        }
        double deepest = 0;
        double highest = 0.72 * size;
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 0) {
                addText(parts[i], size, typeface);
            } else {
                Formula formula = formula(markup, parts[i], size * MATH_SIZE);
                runs.add(formula);
                highest = Math.max(highest, formula.box.getHeight() * formula.size);
                deepest = Math.max(deepest, formula.box.getDepth() * formula.size);
            }
        }
        if (parts.length > 1 || !parts[0].matches("[-\\u22120-9.^{}]*")) {
            deepest = Math.max(deepest, 0.21 * size);
        }
        if (markup.contains("^{")) {
            highest = Math.max(highest, (SUPERSCRIPT_RISE + 0.72 * SUPERSCRIPT_SIZE) * size);
        }
        width = runs.stream().mapToDouble(Run::width).sum();
        ascent = highest;
        descent = deepest;
    }

    private void addText(String text, double size, Typeface typeface) {
        int open = text.indexOf("^{");
        int close = open < 0 ? -1 : text.indexOf('}', open);
        if (close < 0) {
            if (!text.isEmpty()) {
                runs.add(new Text(text, typeface.at(size * OVERSAMPLING), 0));
            }
            return;
        }
        addText(text.substring(0, open), size, typeface);
        runs.add(new Text(
                text.substring(open + 2, close),
                typeface.at(size * SUPERSCRIPT_SIZE * OVERSAMPLING),
                size * SUPERSCRIPT_RISE));
        addText(text.substring(close + 1), size, typeface);
    }

    private static Formula formula(String markup, String latex, double size) {
        try {
            return new Formula(
                    new TeXFormula(latex)
                            .createTeXIcon(TeXConstants.STYLE_TEXT, SET_AT)
                            .getBox(),
                    size);
        } catch (ParseException e) {
            throw new InvalidInputException("label '" + markup + "': " + e.getMessage(), e);
        }
    }

    /** Markup as plain characters, for a page's script. */
    static String plain(String markup) {
        return markup.replace("\\gamma_0", "\u03b3\u2080")
                .replace("\\ell", "\u2113")
                .replace("\\Phi", "\u03a6")
                .replace("\\mu", "\u03bc")
                .replace("\\alpha", "\u03b1")
                .replaceAll("\\\\[,;]|[$^{}]|\\\\mathrm", "");
    }

    /** Advance width in points. */
    double width() {
        return width;
    }

    /** Height above the baseline in points. */
    double ascent() {
        return ascent;
    }

    /** Depth below the baseline in points. */
    double descent() {
        return descent;
    }

    /** Ascent plus descent. */
    double height() {
        return ascent + descent;
    }

    /**
     * Draws with the baseline at {@code y}.
     *
     * @param anchor 0 puts the left end at {@code x}, 0.5 the centre, 1 the right end
     * @return what it covers
     */
    Rectangle2D draw(Graphics2D g, double x, double y, double anchor, Color color) {
        AffineTransform before = g.getTransform();
        g.setColor(color);
        double left = x - anchor * width;
        double pen = left;
        for (Run run : runs) {
            g.translate(pen, y);
            run.draw(g);
            g.setTransform(before);
            pen += run.width();
        }
        return new Rectangle2D.Double(left, y - ascent, width, height());
    }

    /** Draws centred on {@code (x, y)} reading upwards; {@code x} is the middle of ascent and descent. */
    void drawUpwards(Graphics2D g, double x, double y, Color color) {
        AffineTransform before = g.getTransform();
        Shape clip = g.getClip();
        g.translate(x, y);
        g.rotate(-Math.PI / 2);
        draw(g, 0, (ascent - descent) / 2, 0.5, color);
        g.setTransform(before);
        g.setClip(clip);
    }
}
