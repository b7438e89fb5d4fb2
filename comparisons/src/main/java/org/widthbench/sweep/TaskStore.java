package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Provenance;

/**
 * Results of finished tasks in one folder, a file each ({@link TaskNames}). It holds the task's whole hash, so that a file under
 * another's name counts as none, the commit that computed it, and a checksum, so that a damaged file counts as none too. Each
 * is written whole or not at all.
 */
final class TaskStore {
    private static final String TASK = "task";
    private static final String COMMIT = "commit";
    private static final String RESULT = "result";
    private static final String CHECKSUM = "sha256";
    private static final JsonMapper JSON = new JsonMapper();

    private final TaskNames names;

    /** @param names where; its folder is made with the first result */
    TaskStore(TaskNames names) {
        this.names = names;
    }

    /** A network's task. */
    static String task(int width, long seed) {
        return "width-" + width + "-seed-" + seed;
    }

    /** Keeps a result. */
    void write(TaskResult result) {
        write(task(result.width(), result.seed()), tree(result));
    }

    /** Keeps what a task found. */
    void write(String task, Map<String, Object> result) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(TASK, names.hash(task));
        file.put(COMMIT, Provenance.commit());
        file.put(RESULT, result);
        AtomicFile.writeText(file(task), Json.text(Json.sealed(CHECKSUM, file)));
    }

    /** The result of an earlier run, unless there is none or it is damaged. */
    Optional<TaskResult> read(int width, long seed) {
        return read(task(width, seed))
                .map(TaskStore::result)
                .filter(result -> result.width() == width && result.seed() == seed);
    }

    /** What a task found, unless there is nothing or it is damaged. */
    Optional<JsonNode> read(String task) {
        return file(task, RESULT);
    }

    /** The commit that computed the result of a task. */
    Optional<String> commit(String task) {
        return file(task, COMMIT).map(JsonNode::asText);
    }

    private Optional<JsonNode> file(String task, String key) {
        return Json.read(file(task))
                .filter(file -> Json.isSealed(CHECKSUM, file)
                        && file.path(TASK).asText().equals(names.hash(task)))
                .map(file -> file.get(key));
    }

    /** Where the result of a task lies or will lie. */
    Path file(String task) {
        return names.file(task, ".json");
    }

    private static Map<String, Object> tree(TaskResult result) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("width", result.width());
        tree.put("seed", result.seed());
        tree.put("Phi", result.comparison().featureAlignment());
        tree.put("G", result.comparison().gradientAlignment());
        tree.put("normRatioPhi", result.comparison().featureNormRatio());
        tree.put("normRatioG", result.comparison().gradientNormRatio());
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
                numbers(tree, "normRatioPhi"),
                numbers(tree, "normRatioG"),
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
