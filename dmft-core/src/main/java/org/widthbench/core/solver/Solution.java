package org.widthbench.core.solver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;

/**
 * What a solver found, and what it knows about how good it is.
 *
 * @param results at every recorded time
 * @param pivots how well sampled noise could carry them; {@link PivotReport#NONE} where nothing is left to noise
 * @param diagnostics entries of {@code summary.json} by name
 * @param warning one line, if the results may be visibly wrong
 * @param pixelFeatureKernels {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, L tensors {@code
 *     (Q, pixels, Q, pixels)}, if they were asked for
 */
public record Solution(
        OrderParameters results,
        PivotReport pivots,
        Map<String, Object> diagnostics,
        Optional<String> warning,
        List<Tensor> pixelFeatureKernels) {

    /** Copies the list. */
    public Solution {
        pixelFeatureKernels = List.copyOf(pixelFeatureKernels);
    }

    /** Without anything to say about it. */
    public static Solution of(OrderParameters results) {
        return new Solution(results, PivotReport.NONE, Map.of(), Optional.empty(), List.of());
    }
}
