package org.widthbench.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.io.Sha256;

/**
 * One problem of a grid.
 *
 * @param values what this point sets, by dotted path such as {@code training.gamma0}, in the order of the grid's axes; empty
 *     for a sweep without a grid
 * @param experiment the configuration with those values in it
 */
public record GridPoint(Map<String, Object> values, Experiment experiment) {
    /** Longest part of a folder's name that is for people; file systems allow 255 bytes in all. */
    private static final int READABLE = 80;

    private static final int HASH_LENGTH = 16;

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

    /** Name of its folder: what people look for, and a hash that makes it different from all others. */
    public String folderName() {
        StringBuilder name = new StringBuilder();
        values.forEach((path, value) -> name.append(name.isEmpty() ? "" : "_")
                .append(path.substring(path.lastIndexOf('.') + 1))
                .append('=')
                .append(Json.compact(value).replaceAll("[^-+.A-Za-z0-9]+", "-")));
        name.setLength(Math.min(name.length(), READABLE));
        return name + "-" + Sha256.of(Json.text(values)).substring(0, HASH_LENGTH);
    }
}
