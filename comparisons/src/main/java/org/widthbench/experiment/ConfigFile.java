package org.widthbench.experiment;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;

/** The YAML of a configuration as a tree, with {@code --set} overrides applied; nothing is interpreted yet. */
final class ConfigFile {
    /** No experiment needs more; a larger file is something else. */
    private static final long MAX_BYTES = 1 << 20;

    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Pattern PLAIN_NUMBER =
            Pattern.compile("[-+]?(0|[1-9][0-9]*)(\\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\\.[0-9]+([eE][-+]?[0-9]+)?");

    private ConfigFile() {}

    /**
     * Makes something of a configuration.
     *
     * @param assignments {@code path=value}, which win over the file
     * @param make takes the tree and the folder that relative data paths in it are relative to
     * @throws InvalidInputException in one line that names file, key path, value and what is allowed
     */
    static <T> T read(Path file, List<String> assignments, BiFunction<ObjectNode, Path, T> make) {
        String source = assignments.isEmpty()
                ? file.toString()
                : file + " (with --set " + String.join(" --set ", assignments) + ")";
        try {
            ObjectNode root = read(file);
            override(root, assignments);
            return make.apply(root, file.toAbsolutePath().normalize().getParent());
        } catch (InvalidInputException e) {
            // Assignments may hold anything, line feeds too.
            throw new InvalidInputException((source + ": " + e.getMessage()).replaceAll("\\p{Cntrl}+", " "), e);
        }
    }

    /** @throws InvalidInputException without the file's name if it is not one mapping in well-formed YAML */
    private static ObjectNode read(Path file) {
        if (!Files.exists(file)) {
            throw new InvalidInputException("no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException("not a file; expected a YAML configuration");
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInputException("larger than 1 MiB, so not a configuration");
            }
            byte[] text = Files.readAllBytes(file);
            try (JsonParser tokens = YAML.createParser(text)) {
                requirePlain("", tokens);
            }
            return mapping(YAML.readTree(text));
        } catch (JsonProcessingException e) {
            throw malformed("not well-formed YAML", e);
        } catch (IOException e) {
            throw new InvalidInputException("cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Puts {@code path=value} assignments into the tree, making sections on the way.
     *
     * @throws InvalidInputException naming the assignment if it has no such form or leads through a value
     */
    private static void override(ObjectNode root, List<String> assignments) {
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new InvalidInputException("--set " + assignment
                        + ": expected path=value, such as training.gamma0=0.5 or sweep.widths=[100,500]");
            }
            String[] path = assignment.substring(0, equals).trim().split("\\.", -1);
            ObjectNode at = root;
            for (int i = 0; i < path.length - 1; i++) {
                JsonNode child = at.get(path[i]);
                if (child != null && !child.isNull() && !(child instanceof ObjectNode)) {
                    throw new InvalidInputException("--set " + assignment + ": "
                            + String.join(".", List.of(path).subList(0, i + 1)) + " is not a section");
                }
                at = child instanceof ObjectNode section ? section : at.putObject(path[i]);
            }
            at.set(path[path.length - 1], value(assignment, assignment.substring(equals + 1)));
        }
    }

    private static JsonNode value(String assignment, String text) {
        try (JsonParser tokens = YAML.createParser(text)) {
            requirePlain("--set " + assignment + ": ", tokens);
            JsonNode value = YAML.readTree(text);
            if (value.isMissingNode() || value.isNull()) {
                throw new InvalidInputException("--set " + assignment + ": the value is empty");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw malformed("--set " + assignment + ": not a YAML value", e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /**
     * Refuses what YAML 1.1 reads as something other than what it looks like: 017 is 15 there, 0x11 is 17, 1_0 is 10, on is true,
     * and an alias would be taken for text.
     *
     * @param where begins the message
     */
    private static void requirePlain(String where, JsonParser tokens) throws IOException {
        for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
            if (tokens instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                throw new InvalidInputException(where + key(tokens) + "*" + tokens.getText()
                        + " is an alias; expected the value itself (anchors and aliases are not read)");
            }
            if (token.isBoolean() && !tokens.getText().matches("(?i)true|false")) {
                throw new InvalidInputException(where + key(tokens) + tokens.getText() + " is YAML's other word for "
                        + tokens.getBooleanValue() + "; expected true or false, or the word in quotes");
            }
            if (token.isNumeric() && !PLAIN_NUMBER.matcher(tokens.getText()).matches()) {
                throw new InvalidInputException(
                        where + key(tokens) + tokens.getText()
                                + " is not a plain decimal number; expected one such as 17 or 0.5, without leading zeros, base or separators");
            }
        }
    }

    private static ObjectNode mapping(JsonNode tree) {
        if (tree == null || tree.isMissingNode() || tree.isNull()) {
            return YAML.createObjectNode();
        }
        if (tree instanceof ObjectNode mapping) {
            return mapping;
        }
        throw new InvalidInputException(
                "holds no mapping; expected sections such as 'network:' with indented keys below");
    }

    private static InvalidInputException malformed(String what, JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String place = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
        // The YAML parser tells first what it was doing and then what went wrong.
        List<String> lines = e.getOriginalMessage().lines().map(String::strip).toList();
        String cause = lines.stream()
                .filter(line -> line.contains("expected") || line.contains("found"))
                .findFirst()
                .orElse(lines.isEmpty() ? "" : lines.get(0));
        // Of bytes that are no UTF-8 the parser says in which class it noticed.
        return new InvalidInputException(
                key(e) + what + place + ": " + cause.replaceFirst("^java[.\\w]*Exception: ", ""), e);
    }

    /** Dotted path of the key that the parser was at, if it was at one. */
    private static String key(JsonProcessingException e) {
        return e.getProcessor() instanceof JsonParser parser ? key(parser) : "";
    }

    private static String key(JsonParser parser) {
        if (parser.getParsingContext() == null) {
            return "";
        }
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.') + ": ";
    }
}
