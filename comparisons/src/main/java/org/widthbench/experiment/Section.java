package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.widthbench.core.InvalidInputException;

/** One mapping of the configuration, read strictly: every key must be known, every value of the type asked for. */
final class Section {
    /** YAML 1.1 takes {@code 1e-5} for text because it lacks a point; everybody means a number. */
    private static final Pattern POINTLESS_FLOAT = Pattern.compile("[-+]?[0-9]+[eE][-+]?[0-9]+");

    /** Farther than this a suggestion is a guess. */
    private static final int SUGGESTION_DISTANCE = 3;

    private final String path;
    private final ObjectNode node;

    Section(String path, ObjectNode node) {
        this.path = path;
        this.node = node;
    }

    /** Refuses every key that is not in {@code known}; {@code of} says whose keys they are. */
    Section allow(String of, List<String> known) {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new InvalidInputException(key(key) + ": unknown key" + suggestion(key, known) + "; " + of
                        + " takes " + String.join(", ", known));
            }
        });
        return this;
    }

    /** A nested mapping; an absent or empty one has no keys. */
    Section section(String key) {
        JsonNode child = node.get(key);
        if (child == null || child.isNull()) {
            return new Section(key(key), node.objectNode());
        }
        if (!(child instanceof ObjectNode mapping)) {
            throw wrong(key, child, "a section (a mapping of keys to values)");
        }
        return new Section(key(key), mapping);
    }

    boolean has(String key) {
        return node.has(key);
    }

    double number(String key, double otherwise, String allowed) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        double number;
        if (value.isNumber()) {
            number = value.doubleValue();
        } else if (value.isTextual()
                && POINTLESS_FLOAT.matcher(value.textValue()).matches()) {
            number = Double.parseDouble(value.textValue());
        } else {
            throw wrong(key, value, allowed);
        }
        if (!Double.isFinite(number)) {
            throw wrong(key, value, allowed);
        }
        return number;
    }

    int whole(String key, int otherwise, String allowed) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, value, allowed);
        }
        return value.intValue();
    }

    long seed(String key, long otherwise) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong(key, value, "a whole number >= 0");
        }
        return value.longValue();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(key, value, "true or false");
        }
        return value.booleanValue();
    }

    /** Free text, such as a path. */
    String text(String key, String allowed) {
        JsonNode value = node.get(key);
        if (value == null) {
            throw new InvalidInputException(key(key) + ": missing; expected " + allowed);
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw wrong(key, value, allowed);
        }
        return value.textValue();
    }

    /** One of a closed list of words. */
    String word(String key, String otherwise, List<String> words) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isTextual() || !words.contains(value.textValue())) {
            String hint = value.isTextual() ? suggestion(value.textValue(), words) : "";
            throw wrong(key, value, "one of " + String.join(", ", words) + hint);
        }
        return value.textValue();
    }

    int[] wholes(String key, int[] otherwise, String allowed) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isArray()) {
            throw wrong(key, value, allowed);
        }
        List<Integer> entries = new ArrayList<>();
        for (JsonNode entry : value) {
            if (!entry.isIntegralNumber() || !entry.canConvertToInt()) {
                throw wrong(key, value, allowed);
            }
            entries.add(entry.intValue());
        }
        return entries.stream().mapToInt(Integer::intValue).toArray();
    }

    double[] numbers(String key, double[] otherwise, String allowed) {
        JsonNode value = node.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isArray()) {
            throw wrong(key, value, allowed);
        }
        double[] numbers = new double[value.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!value.get(i).isNumber() || !Double.isFinite(value.get(i).doubleValue())) {
                throw wrong(key, value, allowed);
            }
            numbers[i] = value.get(i).doubleValue();
        }
        return numbers;
    }

    InvalidInputException wrong(String key, JsonNode value, String allowed) {
        return InvalidInputException.key(key(key), describe(value), allowed);
    }

    JsonNode raw(String key) {
        return node.get(key);
    }

    private String key(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String describe(JsonNode value) {
        if (value.isNull()) {
            return "an empty value";
        }
        return value.isTextual() ? "'" + value.textValue() + "'" : value.isNumber() ? value.asText() : value.toString();
    }

    private static String suggestion(String word, List<String> known) {
        String best = null;
        int distance = SUGGESTION_DISTANCE + 1;
        LevenshteinDistance levenshtein = LevenshteinDistance.getDefaultInstance();
        for (String candidate : known) {
            // A word is never suggested for one that it shares less than half of its letters with.
            int edits = levenshtein.apply(word.toLowerCase(java.util.Locale.ROOT), candidate);
            if (edits < distance && 2 * edits <= candidate.length()) {
                best = candidate;
                distance = edits;
            }
        }
        return best == null ? "" : " (did you mean '" + best + "'?)";
    }
}
