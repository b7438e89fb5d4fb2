package org.widthbench.core.backend;

/**
 * Format in which a backend keeps fields. Kernels reach the host in float64 either way; the CPU always computes in
 * float64.
 */
public enum FieldPrecision {
    /** 24-bit significand, what GPUs are fast at; kernel sums are still accumulated in float64. */
    FLOAT32,
    /** 53-bit significand. */
    FLOAT64
}
