package org.widthbench.core.solver;

import java.util.Map;
import java.util.Optional;
import org.widthbench.core.problem.OrderParameters;

/**
 * What a solver found, and what it knows about how good it is.
 *
 * @param results at every recorded time
 * @param pivots how well sampled noise could carry them; {@link PivotReport#NONE} where nothing is left to noise
 * @param diagnostics entries of {@code summary.json} by name
 * @param warning one line, if the results may be visibly wrong
 */
public record Solution(
        OrderParameters results, PivotReport pivots, Map<String, Object> diagnostics, Optional<String> warning) {

    /** Without anything to say about it. */
    public static Solution of(OrderParameters results) {
        return new Solution(results, PivotReport.NONE, Map.of(), Optional.empty());
    }
}
