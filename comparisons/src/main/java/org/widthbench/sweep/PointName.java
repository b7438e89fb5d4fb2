package org.widthbench.sweep;

import org.widthbench.core.io.Sha256;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Json;

/** Names of grid points as folders: what people look for, and a hash that makes them different. */
final class PointName {
    /** Longest part for people; file systems allow 255 bytes in all. */
    private static final int READABLE = 80;

    private static final int HASH_LENGTH = 16;

    private PointName() {}

    static String of(GridPoint point) {
        StringBuilder name = new StringBuilder();
        point.values().forEach((path, value) -> name.append(name.isEmpty() ? "" : "_")
                .append(path.substring(path.lastIndexOf('.') + 1))
                .append('=')
                .append(Json.compact(value).replaceAll("[^-+.A-Za-z0-9]+", "-")));
        name.setLength(Math.min(name.length(), READABLE));
        return name + "-" + Sha256.of(Json.text(point.values())).substring(0, HASH_LENGTH);
    }
}
