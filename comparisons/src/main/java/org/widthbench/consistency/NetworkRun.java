package org.widthbench.consistency;

import org.widthbench.core.Tensor;

/**
 * The measurement of one network on one task.
 *
 * @param width N
 * @param seed of the initial weights
 * @param observed predictions, kernels, preactivations
 * @param batchLoss {@code (steps)} loss of each minibatch before its step
 * @param sharpness {@code (R,3)}: largest eigenvalue of the Hessian on test points in units in which descent is stable below 2 / eta,
 *     its residual, and the products used
 */
public record NetworkRun(int width, long seed, Observed observed, double[] batchLoss, Tensor sharpness) {}
