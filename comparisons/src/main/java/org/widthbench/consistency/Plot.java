package org.widthbench.consistency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Scale;
import org.widthbench.figure.XyPanel;

/** A panel in the making that leaves out what its axes cannot show, and itself if nothing is left. */
final class Plot {
    /** The axis of alignments has no place for 1 itself; closer than this is rounding. */
    private static final double LARGEST_ALIGNMENT = 1 - 1e-9;

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
        List<double[]> shown = shown(x, y, y, y);
        if (!shown.isEmpty()) {
            panel.curve(label, ink, line, column(shown, 0), column(shown, 1));
            empty = false;
        }
        return this;
    }

    /** Points with bars. */
    Plot bars(String label, Ink ink, double[] x, double[] y, double[] low, double[] high) {
        List<double[]> shown = shown(x, y, low, high);
        if (!shown.isEmpty()) {
            panel.errorBars(label, ink, column(shown, 0), column(shown, 1), column(shown, 2), column(shown, 3));
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

    private List<double[]> shown(double[] x, double[] y, double[] low, double[] high) {
        List<double[]> shown = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            double middle = clipped(y[i]);
            if (admits(across, x[i]) && admits(up, middle)) {
                double from = clipped(low[i]);
                double to = clipped(high[i]);
                shown.add(new double[] {
                    x[i],
                    middle,
                    admits(up, from) ? Math.min(from, middle) : middle,
                    admits(up, to) ? Math.max(to, middle) : middle
                });
            }
        }
        return shown;
    }

    private double clipped(double value) {
        return up.scale() == Scale.NINES ? Math.min(value, LARGEST_ALIGNMENT) : value;
    }

    private static boolean admits(Axis axis, double value) {
        return Double.isFinite(value) && (axis.scale() != Scale.LOG || value > 0);
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
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
