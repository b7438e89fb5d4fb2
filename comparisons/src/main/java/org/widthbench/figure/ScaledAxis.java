package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** JFreeChart's axis with our scales, our choice of ticks and {@link RichText} labels. */
final class ScaledAxis extends NumberAxis {
    private static final long serialVersionUID = 1L;
    /** More numbers than this are not read. */
    private static final int MOST_TICKS = 7;

    /** What ends of a label may take of its axis, clear of the letter above. */
    private static final double LABEL_SHARE = 0.98;

    private final transient Range range;
    private final transient Style style;
    private final transient RichText label;
    private final String text;
    private final boolean numbered;

    /** @param numbered whether ticks carry their numbers */
    ScaledAxis(Range range, String label, Style style, boolean numbered) {
        this.range = range;
        this.style = style;
        this.text = label;
        this.label = label.isEmpty() ? null : new RichText(label, style.labelSize());
        this.numbered = numbered;
        // JFreeChart skips items outside this range.
        setRange(range.low(), range.high());
    }

    @Override
    public double valueToJava2D(double value, Rectangle2D area, RectangleEdge edge) {
        double fraction = range.fraction(value);
        return RectangleEdge.isTopOrBottom(edge)
                ? area.getX() + fraction * area.getWidth()
                : area.getMaxY() - fraction * area.getHeight();
    }

    @Override
    public double java2DToValue(double position, Rectangle2D area, RectangleEdge edge) {
        return range.value(
                RectangleEdge.isTopOrBottom(edge)
                        ? (position - area.getX()) / area.getWidth()
                        : (area.getMaxY() - position) / area.getHeight());
    }

    @Override
    public AxisState draw(
            Graphics2D g,
            double cursor,
            Rectangle2D plotArea,
            Rectangle2D dataArea,
            RectangleEdge edge,
            PlotRenderingInfo info) {
        AxisState state = new AxisState(cursor);
        double length = RectangleEdge.isTopOrBottom(edge) ? dataArea.getWidth() : dataArea.getHeight();
        List<Scale.Tick> ticks = ticks(length, RectangleEdge.isTopOrBottom(edge));
        drawTicks(g, dataArea, edge, ticks);
        drawLabel(g, dataArea, edge, ticks);
        state.setTicks(ticks.stream()
                .filter(tick -> tick.label() != null)
                .map(tick -> new NumberTick(TickType.MAJOR, tick.value(), "", TextAnchor.CENTER, TextAnchor.CENTER, 0))
                .toList());
        return state;
    }

    /** Space for ticks, numbers and label beside a data area whose side has this length. */
    double depth(double length, RectangleEdge edge) {
        boolean horizontal = RectangleEdge.isTopOrBottom(edge);
        double depth = numbersDepth(ticks(length, horizontal), horizontal);
        return label == null ? depth : depth + labelGap(horizontal) + label.height();
    }

    /** How far the numbers of a horizontal axis stick out beyond the right end. */
    double overhang(double length) {
        double most = 0;
        if (numbered) {
            for (Scale.Tick tick : ticks(length, true)) {
                if (tick.label() != null) {
                    double right =
                            range.fraction(tick.value()) * length + text(tick).width() / 2;
                    most = Math.max(most, right - length);
                }
            }
        }
        return most;
    }

    /** Fewer and fewer ticks are tried until the numbers stand apart. */
    List<Scale.Tick> ticks(double length, boolean horizontal) {
        int most = (int) Math.min(MOST_TICKS, Math.max(2, Math.round(length / (horizontal ? 20 : 14))));
        List<Scale.Tick> ticks = range.scale().ticks(range.low(), range.high(), most);
        while (most > 1 && !apart(ticks, length, horizontal)) {
            most--;
            ticks = range.scale().ticks(range.low(), range.high(), most);
        }
        // One number says nothing of a scale.
        for (int more = most + 1; more <= MOST_TICKS && numbers(ticks) < 2; more++) {
            List<Scale.Tick> finer = range.scale().ticks(range.low(), range.high(), more);
            ticks = apart(finer, length, horizontal) ? finer : ticks;
        }
        return apart(ticks, length, horizontal) ? ticks : thinned(ticks, length, horizontal);
    }

    private static long numbers(List<Scale.Tick> ticks) {
        return ticks.stream().filter(tick -> tick.label() != null).count();
    }

