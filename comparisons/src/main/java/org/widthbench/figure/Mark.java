package org.widthbench.figure;

import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;

/** Something drawn in an {@link XyPanel}; {@code label} is its legend entry, null for none. */
sealed interface Mark {
    String label();

    Ink ink();

    double[] x();

    /** Lowest value drawn at each {@link #x}. */
    double[] low();

    /** Highest value drawn at each {@link #x}. */
    double[] high();

    /** The value itself at each {@link #x}. */
    default double[] y() {
        return high();
    }

    /** A line through points. */
    record Curve(String label, Ink ink, LineStyle line, double[] x, double[] y) implements Mark {
        public Curve {
            check("curve", label, x, y);
        }

        @Override
        public double[] low() {
            return y;
        }

        @Override
        public double[] high() {
            return y;
        }
    }

    /** The area between two curves. */
    record Band(String label, Ink ink, double[] x, double[] low, double[] high) implements Mark {
        public Band {
            check("band", label, x, low, high);
        }
    }

    /** The outline of a histogram, from zero, lightly filled: several stay in sight where they overlap. */
    record Histogram(String label, Ink ink, double[] x, double[] high) implements Mark {
        public Histogram {
            check("histogram", label, x, high);
        }

        @Override
        public double[] low() {
            return new double[x.length];
        }
    }

    /** Points with error bars, which a line may join. */
    record ErrorBars(String label, Ink ink, double[] x, double[] y, double[] low, double[] high, boolean joined)
            implements Mark {
        public ErrorBars {
            check("error bars", label, x, y, low, high);
        }
    }

    /** Outline in units of the data area (0..1, upwards), for keeping legends clear of data. */
    default List<Rectangle2D> cover(Range across, Range up) {
        List<Rectangle2D> cover = new ArrayList<>();
        for (int i = 0; i < x().length; i++) {
            int next = Math.min(i + 1, x().length - 1);
            double left = across.fraction(x()[i]);
            double right = across.fraction(x()[next]);
            double low = up.fraction(Math.min(low()[i], low()[next]));
            double high = up.fraction(Math.max(high()[i], high()[next]));
            cover.add(new Rectangle2D.Double(Math.min(left, right), low, Math.abs(right - left), high - low));
        }
        return cover;
    }

    /** Whether the line from one point to the next stays clear of a rectangle in units of the data area. */
    default boolean clearOf(Rectangle2D legend, Range across, Range up) {
        List<Rectangle2D> cover = cover(across, up);
        for (int i = 0; i < cover.size(); i++) {
            Rectangle2D piece = cover.get(i);
            boolean near = piece.getMaxX() >= legend.getMinX()
                    && piece.getMinX() <= legend.getMaxX()
                    && piece.getMaxY() >= legend.getMinY()
                    && piece.getMinY() <= legend.getMaxY();
            if (near && (!(this instanceof Curve) || crosses(i, legend, across, up))) {
                return false;
            }
        }
        return true;
    }

    private boolean crosses(int i, Rectangle2D legend, Range across, Range up) {
        int next = Math.min(i + 1, x().length - 1);
        return new Line2D.Double(
                        across.fraction(x()[i]),
                        up.fraction(low()[i]),
                        across.fraction(x()[next]),
                        up.fraction(low()[next]))
                .intersects(legend);
    }

    private static void check(String kind, String label, double[]... columns) {
        String name = kind + (label == null ? "" : " '" + label + "'");
        if (columns[0].length == 0) {
            throw new InvalidInputException(name + ": there is nothing to draw");
        }
        for (double[] column : columns) {
            if (column.length != columns[0].length) {
                throw new InvalidInputException(
                        name + ": " + columns[0].length + " abscissas but " + column.length + " ordinates");
            }
            for (int i = 0; i < column.length; i++) {
                if (!Double.isFinite(column[i])) {
                    throw new InvalidInputException(name + ": entry " + i + " is " + column[i]);
                }
            }
        }
    }
}
