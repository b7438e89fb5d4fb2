package org.widthbench.consistency;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Scale;
import org.widthbench.figure.XyPanel;

/** A panel in the making that leaves out what its axes cannot show, and itself if nothing is left. */
final class Plot {
    /** Largest ratio of values that a linear axis shows well. */
    private static final double NARROW = 4;

    private final Axis across;
    private final Axis up;
    private final XyPanel.Builder panel;
    private boolean empty = true;

    Plot(String title, Axis across, Axis up) {
        this.across = across;
        this.up = up;
        this.panel = XyPanel.over(across, up).title(title);
    }

    /** A curve through the points that can be shown. */
    Plot curve(String label, Ink ink, LineStyle line, double[] x, double[] y) {
        int[] shown = shown(x, y);
        if (shown.length > 0) {
            panel.curve(label, ink, line, PowerFit.pick(x, shown), PowerFit.pick(y, shown));
            empty = false;
        }
        return this;
    }

    /** A solid curve for each width of a task. */
    Plot widths(TaskView task, double[] x, Function<WidthGroup, double[]> y) {
        for (int i = 0; i < task.groups().size(); i++) {
            curve(
                    task.label(i),
                    task.ink(i),
                    LineStyle.SOLID,
                    x,
                    y.apply(task.groups().get(i)));
        }
        return this;
    }

    /** The theory's curve, dashed, under a name in the legend. */
    Plot theory(String label, double[] x, double[] y) {
        return curve(null, Ink.neutral(), LineStyle.DASHED, x, y).entry(label, LineStyle.DASHED);
    }

    /** Points with bars. */
    Plot bars(String label, Ink ink, double[] x, double[] y, double[] low, double[] high) {
        int[] shown = shown(x, y);
        if (shown.length > 0) {
            double[] from = Arrays.stream(shown)
                    .mapToDouble(i -> admits(up, low[i]) ? Math.min(low[i], y[i]) : y[i])
                    .toArray();
            double[] to = Arrays.stream(shown)
                    .mapToDouble(i -> admits(up, high[i]) ? Math.max(high[i], y[i]) : y[i])
                    .toArray();
            panel.errorBars(label, ink, PowerFit.pick(x, shown), PowerFit.pick(y, shown), from, to);
            empty = false;
        }
        return this;
    }

    /** Points joined by a line. */
    Plot points(String label, Ink ink, double[] x, double[] y) {
        return bars(label, ink, x, y, y, y);
    }

    /** Values with one standard error up and down, joined, and their fitted power, dotted. */
    Plot scaling(String label, Ink ink, Scaling scaling) {
        double[] low = scaling.values().clone();
        double[] high = scaling.values().clone();
        for (int i = 0; i < low.length; i++) {
            double error = Double.isNaN(scaling.errors()[i]) ? 0 : scaling.errors()[i];
            low[i] -= error;
            high[i] += error;
        }
        bars(label, ink, scaling.widths(), scaling.values(), low, high);
        return fit(ink, scaling.widths(), scaling.fit());
    }

    /** A fitted power law, dotted, over the widths. */
    Plot fit(Ink ink, double[] widths, Optional<PowerFit> fit) {
        fit.ifPresent(f -> curve(
                null,
                ink,
                LineStyle.DOTTED,
                widths,
                Arrays.stream(widths).map(f::at).toArray()));
        return this;
    }

    Plot entry(String label, LineStyle line) {
        if (!empty) {
            panel.entry(label, Ink.neutral(), line);
        }
        return this;
    }

    Plot withoutLegend() {
        panel.withoutLegend();
        return this;
    }

    /** Adds the panel to a row unless it is empty. */
    void into(List<Panel> row) {
        if (!empty) {
            row.add(panel.build());
        }
    }

    private int[] shown(double[] x, double[] y) {
        return IntStream.range(0, x.length)
                .filter(i -> admits(across, x[i]) && admits(up, y[i]))
                .toArray();
    }

    private static boolean admits(Axis axis, double value) {
        return Double.isFinite(value) && (axis.scale() != Scale.LOG || value > 0);
    }

    /** Logarithmic where the values span decades; linear where a logarithmic axis would have no room for labels. */
    static Axis spanning(String label, List<double[]> curves) {
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (double[] curve : curves) {
            for (double value : curve) {
                low = value > 0 ? Math.min(low, value) : low;
                high = Math.max(high, value);
            }
        }
        return high > NARROW * low ? Axis.log(label) : Axis.linear(label);
    }

    static double[] doubles(int[] wholes) {
        return Arrays.stream(wholes).asDoubleStream().toArray();
    }
}
