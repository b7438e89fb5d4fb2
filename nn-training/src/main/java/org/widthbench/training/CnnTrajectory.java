package org.widthbench.training;

import java.util.List;
import org.widthbench.core.Tensor;

/**
 * A long run seen at some times and on some points, K of them, of which the first J are in the kernels.
 *
 * @param times {@code (R)} times at which the points were looked at
 * @param batchLoss {@code (T-1)} mean loss of the batch of each step before the step
 * @param f {@code (R,K)} centred predictions
 * @param featureKernels {@code Phi^l} of features' means over pixels at equal times, L tensors {@code (R,J,J)}
 */
public record CnnTrajectory(int[] times, double[] batchLoss, Tensor f, List<Tensor> featureKernels) {

    /** Copies the list. */
    public CnnTrajectory {
        featureKernels = List.copyOf(featureKernels);
    }
}
