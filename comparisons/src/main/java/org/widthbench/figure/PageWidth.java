package org.widthbench.figure;

/** Widths that journals and conferences print at. */
public enum PageWidth {
    /** 3.4 inches. */
    SINGLE_COLUMN(3.4),
    /** 7 inches. */
    DOUBLE_COLUMN(7);

    /** Length unit of everything drawn. */
    static final double POINTS_PER_INCH = 72;

    /** A panel of curves narrower than this has no room for its numbers: fewer of them then stand in a row. */
    static final double NARROWEST_CURVES = 110;

    /** The same for a grid of maps. */
    static final double NARROWEST_MAPS = 160;

    private final double inches;

    PageWidth(double inches) {
        this.inches = inches;
    }

    /** The narrower of the two. */
    public PageWidth narrower(PageWidth other) {
        return inches <= other.inches ? this : other;
    }

    double points() {
        return inches * POINTS_PER_INCH;
    }
}
