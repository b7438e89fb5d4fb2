package org.widthbench.training.family;

/**
 * The largest eigenvalue of a symmetric operator, as far as it was found.
 *
 * @param value the largest Ritz value, a lower bound of the eigenvalue
 * @param residual norm of {@code H v - value v} for the unit Ritz vector v: an eigenvalue lies at most so far away
 * @param products operator applications used
 * @param converged whether the residual fell below the tolerance
 */
public record Sharpness(double value, double residual, int products, boolean converged) {}
