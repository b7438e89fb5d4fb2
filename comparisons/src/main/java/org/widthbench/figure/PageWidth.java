package org.widthbench.figure;

/** Widths that journals and conferences print at. */
public enum PageWidth {
    /** 3.4 inches. */
    SINGLE_COLUMN(3.4),
    /** 7 inches. */
    DOUBLE_COLUMN(7);

    /** Length unit of everything drawn. */
    static final double POINTS_PER_INCH = 72;

    private final double inches;

    PageWidth(double inches) {
        this.inches = inches;
    }

    double points() {
        return inches * POINTS_PER_INCH;
    }
}
