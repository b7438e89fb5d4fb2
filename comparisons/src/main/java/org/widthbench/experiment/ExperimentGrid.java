package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An experiment at every combination of the values of {@code sweep.grid}.
 *
 * @param base the configuration without the grid
 * @param axes values by dotted path, in the order of the file; the last one varies fastest
 * @param points every combination; the base alone where there is no axis
 */
public record ExperimentGrid(Experiment base, Map<String, List<Object>> axes, List<GridPoint> points) {
    /** Copies list and map, keeping their order. */
    public ExperimentGrid {
        axes = new LinkedHashMap<>(axes);
        points = List.copyOf(points);
    }

    /** Whether the configuration names an axis. */
    public boolean hasAxes() {
        return !axes.isEmpty();
    }

    /** All settings, the grid among them, in the layout of the configuration file. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = base.toMap();
        if (hasAxes()) {
            Map<String, Object> sweep = new LinkedHashMap<>();
            ((Map<?, ?>) map.get("sweep")).forEach((key, value) -> sweep.put((String) key, value));
            sweep.put("grid", axes);
            map.put("sweep", sweep);
        }
        return map;
    }
}
