package org.widthbench.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.widthbench.core.SolverException;

/** JSON as this project writes it: indented, keys in the order given, no number that JSON has no word for. */
public final class Json {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final ObjectMapper COMPACT = new JsonMapper();

    private Json() {}

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
