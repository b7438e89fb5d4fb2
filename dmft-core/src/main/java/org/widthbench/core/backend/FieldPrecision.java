package org.widthbench.core.backend;

/** Format in which a backend keeps fields. Kernels reach the host in float64 either way. */
public enum FieldPrecision {
    /** 24-bit significand: half the memory and twice the products a second; kernel sums are still accumulated in float64. */
    FLOAT32,
    /** 53-bit significand. */
    FLOAT64
}
