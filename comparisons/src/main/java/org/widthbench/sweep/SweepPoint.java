package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Archive;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.GridPoint;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.Settings;

/** One problem of a sweep, and its files: what is computed lies in {@code tasks/}, under names that carry hashes. */
final class SweepPoint implements TaskStore.Codec<SweepPoint.SolvedTheory> {
    private static final String THEORY = "theory";
    private static final String IDENTITY = "identity";

    private final Path folder;
    private final GridPoint point;
    private final Problem problem;
    private final Settings settings;
    private final TaskStore tasks;
    private SoftReference<SolvedTheory> known = new SoftReference<>(null);

    SweepPoint(Path folder, GridPoint point, Problem problem, String precision) {
        this.folder = folder;
        this.point = point;
        this.problem = problem;
        settings = Settings.of("solve", point.experiment().toMap()).withData(problem.dataset());
        tasks = new TaskStore(folder.resolve("tasks"), settings.text() + "\n" + precision + "\n" + Code.hash());
    }

    /**
     * The theory and what it cost.
     *
     * @param seconds time of the solver alone
     * @param backend that solved it
     */
    record SolvedTheory(OrderParameters orderParameters, double seconds, String backend) {}

    Path folder() {
        return folder;
    }

    Problem problem() {
        return problem;
    }

    TaskStore tasks() {
        return tasks;
    }

    /** " at " and the point of a grid, or nothing. */
    String where() {
        return point.values().isEmpty() ? "" : " at " + point.description();
    }

    /** The theory, if it is solved. */
    synchronized Optional<SolvedTheory> theory() {
        SolvedTheory theory = known.get();
        if (theory == null) {
            theory = read(tasks, THEORY).orElse(null);
            known = new SoftReference<>(theory);
        }
        return Optional.ofNullable(theory);
    }

    /** The solving of the theory, from where a killed process was. */
    Task<SolvedTheory> solving(Backend backend, CheckpointFile.Interval every, Reporter reporter) {
        return new Task<>(tasks, THEORY, 0, this, progress -> {
            CheckpointFile checkpoint = tasks.checkpoint(THEORY, backend, every, reporter::say);
            return checkpoint.run(
                    backend,
                    Files.exists(checkpoint.file()),
                    (checkpointing, checkpoints) ->
                            SweepRun.solve(point.experiment(), problem, where(), checkpointing, reporter, checkpoints));
        });
    }

    /** Keeps the theory, and then what tells later that it is whole. */
    @Override
    public void write(TaskStore store, String task, SolvedTheory theory) {
        ResultFiles.writeArchive(archive(), theory.orderParameters(), problem.dataset(), settings);
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put(IDENTITY, Archive.identity(archive()).orElseThrow().whole());
        kept.put("solveSeconds", theory.seconds());
        kept.put("backend", theory.backend());
        store.write(task, kept);
    }

    /** The theory of an earlier run, unless there is none, it is of another problem, or it is damaged. */
    @Override
    public Optional<SolvedTheory> read(TaskStore store, String task) {
        Optional<JsonNode> kept = store.read(task);
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

    /** Makes the theory that is kept under its hash the folder's {@code theory.npz}. */
    void publishTheory() {
        AtomicFile.copy(archive(), folder.resolve(ResultKind.THEORY.file()));
    }

    private Path archive() {
        return tasks.file(THEORY, ".npz");
    }
}
