package org.widthbench.consistency;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.sweep.TaskStore;

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
        int width, long seed, double rate, double[] loss, int[] times, Tensor sharpness, boolean diverged) {
    /** How it is kept. */
    static TaskStore.Codec<EdgeRun> codec(int width, long seed, double rate) {
        return TaskStore.arrays(
                EdgeRun::arrays,
                a -> new EdgeRun(
                        width,
                        seed,
                        rate,
                        a.get("loss").data(),
                        Observed.wholes(a.get("times")),
                        a.get("sharpness"),
                        a.get("diverged").get(0) > 0));
    }

    private Map<String, Tensor> arrays() {
        // In one order: the same run leaves the same bytes.
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("times", Observed.vector(times));
        arrays.put("loss", Tensor.vector(loss));
        arrays.put("sharpness", sharpness);
        arrays.put("diverged", Tensor.vector(diverged ? 1 : 0));
        return arrays;
    }
}
