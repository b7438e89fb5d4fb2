package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.function.ToDoubleFunction;
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

    ScaledAxis(Range range, String label, Style style) {
        this.range = range;
        this.style = style;
        this.text = label;
        this.label = label.isEmpty() ? null : new RichText(label, style.labelSize());
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
        return ticks(length, true).stream()
                .filter(tick -> tick.label() != null)
                .mapToDouble(tick ->
                        range.fraction(tick.value()) * length + text(tick).width() / 2 - length)
                .reduce(0, Math::max);
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
        return style.tickLength() + style.gap() + largest(ticks, horizontal ? RichText::ascent : RichText::width);
    }

    private double largest(List<Scale.Tick> ticks, ToDoubleFunction<RichText> size) {
        return ticks.stream()
                .filter(tick -> tick.label() != null)
                .map(this::text)
                .mapToDouble(size)
                .max()
                .orElse(0);
    }

    /** A point beside the data area, away from its edge. */
    private static Point2D beside(Rectangle2D area, RectangleEdge edge, double along, double away) {
        if (edge.equals(RectangleEdge.BOTTOM)) {
            return new Point2D.Double(along, area.getMaxY() + away);
        }
        boolean left = edge.equals(RectangleEdge.LEFT);
        return new Point2D.Double(left ? area.getX() - away : area.getMaxX() + away, along);
    }

    private void drawTicks(Graphics2D g, Rectangle2D area, RectangleEdge edge, List<Scale.Tick> ticks) {
        Color color = style.foreground();
        boolean horizontal = edge.equals(RectangleEdge.BOTTOM);
        double anchor = horizontal ? 0.5 : edge.equals(RectangleEdge.LEFT) ? 1 : 0;
        double away = style.tickLength() + style.gap() + (horizontal ? largest(ticks, RichText::ascent) : 0);
        for (Scale.Tick tick : ticks) {
            double at = valueToJava2D(tick.value(), area, edge);
            double out = style.tickLength() * (tick.label() == null ? 0.6 : 1);
            g.setColor(color);
            g.setStroke(new BasicStroke((float) style.axisWidth(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
            g.draw(new Line2D.Double(beside(area, edge, at, 0), beside(area, edge, at, out)));
            if (tick.label() != null) {
                Point2D place = beside(area, edge, horizontal ? at : at + 0.36 * style.tickSize(), away);
                text(tick).draw(g, place.getX(), place.getY(), anchor, color);
            }
        }
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
        if (horizontal) {
            Point2D place = beside(area, edge, area.getCenterX(), away + label.ascent());
            label.draw(g, place.getX(), place.getY(), 0.5, style.foreground());
        } else {
            Point2D place = beside(area, edge, area.getCenterY(), away + label.height() / 2);
            label.drawUpwards(g, place.getX(), place.getY(), style.foreground());
        }
    }
}
