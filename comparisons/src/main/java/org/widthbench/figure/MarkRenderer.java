package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.DefaultIntervalXYDataset;
import org.jfree.data.xy.IntervalXYDataset;

/** Marks in the terms of JFreeChart. */
final class MarkRenderer {
    private static final int BAND_ALPHA = 60;

    /** Outlines of histograms lie behind the dashed theory, so they are thinner than curves, and pale. */
    static final double OUTLINE = 0.6;

    private static final int HISTOGRAM_ALPHA = 26;

    private MarkRenderer() {}

    /** What is drawn, with its lower and upper ends. */
    static IntervalXYDataset dataset(Mark mark) {
        DefaultIntervalXYDataset dataset = new DefaultIntervalXYDataset();
        dataset.addSeries("", new double[][] {mark.x(), mark.x(), mark.x(), mark.y(), mark.low(), mark.high()});
        return dataset;
    }

    /** How it is drawn; the outline of a histogram is apart ({@link #outline}). */
    static XYItemRenderer of(Mark mark, Style style) {
        Color color = style.color(mark.ink());
        if (mark instanceof Mark.Band || mark instanceof Mark.Histogram) {
            DeviationRenderer renderer = new DeviationRenderer(false, false);
            renderer.setAlpha((mark instanceof Mark.Band ? BAND_ALPHA : HISTOGRAM_ALPHA) / 255f);
            renderer.setSeriesFillPaint(0, color);
            renderer.setSeriesPaint(0, new Color(0, true));
            return renderer;
        }
        if (mark instanceof Mark.ErrorBars bars) {
            XYErrorRenderer renderer = new XYErrorRenderer();
            renderer.setDrawXError(false);
            renderer.setCapLength(style.markerSize());
            renderer.setErrorStroke(style.stroke(LineStyle.SOLID, 0.55));
            renderer.setDefaultLinesVisible(bars.joined());
            renderer.setDefaultShapesFilled(true);
            double size = style.markerSize();
            renderer.setSeriesShape(0, new Ellipse2D.Double(-size / 2, -size / 2, size, size));
            renderer.setSeriesPaint(0, color);
            renderer.setSeriesStroke(0, style.stroke(LineStyle.SOLID, 0.65));
            return renderer;
        }
        return lines(color, style.stroke(((Mark.Curve) mark).line(), 1));
    }

    /** The outline of a histogram, on its own fill. */
    static XYItemRenderer outline(Mark mark, Style style) {
        return lines(style.pale(mark.ink()), style.stroke(LineStyle.SOLID, OUTLINE));
    }

    private static XYItemRenderer lines(Color color, BasicStroke stroke) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setSeriesPaint(0, color);
        renderer.setSeriesStroke(0, stroke);
        return renderer;
    }
}