    private boolean apart(List<Scale.Tick> ticks, double length, boolean horizontal) {
        return thinned(ticks, length, horizontal).equals(ticks);
    }

    // Drops the numbers that would touch the one before.
    private List<Scale.Tick> thinned(List<Scale.Tick> ticks, double length, boolean horizontal) {
        double[] end = {Double.NEGATIVE_INFINITY};
        return ticks.stream()
                .map(tick -> {
                    if (tick.label() == null) {
                        return tick;
                    }
                    RichText text = text(tick);
                    double half = (horizontal ? text.width() : text.height()) / 2;
                    double middle = range.fraction(tick.value()) * length;
                    if (middle - half < end[0] + style.tickSize() * (horizontal ? 0.5 : 0.25)) {
                        return Scale.Tick.minor(tick.value());
                    }
                    end[0] = middle + half;
                    return tick;
                })
                .toList();
    }

    private RichText text(Scale.Tick tick) {
        return new RichText(tick.label(), style.tickSize());
    }

    private double numbersDepth(List<Scale.Tick> ticks, boolean horizontal) {
        double depth = style.tickLength();
        if (numbered) {
            depth += style.gap()
                    + ticks.stream()
                            .filter(tick -> tick.label() != null)
                            .map(this::text)
                            .mapToDouble(horizontal ? RichText::ascent : RichText::width)
                            .max()
                            .orElse(0);
        }
        return depth;
    }

    private void drawTicks(Graphics2D g, Rectangle2D area, RectangleEdge edge, List<Scale.Tick> ticks) {
        Color color = style.foreground();
        for (Scale.Tick tick : ticks) {
            double at = valueToJava2D(tick.value(), area, edge);
            double out = style.tickLength() * (tick.label() == null ? 0.6 : 1);
            g.setColor(color);
            g.setStroke(new BasicStroke((float) style.axisWidth(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
            RichText text = numbered && tick.label() != null ? text(tick) : null;
            double away = style.tickLength() + style.gap();
            if (edge.equals(RectangleEdge.BOTTOM)) {
                g.draw(new Line2D.Double(at, area.getMaxY(), at, area.getMaxY() + out));
                if (text != null) {
                    text.draw(g, at, area.getMaxY() + away + highest(ticks), 0.5, color);
                }
            } else if (edge.equals(RectangleEdge.LEFT)) {
                g.draw(new Line2D.Double(area.getX(), at, area.getX() - out, at));
                if (text != null) {
                    text.draw(g, area.getX() - away, at + 0.36 * style.tickSize(), 1, color);
                }
            } else {
                g.draw(new Line2D.Double(area.getMaxX(), at, area.getMaxX() + out, at));
                if (text != null) {
                    text.draw(g, area.getMaxX() + away, at + 0.36 * style.tickSize(), 0, color);
                }
            }
        }
    }

    private double highest(List<Scale.Tick> ticks) {
        return ticks.stream()
                .filter(tick -> tick.label() != null)
                .map(this::text)
                .mapToDouble(RichText::ascent)
                .max()
                .orElse(0);
    }

    // A label without tall letters keeps the distance of one with them.
    private double labelGap(boolean horizontal) {
        return 1.4 * style.gap() + (horizontal ? Math.max(0, 0.95 * style.labelSize() - label.ascent()) : 0);
    }

    // A label longer than its axis is set smaller, not into its neighbours.
    private RichText fitting(double room) {
        return label.width() <= room ? label : new RichText(text, style.labelSize() * room / label.width());
    }

    private void drawLabel(Graphics2D g, Rectangle2D area, RectangleEdge edge, List<Scale.Tick> ticks) {
        if (label == null) {
            return;
        }
        boolean horizontal = edge.equals(RectangleEdge.BOTTOM);
        double away = numbersDepth(ticks, horizontal) + labelGap(horizontal);
        RichText label = fitting((horizontal ? area.getWidth() : area.getHeight()) * LABEL_SHARE);
        if (edge.equals(RectangleEdge.BOTTOM)) {
            label.draw(g, area.getCenterX(), area.getMaxY() + away + label.ascent(), 0.5, style.foreground());
        } else if (edge.equals(RectangleEdge.LEFT)) {
            label.drawUpwards(g, area.getX() - away - label.height() / 2, area.getCenterY(), style.foreground());
        } else {
            label.drawUpwards(g, area.getMaxX() + away + label.height() / 2, area.getCenterY(), style.foreground());
        }
    }
}
