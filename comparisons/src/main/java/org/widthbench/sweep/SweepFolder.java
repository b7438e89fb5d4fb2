package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.SweepSpec;

/** The files of one problem of a sweep: what is computed lies in {@code tasks/}, under names that carry hashes. */
final class SweepFolder {
    private static final String THEORY = "theory";
    private static final String IDENTITY = "identity";

    private final Path folder;
    private final Problem problem;
    private final Settings settings;
    private final TaskStore tasks;

    SweepFolder(Path folder, Experiment experiment, Problem problem, String precision) {
        this.folder = folder;
        this.problem = problem;
        settings = Settings.of("solve", experiment.toMap()).withData(problem.dataset());
        tasks = new TaskStore(folder.resolve("tasks"), settings.text() + "\n" + precision + "\n" + Code.hash());
    }

    /** The result of an earlier run, unless there is none or it is damaged. */
    Optional<TaskResult> read(int width, long seed) {
        return tasks.read(TaskStore.task(width, seed))
                .map(tree -> Json.value(tree, TaskResult.class))
                .filter(result -> result.width() == width && result.seed() == seed);
    }

    /** Keeps a result. */
    void write(TaskResult result) {
        tasks.write(TaskStore.task(result.width(), result.seed()), result);
    }

    /** The theory of an earlier run, unless there is none, it is of another problem, or it is damaged. */
    Optional<SolvedTheory> readTheory() {
        Optional<JsonNode> kept = tasks.read(THEORY);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        try {
            Archive archive = Archive.read(archive());
            return archive.identity()
                    .filter(identity ->
                            identity.whole().equals(kept.get().path(IDENTITY).asText()))
                    .map(identity -> new SolvedTheory(
                            ResultFiles.orderParameters(archive),
                            kept.get().path("solveSeconds").doubleValue(),
                            kept.get().path("backend").asText()));
        } catch (InvalidInputException e) {
            // Gone, cut or altered: it is solved again.
            return Optional.empty();
        }
    }

    /** Keeps the theory, and then what tells later that it is whole. */
    void writeTheory(SolvedTheory theory) {
        ResultFiles.writeArchive(archive(), theory.orderParameters(), problem.dataset(), settings);
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put(IDENTITY, Archive.identity(archive()).orElseThrow().whole());
        kept.put("solveSeconds", theory.seconds());
        kept.put("backend", theory.backend());
        tasks.write(THEORY, kept);
    }

    /** Commits that computed the theory and the networks; the code is the same in all. */
    Set<String> commits() {
        return tasks.commits();
    }

    /** Makes the theory that is kept under its hash the folder's {@code theory.npz}. */
    void publishTheory() {
        AtomicFile.copy(archive(), folder.resolve(ResultKind.THEORY.file()));
    }

    /** Where the solving of the theory keeps its state. */
    CheckpointFile checkpoint(Backend backend, CheckpointFile.Interval every, Consumer<String> say) {
        return tasks.checkpoint(THEORY, backend, every, say);
    }

    /** Forgets what earlier runs of the same problem found. */
    void discard(SweepSpec spec) {
        tasks.discard(THEORY);
        spec.forEach((width, seed) -> tasks.discard(TaskStore.task(width, seed)));
    }

    /** {@link TaskStore#tidy}, and the folder's own. */
    int tidy() {
        SharedFolder.tidy(folder);
        return TaskStore.tidy(folder.resolve("tasks"), List.of(tasks));
    }

    /** Name under which the solving is claimed. */
    String theoryName() {
        return tasks.name(THEORY);
    }

    /** Name under which the training of a network is claimed. */
    String taskName(int width, long seed) {
        return tasks.name(TaskStore.task(width, seed));
    }

    private Path archive() {
        return tasks.file(THEORY, ".npz");
    }

    /**
     * The theory and what it cost.
     *
     * @param seconds time of the solver alone
     * @param backend that solved it
     */
    record SolvedTheory(OrderParameters orderParameters, double seconds, String backend) {}
}
