package org.widthbench.training.family;

import java.util.List;
import org.widthbench.core.Tensor;

/**
 * Kernels at one time, {@code docs/theory.md} section 2, of pooled features and gradients for a CNN.
 *
 * @param features {@code Phi^l}, L tensors {@code (B,B)}
 * @param gradients {@code G^l}, L tensors {@code (B,B)}
 * @param ntk neural tangent kernel {@code (B,B)}
 */
public record KernelSnapshot(List<Tensor> features, List<Tensor> gradients, Tensor ntk) {
    /** Copies the lists. */
    public KernelSnapshot {
        features = List.copyOf(features);
        gradients = List.copyOf(gradients);
    }
}
