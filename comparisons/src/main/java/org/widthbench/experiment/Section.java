package org.widthbench.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.widthbench.core.InvalidInputException;

/**
 * One mapping of the configuration, read strictly: every key must be known, every value of the type asked for.
 *
 * @param path dotted, empty for the whole
 * @param node the mapping
 * @param folder of the configuration, which relative paths start from
 */
record Section(String path, ObjectNode node, Path folder) {
    /** YAML 1.1 takes {@code 1e-5} for text because it lacks a point; everybody means a number. */
    private static final Pattern POINTLESS_FLOAT = Pattern.compile("[-+]?[0-9]+[eE][-+]?[0-9]+");

    /** Farther than this a suggestion is a guess. */
    private static final int SUGGESTION_DISTANCE = 3;

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
            return new Section(key(key), node.objectNode(), folder);
        }
        if (!(child instanceof ObjectNode mapping)) {
            throw wrong(key, "a section (a mapping of keys to values)");
        }
        return new Section(key(key), mapping, folder);
    }

    boolean has(String key) {
        return node.has(key);
    }

    /** Whether the value of a key is that word. */
    boolean isWord(String key, String word) {
        return node.path(key).isTextual() && node.path(key).textValue().equals(word);
    }

    /**
     * The value of a key that is there.
     *
     * @param type int, long (not negative), double, boolean, String, Path, int[], double[] or an enum
     * @param words the only ones that a String may be; none for any text
     * @param allowed what a refusal says of numbers, lists and texts
     * @throws InvalidInputException naming the key unless its value is of that type
     */
    Object value(String key, Class<?> type, List<String> words, String allowed) {
        JsonNode value = node.get(key);
        if (type.isEnum()) {
            List<String> all = Words.all(type);
            return type.getEnumConstants()[all.indexOf(word(key, all))];
        }
        if (!words.isEmpty()) {
            return word(key, words);
        }
        if (type == boolean.class) {
            require(value.isBoolean(), key, "true or false");
            return value.booleanValue();
        }
        if (type == long.class) {
            require(isWhole(value) && value.longValue() >= 0, key, "a whole number >= 0");
            return value.longValue();
        }
        if (type == int.class) {
            require(isWhole(value) && value.canConvertToInt(), key, allowed);
            return value.intValue();
        }
        if (type == int[].class) {
            requireAll(key, entry -> isWhole(entry) && entry.canConvertToInt(), allowed);
            return entries(value).mapToInt(JsonNode::intValue).toArray();
        }
        if (type == double.class) {
            require(Double.isFinite(number(value)), key, allowed);
            return number(value);
        }
        if (type == double[].class) {
            requireAll(key, entry -> entry.isNumber() && Double.isFinite(entry.doubleValue()), allowed);
            return entries(value).mapToDouble(JsonNode::doubleValue).toArray();
        }
        require(value.isTextual() && !value.textValue().isBlank(), key, allowed);
        return type == Path.class ? folder.resolve(value.textValue()) : value.textValue();
    }

    /** @throws InvalidInputException naming a key that has no default unless {@code ok} */
    void requirePresent(boolean ok, String key, String allowed) {
        if (!ok) {
            throw new InvalidInputException(key(key) + ": missing; expected " + allowed);
        }
    }

    /** The same of a key that may not be there. */
    Object or(Object otherwise, String key, Class<?> type, String allowed) {
        return has(key) ? value(key, type, List.of(), allowed) : otherwise;
    }

    /** One of a closed list of words. */
    String word(String key, String otherwise, List<String> words) {
        return has(key) ? word(key, words) : otherwise;
    }

    private String word(String key, List<String> words) {
        JsonNode value = node.get(key);
        String hint = value.isTextual() ? suggestion(value.textValue(), words) : "";
        require(
                value.isTextual() && words.contains(value.textValue()),
                key,
                "one of " + String.join(", ", words) + hint);
        return value.textValue();
    }

    private InvalidInputException wrong(String key, String allowed) {
        return InvalidInputException.key(key(key), describe(node.get(key)), allowed);
    }

    /** @throws InvalidInputException naming the key and its value unless {@code ok} */
    void require(boolean ok, String key, String allowed) {
        if (!ok) {
            throw wrong(key, allowed);
        }
    }

    private void requireAll(String key, Predicate<JsonNode> ok, String allowed) {
        require(node.get(key).isArray() && entries(node.get(key)).allMatch(ok), key, allowed);
    }

    private static Stream<JsonNode> entries(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    /** NaN for what is none. */
    private static double number(JsonNode value) {
        boolean pointless =
                value.isTextual() && POINTLESS_FLOAT.matcher(value.textValue()).matches();
        return value.isNumber() ? value.doubleValue() : pointless ? Double.parseDouble(value.textValue()) : Double.NaN;
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
            int edits = levenshtein.apply(word.toLowerCase(Locale.ROOT), candidate);
            if (edits < distance && 2 * edits <= candidate.length()) {
                best = candidate;
                distance = edits;
            }
        }
        return best == null ? "" : " (did you mean '" + best + "'?)";
    }
}
