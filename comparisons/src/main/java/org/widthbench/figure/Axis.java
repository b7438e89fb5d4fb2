package org.widthbench.figure;

import org.widthbench.core.InvalidInputException;

/**
 * What an axis shows.
 *
 * @param label text with {@code $mathematics$}
 * @param scale how values are laid out
 * @param low first value shown, NaN to fit the data
 * @param high last value shown, NaN to fit the data
 */
public record Axis(String label, Scale scale, double low, double high) {
    /** @throws InvalidInputException if the scale cannot show an end, or the ends are not in order */
    public Axis {
        for (double end : new double[] {low, high}) {
            if (!Double.isNaN(end) && (!scale.admits(end) || Double.isInfinite(end))) {
                throw new InvalidInputException("axis '" + label + "': " + end + " cannot be shown on a "
                        + scale.name().toLowerCase(java.util.Locale.ROOT) + " axis");
            }
        }
        if (low >= high) {
            throw new InvalidInputException("axis '" + label + "': low " + low + " is not below high " + high);
        }
    }

    /** A linear axis that fits its data. */
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, Double.NaN, Double.NaN);
    }

    /** A logarithmic axis that fits its data. */
    public static Axis log(String label) {
        return new Axis(label, Scale.LOG, Double.NaN, Double.NaN);
    }

    /** An axis for values that approach one from below. */
    public static Axis nines(String label) {
        return new Axis(label, Scale.NINES, Double.NaN, Double.NaN);
    }

    /** The same axis from {@code newLow} to {@code newHigh}; NaN fits that end to the data. */
    public Axis from(double newLow, double newHigh) {
        return new Axis(label, scale, newLow, newHigh);
    }
}
