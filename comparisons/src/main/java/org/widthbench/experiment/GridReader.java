package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;

/** Expands the section {@code sweep.grid}: a list of values for each of some paths. */
final class GridReader {
    private static final String KEY = "sweep.grid";
    private static final Pattern PATH = Pattern.compile("(data|network|training|theory)\\.[A-Za-z0-9]+");

    /** Values that are relative to the configuration's folder. */
    private static final List<String> FILES = List.of("data.dir", "data.path");

    /** A grid beyond this is a slip: each point is a theory and a folder. */
    private static final int MAX_POINTS = 10_000;

    private static final JsonMapper JSON = new JsonMapper();

    private GridReader() {}

    /** The axes of the grid, checked by themselves; none if there is no grid. */
    static Map<String, List<JsonNode>> axes(ObjectNode root, Path folder) {
        JsonNode grid = root.path("sweep").path("grid");
        Map<String, List<JsonNode>> axes = new LinkedHashMap<>();
        if (grid.isMissingNode() || grid.isNull()) {
            return axes;
        }
        if (!grid.isObject()) {
            throw InvalidInputException.key(
                    KEY, grid, "a mapping of paths to lists of values, such as {training.gamma0: [0.5, 1]}");
        }
        long points = 1;
        // training.gamma0: [..] may also be written as nested sections.
        Map<String, JsonNode> lists = new LinkedHashMap<>();
        Settings.flatten("", grid, lists);
        for (Map.Entry<String, JsonNode> axis : lists.entrySet()) {
            String path = axis.getKey();
            InvalidInputException.require(
                    PATH.matcher(path).matches(),
                    KEY,
                    "'" + path + "'",
                    "a path such as training.gamma0, network.depth, data.seed or theory.samples");
            axes.put(path, values(path, axis.getValue(), folder));
            points = Math.min(MAX_POINTS + 1L, points * axes.get(path).size());
        }
        InvalidInputException.require(
                points <= MAX_POINTS, KEY, "more than " + MAX_POINTS + " combinations", "at most so many");
        return axes;
    }

    private static List<JsonNode> values(String path, JsonNode list, Path folder) {
        String allowed = "a list of different values, at least one";
        InvalidInputException.require(list.isArray() && !list.isEmpty(), KEY + "." + path, list, allowed);
        List<JsonNode> values = new ArrayList<>();
        for (JsonNode entry : list) {
            JsonNode value = FILES.contains(path) && entry.isTextual()
                    ? TextNode.valueOf(
                            folder.resolve(entry.textValue()).normalize().toString())
                    : entry;
            InvalidInputException.require(
                    !value.isNull() && !value.isObject() && !values.contains(value), KEY + "." + path, list, allowed);
            values.add(value);
        }
        return values;
    }

    /**
     * Every combination, the last axis fastest.
     *
     * @param read makes an experiment of a whole configuration
     * @throws InvalidInputException naming the first combination that is none
     */
    static ExperimentGrid expand(
            ObjectNode root, Map<String, List<JsonNode>> axes, Function<ObjectNode, Experiment> read) {
        Experiment base = read.apply(root);
        Map<String, List<Object>> plain = new LinkedHashMap<>();
        List<Map<String, JsonNode>> combinations = List.of(Map.of());
        for (Map.Entry<String, List<JsonNode>> axis : axes.entrySet()) {
            plain.put(
                    axis.getKey(),
                    axis.getValue().stream().map(GridReader::plain).toList());
            List<Map<String, JsonNode>> longer = new ArrayList<>();
            for (Map<String, JsonNode> combination : combinations) {
                for (JsonNode value : axis.getValue()) {
                    Map<String, JsonNode> more = new LinkedHashMap<>(combination);
                    more.put(axis.getKey(), value);
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        List<GridPoint> points = new ArrayList<>();
        for (Map<String, JsonNode> combination : combinations) {
            points.add(point(root, combination, read));
        }
        return new ExperimentGrid(base, plain, points);
    }

    private static GridPoint point(
            ObjectNode root, Map<String, JsonNode> combination, Function<ObjectNode, Experiment> read) {
        ObjectNode tree = root.deepCopy();
        Map<String, Object> values = new LinkedHashMap<>();
        combination.forEach((path, value) -> {
            int dot = path.indexOf('.');
            tree.withObjectProperty(path.substring(0, dot)).set(path.substring(dot + 1), value);
            values.put(path, plain(value));
        });
        try {
            return new GridPoint(values, read.apply(tree));
        } catch (InvalidInputException e) {
            String where = new GridPoint(values, null).description();
            throw combination.isEmpty()
                    ? e
                    : new InvalidInputException(KEY + " at " + where + ": " + e.getMessage(), e);
        }
    }

    private static Object plain(JsonNode value) {
        return JSON.convertValue(value, Object.class);
    }
}
