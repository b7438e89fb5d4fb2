package org.widthbench.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** Names the marks of an {@link XyPanel}, where none of them is. */
final class Legend {
    /** Distance from the frame and from data, in points. */
    private static final double CLEARANCE = 3;
    /** A panel grows by this part of itself until the legend finds room, at most {@link #MOST_STEPS} times. */
    private static final double STEP = 0.06;

    private static final int MOST_STEPS = 16;

    private static final int FILL_ALPHA = 90;

    private final List<Entry> entries;
    private final Style style;
    private final List<RichText> texts;

    /** How an entry's sample is drawn. */
    enum Sample {
        LINE,
        FILL,
        OUTLINE,
        POINT
    }

    /** One line of a legend. */
    record Entry(String label, Ink ink, Sample sample, LineStyle line) {
        static Entry line(String label, Ink ink, LineStyle line) {
            return new Entry(label, ink, Sample.LINE, line);
        }

        static Entry of(Mark mark) {
            if (mark instanceof Mark.Curve curve) {
                return line(mark.label(), mark.ink(), curve.line());
            }
            Sample sample = mark instanceof Mark.Band
                    ? Sample.FILL
                    : mark instanceof Mark.Histogram ? Sample.OUTLINE : Sample.POINT;
            return new Entry(mark.label(), mark.ink(), sample, LineStyle.SOLID);
        }
    }

    Legend(List<Entry> entries, Style style) {
        this.entries = entries;
        this.style = style;
        this.texts = entries.stream()
                .map(entry -> new RichText(entry.label(), style.legendSize()))
                .toList();
    }

    private double sampleWidth() {
        return 2 * style.legendSize();
    }

    private double lineHeight() {
        return 1.28 * style.legendSize();
    }

    private double width() {
        double widest = texts.stream().mapToDouble(RichText::width).max().orElse(0);
        return sampleWidth() + style.gap() + widest;
    }

    private double height() {
        return entries.size() * lineHeight();
    }

    /** Tries nine places, then makes room by lengthening the vertical axis at an end that is free to move. */
    XyPanel.Layout place(Rectangle2D area, Range across, Range up, List<Mark> marks, Axis vertical) {
        boolean upwards = Double.isNaN(vertical.high());
        boolean downwards = !upwards && Double.isNaN(vertical.low());
        Range range = up;
        for (int step = 0; step <= MOST_STEPS; step++) {
            Rectangle2D place = place(area, across, range, marks);
            if (place != null) {
                return new XyPanel.Layout(across, range, place);
            }
            if (!upwards && !downwards) {
                break;
            }
            range = range.extended(downwards ? STEP : 0, upwards ? STEP : 0);
        }
        // Nothing is free: a legend beside the data would be cut off, so the panel goes without.
        return new XyPanel.Layout(across, up, null);
    }

    private Rectangle2D place(Rectangle2D area, Range across, Range up, List<Mark> marks) {
        double w = width() + 2 * CLEARANCE;
        double h = height() + 2 * CLEARANCE;
        double[] lefts = {1, 0, 0.5};
        double[] tops = {0, 1, 0.5};
        for (double top : tops) {
            for (double left : lefts) {
                Rectangle2D place = new Rectangle2D.Double(
                        area.getX() + left * (area.getWidth() - w), area.getY() + top * (area.getHeight() - h), w, h);
                Rectangle2D unit = new Rectangle2D.Double(
                        (place.getX() - area.getX()) / area.getWidth(),
                        (area.getMaxY() - place.getMaxY()) / area.getHeight(),
                        w / area.getWidth(),
                        h / area.getHeight());
                boolean fits = w <= area.getWidth() && h <= area.getHeight();
                if (fits && marks.stream().allMatch(mark -> mark.clearOf(unit, across, up))) {
                    return new Rectangle2D.Double(
                            place.getX() + CLEARANCE, place.getY() + CLEARANCE, width(), height());
                }
            }
        }
        return null;
    }

    void draw(Graphics2D g, Rectangle2D place) {
        double y = place.getY();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            double middle = y + lineHeight() / 2;
            drawSample(g, entry, place.getX(), middle);
            texts.get(i)
                    .draw(
                            g,
                            place.getX() + sampleWidth() + style.gap(),
                            middle + 0.35 * style.legendSize(),
                            0,
                            style.foreground());
            y += lineHeight();
        }
    }

    private void drawSample(Graphics2D g, Entry entry, double x, double y) {
        Color color = style.color(entry.ink());
        double right = x + sampleWidth();
        if (entry.sample() == Sample.FILL || entry.sample() == Sample.OUTLINE) {
            double half = 0.33 * style.legendSize();
            Rectangle2D box = new Rectangle2D.Double(x, y - half, sampleWidth(), 2 * half);
            g.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), FILL_ALPHA));
            g.fill(box);
            if (entry.sample() == Sample.OUTLINE) {
                g.setColor(style.pale(entry.ink()));
                g.setStroke(style.stroke(LineStyle.SOLID, MarkRenderer.OUTLINE));
                g.draw(box);
            }
            return;
        }
        g.setColor(color);
        g.setStroke(style.stroke(entry.line(), entry.sample() == Sample.POINT ? 0.65 : 1));
        g.draw(new Line2D.Double(x, y, right, y));
        if (entry.sample() == Sample.POINT) {
            double size = style.markerSize();
            g.fill(new Ellipse2D.Double((x + right - size) / 2, y - size / 2, size, size));
        }
    }
}
