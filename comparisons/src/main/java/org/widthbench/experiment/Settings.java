package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.widthbench.core.Dataset;
import org.widthbench.core.io.Sha256;

/**
 * What determines the numbers of a result, the code apart.
 *
 * @param result what it is: solve, train, sweep, check, consistency, or the name of a figure
 * @param configuration all settings, in the layout of the configuration file
 * @param options of the command line that move numbers, such as width and seed of train
 * @param data SHA-256 of inputs and labels, empty where they are made within the computation: the same images elsewhere are
 *     the same data, other images in their place are not
 */
public record Settings(String result, Map<String, Object> configuration, Map<String, Object> options, String data) {
    /** Sections that do not count for one result: networks do not depend on how the theory is solved. */
    private static final Map<String, List<String>> WITHOUT =
            Map.of("solve", List.of("sweep"), "train", List.of("theory", "sweep"));

    /** The difference of data of the same description. */
    public static final String CONTENT = "the content of the data";

    private static final String DATA = "data";
    private static final String SWEEP = "sweep.";

    /** Copies the maps, keeping their order. */
    public Settings {
        configuration = new LinkedHashMap<>(configuration);
        options = new LinkedHashMap<>(options);
    }

    /** Settings without options, of data not looked at. */
    public static Settings of(String result, Map<String, Object> configuration) {
        return new Settings(result, configuration, Map.of(), "");
    }

    /** These, of data that count by content. */
    public Settings withData(Dataset dataset) {
        return withData(List.of(dataset));
    }

    /** These, of several data sets that count by content. */
    public Settings withData(List<Dataset> datasets) {
        StringBuilder hashes = new StringBuilder();
        for (Dataset dataset : datasets) {
            hashes.append(Sha256.of(dataset.inputs().data()))
                    .append(Sha256.of(dataset.targets()))
                    .append(dataset.outputs())
                    .append('\n');
        }
        return new Settings(result, configuration, options, Sha256.of(hashes.toString()));
    }

    /** These, with an option that counts; null for one that is not given. */
    public Settings with(String option, Object value) {
        if (value == null) {
            return this;
        }
        Map<String, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new Settings(result, configuration, more, data);
    }

    /** The same of another problem. */
    public Settings withConfiguration(Map<String, Object> other) {
        return new Settings(result, other, options, "");
    }

    /** Everything that counts, as one text: canonical JSON. */
    public String text() {
        return Json.canonical(counting());
    }

    /** What theory and networks have in common: data, network and training, not which times were recorded. */
    public String problem() {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put(DATA, data.isEmpty() ? configuration.get(DATA) : data);
        problem.put("network", configuration.get("network"));
        if (configuration.get("training") instanceof Map<?, ?> training) {
            Map<Object, Object> shared = new LinkedHashMap<>(training);
            shared.remove("record");
            problem.put("training", shared);
        }
        return Json.canonical(problem);
    }

    private Map<String, Object> counting() {
        Map<String, Object> all = new LinkedHashMap<>(configuration);
        all.keySet().removeAll(WITHOUT.getOrDefault(result, List.of()));
        if (!data.isEmpty()) {
            all.put(DATA, data);
        }
        all.put("result", result);
        all.put("options", options);
        return all;
    }

    /** For {@code summary.json}, beside the configuration in its provenance. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("result", result);
        map.put("options", options);
        map.put(DATA, data);
        return map;
    }

    /** These as a document of their own, which {@link #of(JsonNode)} reads. */
    public Map<String, Object> marker() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("settings", toMap());
        map.put("provenance", Map.of("configuration", configuration));
        return map;
    }

    /** The settings of a result, as its summary tells them; null if it tells none. */
    public static Settings of(JsonNode summary) {
        JsonNode settings = summary.path("settings");
        JsonNode configuration = summary.at("/provenance/configuration");
        return settings.isObject() && configuration.isObject()
                ? new Settings(
                        settings.path("result").asText(),
                        Json.map(configuration),
                        Json.map(settings.path("options")),
                        settings.path(DATA).asText())
                : null;
    }

    /**
     * What differs from the settings of a result that is there: {@code training.eta 0.4, there 0.1}. A sweep of more widths or
     * seeds than those that are there does not.
     *
     * @param only sections to look at, all if there are none
     */
    public List<String> differences(Settings there, String... only) {
        boolean sameData = !data.isEmpty() && data.equals(there.data);
        List<String> differences = differences(tree(), there.tree(), (key, here, found) -> {
            String section = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
            return (only.length == 0 || List.of(only).contains(section))
                    && !(sameData && section.equals(DATA))
                    && !(key.startsWith(SWEEP) && grows(found, here));
        });
        if (differences.isEmpty() && !data.equals(there.data)) {
            differences.add(CONTENT);
        }
        return differences;
    }

    /**
     * What differs between two texts of settings, which further lines may follow.
     *
     * @param there the text that was found
     */
    static String difference(String there, String here) {
        List<String> differences = differences(
                Json.parsed(here.lines().findFirst().orElse("")),
                Json.parsed(there.lines().findFirst().orElse("")),
                (key, wanted, found) -> true);
        differences.replaceAll(text -> text.startsWith("options.code ") ? "the code has changed" : text);
        return differences.isEmpty() ? "other code, precision or backend" : String.join("; ", differences);
    }

    /** Whether a difference of one key counts. */
    @FunctionalInterface
    private interface Counts {
        boolean counts(String key, JsonNode here, JsonNode there);
    }

    private static List<String> differences(JsonNode here, JsonNode there, Counts counts) {
        Map<String, JsonNode> mine = new LinkedHashMap<>();
        Map<String, JsonNode> other = new LinkedHashMap<>();
        flatten("", here, mine);
        flatten("", there, other);
        Set<String> keys = new LinkedHashSet<>(mine.keySet());
        keys.addAll(other.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            JsonNode wanted = mine.get(key);
            JsonNode found = other.get(key);
            if (!Objects.equals(wanted, found) && counts.counts(key, wanted, found)) {
                differences.add(key + " " + word(wanted) + ", there " + word(found));
            }
        }
        return differences;
    }

    private JsonNode tree() {
        Map<String, Object> all = counting();
        all.put(DATA, configuration.get(DATA));
        return Json.tree(all);
    }

    private static String word(JsonNode value) {
        return value == null ? "not set" : Json.compact(value.isTextual() ? value.textValue() : value);
    }

    private static boolean grows(JsonNode from, JsonNode to) {
        if (from == null || to == null) {
            return false;
        }
        if (from.isNumber() && to.isNumber()) {
            return to.doubleValue() >= from.doubleValue();
        }
        Set<JsonNode> before = new HashSet<>();
        Set<JsonNode> after = new HashSet<>();
        from.forEach(before::add);
        to.forEach(after::add);
        return from.isArray() && to.isArray() && after.containsAll(before);
    }

    /** Values by dotted path. */
    public static void flatten(String prefix, JsonNode tree, Map<String, JsonNode> into) {
        if (tree.isObject()) {
            tree.properties()
                    .forEach(field -> flatten(
                            prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(), field.getValue(), into));
        } else if (!tree.isMissingNode()) {
            into.put(prefix, tree);
        }
    }
}
