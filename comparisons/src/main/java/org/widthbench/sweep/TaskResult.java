package org.widthbench.sweep;

import org.widthbench.comparison.Comparison;

/**
 * What is kept of one network: small numbers only, never its kernels.
 *
 * @param width N
 * @param seed of the initial weights
 * @param comparison against the theory
 * @param loss {@code (T)} the network's loss curve
 * @param trainSeconds time of the training alone
 */
public record TaskResult(int width, long seed, Comparison comparison, double[] loss, double trainSeconds) {}
