package org.widthbench.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;

/** The files of one sweep: {@code theory.npz}, {@code tasks/}, and what is drawn from them. */
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

    /** The theory of an earlier run, unless there is none, it is of another problem, or it is damaged. */
    Optional<SolvedTheory> readTheory() {
        Path archive = archive();
        if (!Files.exists(marker()) || !Files.exists(archive)) {
            return Optional.empty();
        }
        try {
            Map<?, ?> seal = new JsonMapper().readValue(Files.readAllBytes(marker()), Map.class);
            if (!Sha256.of(archive).equals(seal.get("sha256"))
                    || !(seal.get("solveSeconds") instanceof Number seconds)) {
                return Optional.empty();
            }
            return Optional.of(new SolvedTheory(ResultFiles.read(archive), seconds.doubleValue()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + marker() + ": " + IoFailure.reason(e), e);
        }
    }

    /** Keeps the theory, with a seal that says of which problem it is. */
    void writeTheory(SolvedTheory theory) {
        ResultFiles.writeArchive(folder, ResultKind.THEORY, theory.orderParameters());
        Map<String, Object> seal = new LinkedHashMap<>();
        try {
            seal.put("sha256", Sha256.of(archive()));
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + archive() + ": " + IoFailure.reason(e), e);
        }
        seal.put("solveSeconds", theory.seconds());
        AtomicFile.writeText(marker(), Json.text(seal));
    }

    private Path archive() {
        return folder.resolve(ResultKind.THEORY.file());
    }

    private Path marker() {
        return folder.resolve("tasks").resolve("theory-" + Sha256.of(identity).substring(0, HASH_LENGTH) + ".json");
    }

    /**
     * The theory and what it cost.
     *
     * @param seconds time of the solver alone
     */
    record SolvedTheory(OrderParameters orderParameters, double seconds) {}
}
