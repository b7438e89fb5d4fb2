package org.widthbench.figure;

/**
 * The part of an axis that a panel shows, and where its values lie.
 *
 * @param scale how values are laid out
 * @param low value at the beginning
 * @param high value at the end
 */
record Range(Scale scale, double low, double high) {

    /** 0 at the beginning, 1 at the end; a value that the scale cannot show lies at the beginning. */
    double fraction(double value) {
        double first = scale.position(low);
        double last = scale.position(high);
        double shown = scale.admits(value) ? scale.position(value) : scale == Scale.NINES ? last + 1 : first - 1;
        return (shown - first) / (last - first);
    }

    /** Inverse of {@link #fraction}. */
    double value(double fraction) {
        double first = scale.position(low);
        return scale.value(first + fraction * (scale.position(high) - first));
    }

    /** Longer by a fraction of its length at either end. */
    Range extended(double below, double above) {
        return new Range(scale, value(-below), value(1 + above));
    }
}
