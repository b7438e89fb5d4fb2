package org.widthbench.consistency;

import org.widthbench.core.Tensor;

/**
 * One network under full-batch descent at one learning rate.
 *
 * @param width N
 * @param seed of the initial weights
 * @param rate eta
 * @param loss at times 0, 1, ...; ends where it is no longer a number worth keeping if the run diverged
 * @param times {@code (R)} times at which the sharpness was looked at
 * @param sharpness {@code (R,3)} value, residual, products, as in {@link NetworkRun}
 * @param diverged whether the loss left all bounds
 */
public record EdgeRun(
        int width, long seed, double rate, double[] loss, int[] times, Tensor sharpness, boolean diverged) {}
