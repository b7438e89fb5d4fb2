/**
 * Figures of publication quality from plain arrays: panels on JFreeChart, mathematics set by JLaTeXMath, written as PNG,
 * SVG and PDF. Knows nothing of solvers or networks. Lengths are in points (1/72 inch) at print size throughout.
 *
 * <p>Labels are text with mathematics between dollar signs, as in {@code "loss $\gamma_0=1$"}.
 */
package org.widthbench.figure;
