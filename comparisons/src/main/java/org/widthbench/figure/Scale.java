package org.widthbench.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How values are laid along an axis. */
public enum Scale {
    /** Equal steps for equal differences. */
    LINEAR {
        @Override
        double position(double value) {
            return value;
        }

        @Override
        double value(double position) {
            return position;
        }

        @Override
        boolean admits(double value) {
            return true;
        }

        @Override
        List<Tick> ticks(double low, double high, int most) {
            double step = step((high - low) / most);
            List<Tick> ticks = new ArrayList<>();
            long first = (long) Math.ceil(low / step - ROUNDING);
            long last = (long) Math.floor(high / step + ROUNDING);
            for (long i = first; i <= last; i++) {
                ticks.add(Tick.labelled(i * step, Numbers.fixed(i * step, step)));
            }
            return ticks;
        }
    },
    /** Equal steps for equal ratios; values above zero only. */
    LOG {
        @Override
        double position(double value) {
            return Math.log10(value);
        }

        @Override
        double value(double position) {
            return Math.pow(10, position);
        }

        @Override
        boolean admits(double value) {
            return value > 0;
        }

        @Override
        List<Tick> ticks(double low, double high, int most) {
            int first = (int) Math.floor(Math.log10(low) + ROUNDING);
            int last = (int) Math.ceil(Math.log10(high) - ROUNDING);
            double decades = Math.log10(high) - Math.log10(low);
            int stride = (int) Math.max(1, Math.ceil(decades / most));
            // Within a decade or two the powers of ten alone would leave one label or none.
            int[] labelledDigits = decades > FEW_DECADES ? new int[] {1} : decades > 0.7 ? new int[] {1, 2, 5} : DIGITS;
            List<Tick> ticks = new ArrayList<>();
            for (int n = first; n <= last; n++) {
                for (int digit : DIGITS) {
                    double value = digit * Math.pow(10, n);
                    if (value < low * (1 - ROUNDING) || value > high * (1 + ROUNDING)) {
                        continue;
                    }
                    boolean labelled =
                            Arrays.stream(labelledDigits).anyMatch(d -> d == digit) && Math.floorMod(n, stride) == 0;
                    if (labelled) {
                        ticks.add(Tick.labelled(
                                value, labelledDigits.length == 1 ? Numbers.power(n) : Numbers.shortest(value)));
                    } else if (digit == 1 || (stride == 1 && decades <= 2 * MOST_SUBDIVIDED)) {
                        ticks.add(Tick.minor(value));
                    }
                }
            }
            return ticks;
        }
    },
    /** Equal steps for equal ratios of the distance to one: 0.9, 0.99, 0.999; values below one only. */
    NINES {
        @Override
        double position(double value) {
            return -Math.log10(1 - value);
        }

        @Override
        double value(double position) {
            return 1 - Math.pow(10, -position);
        }

        @Override
        boolean admits(double value) {
            return value < 1;
        }

        @Override
        double shown(double value) {
            return value <= 1 ? Math.min(value, 1 - ROUNDING) : value;
        }

        @Override
        List<Tick> ticks(double low, double high, int most) {
            List<Tick> ticks = new ArrayList<>();
            int last = (int) Math.ceil(position(high));
            double decades = position(high) - position(low);
            int stride = (int) Math.max(1, Math.ceil(decades / most));
            for (int nines = 0; nines <= last; nines++) {
                for (int digit : DIGITS) {
                    double value = 1 - (10 - digit + 1) * Math.pow(10, -nines - 1);
                    if (value < low - ROUNDING || value > high + ROUNDING * (1 - high)) {
                        continue;
                    }
                    // 0.5; and 0.95 and 0.98 where 0.9 and 0.99 alone would leave one label or none.
                    boolean between = digit == 6 || digit == 9;
                    boolean labelled = digit == 1
                            ? nines % stride == 0
                            : between
                                    && (decades <= FEW_DECADES ? nines <= MOST_SUBDIVIDED : digit == 6 && nines == 0)
                                    && stride == 1;
                    if (labelled) {
                        ticks.add(Tick.labelled(
                                value,
                                nines <= MOST_SUBDIVIDED
                                        ? Numbers.shortest(value)
                                        : "1\u2212" + Numbers.power(-nines)));
                    } else if (last <= MOST_SUBDIVIDED) {
                        ticks.add(Tick.minor(value));
                    }
                }
            }
            return ticks;
        }
    };

    /** Slack for ticks that fall on the end of an axis. */
    private static final double ROUNDING = 1e-9;

    /** Decades beyond which the ticks between powers of ten would run together. */
    private static final int MOST_SUBDIVIDED = 3;

    /** Decades in which numbers between the powers of ten are needed. */
    private static final double FEW_DECADES = 1.6;

    private static final int[] DIGITS = {1, 2, 3, 4, 5, 6, 7, 8, 9};

    /** A mark on an axis; {@code label} is null for one without a number. */
    record Tick(double value, String label) {
        static Tick labelled(double value, String label) {
            return new Tick(value, label);
        }

        static Tick minor(double value) {
            return new Tick(value, null);
        }
    }

    /** Where a value lies, in units in which the axis is even. */
    abstract double position(double value);

    /** Inverse of {@link #position}. */
    abstract double value(double position);

    /** Whether the axis can show the value. */
    abstract boolean admits(double value);

    /** The nearest value that the axis has a place for: alignments reach 1 but for rounding. */
    double shown(double value) {
        return value;
    }

    /** Ticks from {@code low} to {@code high}, at most about {@code most} of them with labels. */
    abstract List<Tick> ticks(double low, double high, int most);

    // The next of 1, 2, 5, 10, ... at or above the wanted step.
    private static double step(double wanted) {
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= wanted * (1 - ROUNDING)) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
