package org.widthbench.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Json;

/**
 * Results of finished tasks in one folder, a file each. A file's name carries the hash of all that determines its content, so
 * that a changed configuration finds nothing of the old; its content carries a checksum, so that a damaged file counts as
 * none. Each is written whole or not at all.
 */
final class TaskStore {
    /** Characters of the hash in a file's name: 64 bits. */
    private static final int HASH_LENGTH = 16;

    private static final String RESULT = "result";
    private static final String CHECKSUM = "sha256";
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final String identity;

    /**
     * @param folder made with the first result
     * @param identity text of everything that determines the results, other than width and seed
     */
    TaskStore(Path folder, String identity) {
        this.folder = folder;
        this.identity = identity;
    }

    /** Keeps a result. */
    void write(TaskResult result) {
        Map<String, Object> tree = tree(result);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(CHECKSUM, Sha256.of(Json.text(tree)));
        file.put(RESULT, tree);
        AtomicFile.writeText(file(result.width(), result.seed()), Json.text(file));
    }

    /** The result of an earlier run, unless there is none or it is damaged. */
    Optional<TaskResult> read(int width, long seed) {
        Path file = file(width, seed);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            JsonNode tree = root == null ? null : root.get(RESULT);
            if (tree == null
                    || !Sha256.of(Json.text(tree)).equals(root.path(CHECKSUM).asText())) {
                return Optional.empty();
            }
            TaskResult result = result(tree);
            return result.width() == width && result.seed() == seed ? Optional.of(result) : Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + file + ": " + IoFailure.reason(e), e);
        }
    }

    /** Where the result of a task lies or will lie. */
    Path file(int width, long seed) {
        String hash =
                Sha256.of(identity + "\nwidth " + width + "\nseed " + seed).substring(0, HASH_LENGTH);
        return folder.resolve("width-" + width + "-seed-" + seed + "-" + hash + ".json");
    }

    private static Map<String, Object> tree(TaskResult result) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("width", result.width());
        tree.put("seed", result.seed());
        tree.put("Phi", result.comparison().featureAlignment());
        tree.put("G", result.comparison().gradientAlignment());
        tree.put("lossDistance", result.comparison().lossDistance());
        tree.put("predictionDistance", result.comparison().predictionDistance());
        tree.put("trainSeconds", result.trainSeconds());
        tree.put("loss", result.loss());
        return tree;
    }

    private static TaskResult result(JsonNode tree) {
        Comparison comparison = new Comparison(
                numbers(tree, "Phi"),
                numbers(tree, "G"),
                tree.path("lossDistance").doubleValue(),
                tree.path("predictionDistance").doubleValue());
        return new TaskResult(
                tree.path("width").intValue(),
                tree.path("seed").longValue(),
                comparison,
                numbers(tree, "loss"),
                tree.path("trainSeconds").doubleValue());
    }

    private static double[] numbers(JsonNode tree, String key) {
        return JSON.convertValue(tree.path(key), double[].class);
    }
}
