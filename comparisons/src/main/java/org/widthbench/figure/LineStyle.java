package org.widthbench.figure;

/** How a curve is drawn: networks solid, theory dashed. */
public enum LineStyle {
    /** Unbroken. */
    SOLID,
    /** Dashes. */
    DASHED,
    /** Dots. */
    DOTTED
}
