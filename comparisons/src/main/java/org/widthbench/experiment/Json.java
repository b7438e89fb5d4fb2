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

    private Json() {}

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
