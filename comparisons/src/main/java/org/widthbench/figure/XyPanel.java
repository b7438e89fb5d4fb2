package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.plot.CrosshairState;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.InvalidInputException;

/** Curves, bands, histograms and error bars over two axes. */
public final class XyPanel extends Panel {
    /** Room between the data and an end of an axis that fits them, as a fraction of the axis. */
    private static final double PADDING = 0.04;

    /** The square of what rounding leaves of numbers of order one: losses that are 0 come out as 1e-34. */
    private static final double ROUNDING = 1e-24;

    /** What stands in a panel whose curves lie on its zero. */
    private static final String NOTHING = "nothing moved: all values are 0";

    private final String title;
    private final Axis horizontal;
    private final Axis vertical;
    private final List<Mark> marks;
    private final List<Legend.Entry> extraEntries;
    private final boolean legend;

    private XyPanel(
            String title,
            Axis horizontal,
            Axis vertical,
            List<Mark> marks,
            List<Legend.Entry> extraEntries,
            boolean legend) {
        this.title = title;
        this.horizontal = horizontal;
        this.vertical = vertical;
        this.marks = List.copyOf(marks);
        this.extraEntries = List.copyOf(extraEntries);
        this.legend = legend;
    }

    /** Starts a panel over the two axes. */
    public static Builder over(Axis horizontal, Axis vertical) {
        return new Builder(horizontal, vertical);
    }

    /** Collects what a panel shows; later marks lie on top of earlier ones. */
    public static final class Builder implements Panel.Builder {
        private final Axis horizontal;
        private final Axis vertical;
        private final List<Mark> marks = new ArrayList<>();
        private final List<Legend.Entry> extraEntries = new ArrayList<>();
        private String title = "";
        private boolean legend = true;

        private Builder(Axis horizontal, Axis vertical) {
            this.horizontal = horizontal;
            this.vertical = vertical;
        }

        /** Text above the panel. */
        public Builder title(String text) {
            title = text;
            return this;
        }

        /** Leaves the legend to another panel, unless this one stands alone. */
        public Builder withoutLegend() {
            legend = false;
            return this;
        }

        /**
         * A line.
         *
         * @param label legend entry, null for none
         * @param x abscissas
         * @param y ordinates, as many
         * @throws InvalidInputException if there are none, their numbers differ or one is not finite
         */
        public Builder curve(String label, Ink ink, LineStyle line, double[] x, double[] y) {
            return add(new Mark.Curve(label, ink, line, x, shown(y)));
        }

        /** Networks: the mean over seeds, solid, in a band of one standard error to either side where there are several. */
        public Builder mean(String label, Ink ink, double[] x, List<double[]> seeds) {
            List<SeedStatistics> along = SeedStatistics.along(seeds);
            if (seeds.size() > 1) {
                double[] low = of(along, at -> at.mean() - at.standardError());
                band(ink, x, low, of(along, at -> at.mean() + at.standardError()));
            }
            return curve(label, ink, LineStyle.SOLID, x, of(along, SeedStatistics::mean));
        }

        private static double[] of(List<SeedStatistics> along, ToDoubleFunction<SeedStatistics> number) {
            return along.stream().mapToDouble(number).toArray();
        }

        /** The area between {@code low} and {@code high}, for standard errors. */
        public Builder band(Ink ink, double[] x, double[] low, double[] high) {
            return add(new Mark.Band(null, ink, x, low, high));
        }

        /** Points with bars from {@code low} to {@code high}, joined by a line. */
        public Builder errorBars(String label, Ink ink, double[] x, double[] y, double[] low, double[] high) {
            return add(new Mark.ErrorBars(label, ink, x, shown(y), shown(low), shown(high), true));
        }

        /**
         * Means over seeds, joined by a line, with bars of one standard deviation to either side. It is taken in the coordinate
         * of the axis, so that no bar leaves it.
         *
         * @param seeds one array per abscissa
         */
        public Builder spread(String label, Ink ink, double[] x, List<double[]> seeds) {
            Scale scale = vertical.scale();
            double[] mean = new double[x.length];
            double[] low = new double[x.length];
            double[] high = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                double[] values = shown(seeds.get(i));
                double deviation = SeedStatistics.of(
                                Arrays.stream(values).map(scale::position).toArray())
                        .deviation();
                mean[i] = SeedStatistics.of(values).mean();
                low[i] = scale.value(scale.position(mean[i]) - deviation);
                high[i] = scale.value(scale.position(mean[i]) + deviation);
            }
            return errorBars(label, ink, x, mean, low, high);
        }

        /** Points that nothing joins. */
        public Builder points(String label, Ink ink, double[] x, double[] y) {
            return add(new Mark.ErrorBars(label, ink, x, shown(y), shown(y), shown(y), false));
        }

        /** The outline of a histogram, lightly filled. */
        public Builder histogram(String label, Ink ink, Density.Histogram histogram) {
            return add(new Mark.Histogram(label, ink, histogram.stepAbscissas(), histogram.stepOrdinates()));
        }

