package org.widthbench.training;

import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/**
 * Order parameters of a CNN with the kernels that pooling averages away.
 *
 * @param orderParameters kernels of pooled fields at all recorded times
 * @param pixelFeatureKernels {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, L tensors
 *     {@code (Q, pixels, Q, pixels)}
 */
public record CnnMeasurement(OrderParameters orderParameters, List<Tensor> pixelFeatureKernels) {

    /** Copies the list. */
    public CnnMeasurement {
        pixelFeatureKernels = List.copyOf(pixelFeatureKernels);
    }
}
