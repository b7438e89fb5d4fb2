package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One problem of a grid.
 *
 * @param values what this point sets, by dotted path such as {@code training.gamma0}, in the order of the grid's axes; empty
 *     for a sweep without a grid
 * @param experiment the configuration with those values in it
 */
public record GridPoint(Map<String, Object> values, Experiment experiment) {
    /** Copies the map, keeping its order. */
    public GridPoint {
        values = new LinkedHashMap<>(values);
    }

    /** {@code training.gamma0=0.5, network.depth=3}; empty without a grid. */
    public String description() {
        StringBuilder text = new StringBuilder();
        values.forEach((path, value) ->
                text.append(text.isEmpty() ? "" : ", ").append(path).append('=').append(Json.compact(value)));
        return text.toString();
    }
}
