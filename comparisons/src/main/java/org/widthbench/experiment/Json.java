package org.widthbench.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Sha256;

/** JSON as this project writes it: indented, keys in the order given, no number that JSON has no word for. */
public final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final ObjectMapper COMPACT = new JsonMapper();

    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {}

    /** A tree on one line, keys in alphabetical order: the same values make the same text. */
    public static String canonical(Object tree) {
        try {
            return CANONICAL.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a tree of plain values", e);
        }
    }

    /** A tree as one that was read. */
    public static JsonNode tree(Object tree) {
        try {
            // Through text: a float and a double, an int and a long of the same value become the same.
            return COMPACT.readTree(COMPACT.writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a tree of plain values", e);
        }
    }

    /** A text as a tree, a missing one if it is none. */
    public static JsonNode parsed(String text) {
        try {
            return COMPACT.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** A document that was a record. */
    public static <T> T value(JsonNode tree, Class<T> type) {
        return COMPACT.convertValue(tree, type);
    }

    /** An object as a map. */
    public static Map<String, Object> map(JsonNode object) {
        return COMPACT.convertValue(object, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /**
     * Reads a file that may not be there, may be damaged, or may be none.
     *
     * @return empty unless it is a regular file that holds a JSON object
     * @throws InvalidInputException if it cannot be read
     */
    public static Optional<JsonNode> read(Path file) {
        // Opening a named pipe would wait for ever.
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode tree = COMPACT.readTree(Files.readAllBytes(file));
            return tree != null && tree.isObject() ? Optional.of(tree) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + file + ": " + IoFailure.reason(e), e);
        }
    }

    /** Puts the SHA-256 of a document under {@code key}, of all that it holds before. */
    public static Map<String, Object> sealed(String key, Map<String, ?> document) {
        Map<String, Object> sealed = new LinkedHashMap<>(document);
        sealed.put(key, Sha256.of(canonical(map(tree(document)))));
        return sealed;
    }

    /** Whether a document that was {@link #sealed} is as it was. */
    public static boolean isSealed(String key, JsonNode document) {
        if (!(document instanceof ObjectNode object) || !object.path(key).isTextual()) {
            return false;
        }
        ObjectNode rest = object.deepCopy();
        String seal = rest.remove(key).textValue();
        return Sha256.of(canonical(map(rest))).equals(seal);
    }

    /** A plain value on one line: {@code 0.5}, {@code [0, 1]}; text without quotes. */
    public static String compact(Object value) {
        try {
            return value instanceof String text ? text : COMPACT.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a plain value", e);
        }
    }

    /**
     * Text of a tree of maps, lists, strings, numbers and booleans.
     *
     * @throws SolverException if a number in it is not finite
     */
    public static String text(Object tree) {
        try {
            String text = MAPPER.writeValueAsString(tree) + "\n";
            // Jackson writes the non-finite numbers as quoted words; a reader would trip over them much later.
            for (String word : new String[] {"\"NaN\"", "\"Infinity\"", "\"-Infinity\""}) {
                if (text.contains(word)) {
                    throw new SolverException("a result holds " + word.replace("\"", "") + "; nothing was written");
                }
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a tree of plain values", e);
        }
    }
}
