package org.widthbench.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import org.widthbench.experiment.SweepSpec;

/** The files of one problem of a sweep: what is computed lies in {@code tasks/}, under names that carry hashes. */
final class SweepFolder {
    private static final int HASH_LENGTH = 16;

    private final Path folder;
    private final String identity;

    SweepFolder(Path folder, Experiment experiment, Problem problem, String precision) {
        this.folder = folder;
        Map<String, Object> all = new LinkedHashMap<>(experiment.toMap());
        all.remove("sweep");
        // The data count by content: the same images elsewhere are the same, other images in their place are not.
        all.put(
                "data",
                Sha256.of(problem.dataset().inputs().data())
                        + Sha256.of(problem.dataset().targets()));
        all.put("precision", precision);
        all.put("version", Provenance.version());
        identity = Json.text(all);
    }

    TaskStore tasks() {
        return new TaskStore(folder.resolve("tasks"), identity);
    }

    Path folder() {
        return folder;
    }

    /** The theory of an earlier run, unless there is none, it is of another problem, or it is damaged. */
    Optional<SolvedTheory> readTheory() {
        if (!Files.exists(seal()) || !Files.exists(archive())) {
            return Optional.empty();
        }
        try {
            Map<?, ?> seal = new JsonMapper().readValue(Files.readAllBytes(seal()), Map.class);
            if (!(seal.get("solveSeconds") instanceof Number seconds)
                    || !(seal.get("backend") instanceof String backend)
                    || !Sha256.of(archive()).equals(seal.get("sha256"))) {
                return Optional.empty();
            }
            return Optional.of(new SolvedTheory(ResultFiles.read(archive()), seconds.doubleValue(), backend));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + seal() + ": " + IoFailure.reason(e), e);
        }
    }

    /** Keeps the theory, with a seal that tells later whether it is whole. */
    void writeTheory(SolvedTheory theory) {
        ResultFiles.writeArchive(archive(), theory.orderParameters());
        Map<String, Object> seal = new LinkedHashMap<>();
        try {
            seal.put("sha256", Sha256.of(archive()));
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + archive() + ": " + IoFailure.reason(e), e);
        }
        seal.put("solveSeconds", theory.seconds());
        seal.put("backend", theory.backend());
        AtomicFile.writeText(seal(), Json.text(seal));
    }

    /** Makes the theory that is kept under its hash the folder's {@code theory.npz}. */
    void publishTheory() {
        AtomicFile.copy(archive(), folder.resolve(ResultKind.THEORY.file()));
    }

    /**
     * Where the solving of the theory keeps its state.
     *
     * @param backend that solves
     * @param say told when an earlier state cannot be used
     */
    CheckpointFile checkpoint(Backend backend, CheckpointFile.Interval every, Consumer<String> say) {
        String all = identity + backend.description() + Provenance.commit();
        return new CheckpointFile(checkpoint(), all, every, say);
    }

    /** Forgets what earlier runs of the same problem found. */
    void discard(SweepSpec spec) {
        try {
            Files.deleteIfExists(checkpoint());
            Files.deleteIfExists(seal());
            Files.deleteIfExists(archive());
            for (int width : spec.widths()) {
                for (long seed = 0; seed < spec.seeds(); seed++) {
                    Files.deleteIfExists(tasks().file(width, seed));
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot delete in " + folder + ": " + IoFailure.reason(e), e);
        }
    }

    /** Deletes what killed processes had begun to write; nobody else may be at work. */
    void tidy() {
        SharedFolder.tidy(folder);
        SharedFolder.tidy(folder.resolve("tasks"));
    }

    /** Name under which the solving is claimed. */
    String theoryName() {
        return "theory-" + hash();
    }

    /** Name under which the training of a network is claimed. */
    String taskName(int width, long seed) {
        return tasks().file(width, seed).getFileName().toString().replace(".json", "");
    }

    private Path archive() {
        return folder.resolve("tasks").resolve("theory-" + hash() + ".npz");
    }

    private Path seal() {
        return folder.resolve("tasks").resolve("theory-" + hash() + ".json");
    }

    private Path checkpoint() {
        return folder.resolve("tasks").resolve("theory-" + hash() + ".checkpoint.npz");
    }

    private String hash() {
        return Sha256.of(identity).substring(0, HASH_LENGTH);
    }

    /**
     * The theory and what it cost.
     *
     * @param seconds time of the solver alone
     * @param backend that solved it
     */
    record SolvedTheory(OrderParameters orderParameters, double seconds, String backend) {}
}
