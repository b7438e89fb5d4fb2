package org.widthbench.consistency;

import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.sweep.TaskStore;

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
public record NetworkRun(int width, long seed, Observed observed, double[] batchLoss, Tensor sharpness) {
    /** How it is kept. */
    static TaskStore.Codec<NetworkRun> codec(int width, long seed) {
        return TaskStore.arrays(
                NetworkRun::arrays,
                a -> new NetworkRun(
                        width, seed, Observed.of(a), a.get("batch_loss").data(), a.get("sharpness")));
    }

    private Map<String, Tensor> arrays() {
        Map<String, Tensor> arrays = observed.arrays();
        arrays.put("batch_loss", Tensor.vector(batchLoss));
        arrays.put("sharpness", sharpness);
        return arrays;
    }
}
