package org.widthbench.training;

import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.weights.Directions;

/**
 * Order parameters of a network with what else was seen of it.
 *
 * @param orderParameters kernels of pooled fields at all recorded times
 * @param pixelFeatureKernels {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, L tensors
 *     {@code (Q, pixels, Q, pixels)}, if they were asked for
 * @param directions of every matrix that was never drawn, in the order of the layers
 */
public record CnnMeasurement(
        OrderParameters orderParameters, List<Tensor> pixelFeatureKernels, List<Directions> directions) {

    /** Copies the lists. */
    public CnnMeasurement {
        pixelFeatureKernels = List.copyOf(pixelFeatureKernels);
        directions = List.copyOf(directions);
    }
}