        private Builder add(Mark mark) {
            marks.add(mark);
            return this;
        }

        private double[] shown(double[] values) {
            return Arrays.stream(values).map(vertical.scale()::shown).toArray();
        }

        /** A legend entry that explains a kind of line rather than one mark. */
        public Builder entry(String label, Ink ink, LineStyle line) {
            extraEntries.add(Legend.Entry.line(label, ink, line));
            return this;
        }

        @Override
        public XyPanel build() {
            if (marks.isEmpty()) {
                throw new InvalidInputException("panel '" + vertical.label() + "': there is nothing to draw");
            }
            for (Mark mark : marks) {
                admit(horizontal, mark.x());
                admit(vertical, mark.y());
            }
            return new XyPanel(title, horizontal, vertical, marks, extraEntries, legend);
        }

        private static void admit(Axis axis, double[] values) {
            for (double value : values) {
                if (!axis.scale().admits(value)) {
                    throw new InvalidInputException("axis '" + axis.label() + "': " + value
                            + " cannot be shown on a "
                            + axis.scale().name().toLowerCase(java.util.Locale.ROOT) + " axis");
                }
            }
        }
    }

    /**
     * What is decided before drawing.
     *
     * @param across horizontal range
     * @param up vertical range
     * @param legend where the legend goes, null without one
     */
    record Layout(Range across, Range up, Rectangle2D legend) {}

    /** Ranges that fit the data, and a place for the legend that covers none of them. */
    Layout layout(Rectangle2D area, Style style) {
        Range across = fit(horizontal, true);
        Range up = fit(vertical, false);
        List<Legend.Entry> entries = entries();
        if (entries.isEmpty()) {
            return new Layout(across, up, null);
        }
        Legend box = new Legend(entries, style);
        return box.place(area, across, up, marks, vertical);
    }

    List<Mark> marks() {
        return marks;
    }

    /** Which side each mark is of; neither, unless the panel has both. */
    Side side(Mark mark) {
        boolean paired =
                marks.stream().anyMatch(XyPanel::isNetwork) && marks.stream().anyMatch(XyPanel::isTheory);
        return !paired || !(isNetwork(mark) || isTheory(mark) || mark instanceof Mark.Band)
                ? Side.NEITHER
                : isTheory(mark) ? Side.THEORY : Side.NETWORK;
    }

    /** On a linear axis, where zero can be shown. */
    private boolean isZero() {
        return vertical.scale() == Scale.LINEAR && ordinates().allMatch(value -> Math.abs(value) <= ROUNDING);
    }

    private DoubleStream ordinates() {
        return marks.stream()
                .flatMapToDouble(mark -> DoubleStream.concat(Arrays.stream(mark.low()), Arrays.stream(mark.high())));
    }

    private static boolean isNetwork(Mark mark) {
        return mark instanceof Mark.Histogram || (mark instanceof Mark.Curve curve && curve.line() == LineStyle.SOLID);
    }

    private static boolean isTheory(Mark mark) {
        return mark instanceof Mark.Curve curve && curve.line() == LineStyle.DASHED;
    }

    @Override
    Optional<Panel> difference() {
        return Difference.of(
                marks.stream()
                        .filter(mark -> side(mark) == Side.NETWORK && isNetwork(mark))
                        .toList(),
                marks.stream().filter(mark -> side(mark) == Side.THEORY).toList(),
                this);
    }

    @Override
    public XyPanel standingAlone() {
        return new XyPanel(title, horizontal, vertical, marks, extraEntries, true);
    }

    /** An empty panel over the same abscissas, for differences. */
    Builder likewise(String suffix) {
        String label = vertical.label().isEmpty() ? "" : vertical.label() + suffix;
        Builder builder = new Builder(horizontal, Axis.linear(label)).title(title);
        return legend ? builder : builder.withoutLegend();
    }

    @Override
    double tallest(Style style, double width) {
        return Double.POSITIVE_INFINITY;
    }

    @Override
    double narrowest(Style style) {
        return style.room(PageWidth.NARROWEST_CURVES);
    }

    private List<Legend.Entry> entries() {
        List<Legend.Entry> entries = new ArrayList<>();
        if (legend) {
            marks.stream()
                    .filter(mark -> mark.label() != null)
                    .map(Legend.Entry::of)
                    .forEach(entries::add);
            entries.addAll(extraEntries);
        }
        return entries;
    }

    private Range fit(Axis axis, boolean abscissas) {
        DoubleStream values = abscissas ? marks.stream().flatMapToDouble(mark -> Arrays.stream(mark.x())) : ordinates();
        DoubleSummaryStatistics shown = values.filter(axis.scale()::admits).summaryStatistics();
        boolean zero = !abscissas && isZero();
        double low = zero ? 0 : shown.getMin();
        double high = zero ? 0 : shown.getMax();
        boolean lowIsGiven = !Double.isNaN(axis.low());
        boolean highIsGiven = !Double.isNaN(axis.high());
        low = lowIsGiven ? axis.low() : Math.min(low, high);
        high = highIsGiven ? axis.high() : Math.max(low, high);
        if (!(high > low)) {
            double middle = axis.scale().position(low);
            double room = axis.scale() == Scale.LINEAR ? (middle == 0 ? 1 : 0.5 * Math.abs(middle)) : 0.3;
            low = axis.scale().value(middle - room);
            high = axis.scale().value(middle + room);
        }
        // A histogram stands on the axis.
        boolean grounded = !abscissas
                && low == 0
                && marks.stream().anyMatch(mark -> mark instanceof Mark.Band || mark instanceof Mark.Histogram);
        return new Range(axis.scale(), low, high)
                .extended(lowIsGiven || grounded ? 0 : PADDING, highIsGiven ? 0 : PADDING);
    }

    @Override
    String title() {
        return title;
    }

    @Override
    Margins margins(Style style, double width, double height) {
        Layout layout = layout(new Rectangle2D.Double(0, 0, width, height), style);
        ScaledAxis below = new ScaledAxis(layout.across, horizontal.label(), style);
        ScaledAxis left = new ScaledAxis(layout.up, vertical.label(), style);
        return new Margins(
                title.isEmpty() ? style.tickSize() / 2 : 0,
                left.depth(height, RectangleEdge.LEFT),
                below.depth(width, RectangleEdge.BOTTOM),
                Math.max(2, below.overhang(width)));
    }

    @Override
    Map<String, Object> values(Rectangle2D area, Style style) {
        Layout layout = layout(area, style);
        List<Map<String, Object>> series = new ArrayList<>();
        for (Mark mark : marks) {
            if (mark.label() != null || mark instanceof Mark.Curve) {
                String name = mark.label() != null ? mark.label() : entryFor((Mark.Curve) mark);
                series.add(Map.of(
                        "name",
                        RichText.plain(name),
                        "side",
                        side(mark).word(),
                        "x",
                        HoverValues.rounded(mark.x()),
                        "y",
                        HoverValues.rounded(mark.y())));
            }
        }
        return Map.of(
                "kind",
                "xy",
                "horizontal",
                RichText.plain(horizontal.label()),
                "scale",
                layout.across.scale().name(),
                "low",
                layout.across.low(),
                "high",
                layout.across.high(),
                "series",
                series);
    }

    // A curve without a legend entry of its own is explained by the entry of its kind of line.
    private String entryFor(Mark.Curve curve) {
        return extraEntries.stream()
                .filter(entry -> entry.line() == curve.line())
                .map(Legend.Entry::label)
                .findFirst()
                .orElse("");
    }

    @Override
    void draw(Graphics2D g, Rectangle2D area, Style style) {
        Layout layout = layout(area, style);
        List<Side> sides = new ArrayList<>();
        XYPlot plot =
                new XYPlot(
                        null,
                        new ScaledAxis(layout.across, horizontal.label(), style),
                        new ScaledAxis(layout.up, vertical.label(), style),
                        null) {
                    @Override
                    public boolean render(
                            Graphics2D on,
                            Rectangle2D within,
                            int index,
                            PlotRenderingInfo info,
                            CrosshairState state) {
                        sides.get(index).group(on, () -> super.render(on, within, index, info, state));
                        return true;
                    }
                };
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setFixedDomainAxisSpace(new AxisSpace());
        plot.setFixedRangeAxisSpace(new AxisSpace());
        plot.setBackgroundPaint(null);
        // JFreeChart would snap its frame to pixels, which thickens some sides on screens.
        plot.setOutlineVisible(false);
        plot.setDomainGridlinePaint(style.grid());
        plot.setRangeGridlinePaint(style.grid());
        plot.setDomainGridlineStroke(new BasicStroke((float) (0.7 * style.axisWidth())));
        plot.setRangeGridlineStroke(new BasicStroke((float) (0.7 * style.axisWidth())));
        plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        int index = 0;
        for (Mark mark : marks) {
            sides.add(side(mark));
            plot.setDataset(index, MarkRenderer.dataset(mark));
            plot.setRenderer(index++, MarkRenderer.of(mark, style));
            if (mark instanceof Mark.Histogram) {
                sides.add(side(mark));
                plot.setDataset(index, MarkRenderer.dataset(mark));
                plot.setRenderer(index++, MarkRenderer.outline(mark, style));
            }
        }
        plot.draw(g, area, null, null, null);
        g.setColor(style.foreground());
        g.setStroke(new BasicStroke((float) style.axisWidth()));
        g.draw(area);
        if (isZero()) {
            new RichText(NOTHING, style.tickSize())
                    .draw(g, area.getCenterX(), area.getMaxY() - 0.25 * area.getHeight(), 0.5, style.foreground());
        }
        if (layout.legend != null) {
            new Legend(entries(), style).draw(g, layout.legend);
        }
    }
}
