package org.widthbench.figure;

/**
 * How a curve is drawn. In a panel that has both, solid curves and histograms are networks and dashed curves the theory:
 * a page can then show one side alone, or their difference.
 */
public enum LineStyle {
    /** Unbroken. */
    SOLID,
    /** Dashes. */
    DASHED,
    /** Dots. */
    DOTTED
}
