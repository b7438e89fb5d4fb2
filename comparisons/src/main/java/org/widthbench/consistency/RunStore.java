package org.widthbench.consistency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Npz;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Provenance;
import org.widthbench.sweep.TaskNames;

/**
 * Measurements of finished networks, a NumPy archive each, written whole or not at all, under names that carry hashes ({@link
 * TaskNames}). It holds the task's whole hash, so that a file under another's name counts as none, and the commit that computed it;
 * the archive's own checksums tell a damaged file, which counts as none too.
 */
final class RunStore {
    /** Which arrays a file holds; part of its name, so that files of other arrays are not found. */
    private static final int FORMAT = 3;

    /** The theory's task, which has no width. */
    static final String THEORY = "theory";

    private static final String TASK = "task";
    private static final String COMMIT = "commit";

    private final TaskNames names;
    private final String prefix;
    private final Set<String> commits = new TreeSet<>();

    /**
     * @param folder made with the first result
     * @param prefix what the files' names start with
     * @param identity text of everything that determines the results, other than width, seed and learning rate
     */
    RunStore(Path folder, String prefix, String identity) {
        this.names = new TaskNames(folder, FORMAT + "\n" + identity);
        this.prefix = prefix;
    }

    /** Which files are its own. */
    TaskNames names() {
        return names;
    }

    /** Commits that computed the results that were read. */
    Set<String> commits() {
        return commits;
    }

    /** Name under which a task is claimed, and of its file without the ending. */
    String name(String task) {
        return names.name(prefix + "-" + task);
    }

    private Path file(String task) {
        return names.file(prefix + "-" + task, ".npz");
    }

    /** Where a theory keeps its state while it is solved. */
    CheckpointFile checkpoint(String task, String backend, CheckpointFile.Interval every, Consumer<String> say) {
        return new CheckpointFile(
                names.file(prefix + "-" + task, ".checkpoint.npz"), names.identity() + "\n" + backend, every, say);
    }

    /** Forgets the result of a task. */
    void discard(String task) {
        try {
            Files.deleteIfExists(file(task));
            Files.deleteIfExists(names.file(prefix + "-" + task, ".checkpoint.npz"));
        } catch (IOException e) {
            throw new InvalidInputException("cannot delete " + file(task) + ": " + IoFailure.reason(e), e);
        }
    }

    /** A network's task. */
    static String task(int width, long seed) {
        return "width-" + width + "-seed-" + seed;
    }

    /** A network's at one learning rate. */
    static String task(int width, long seed, double rate) {
        return task(width, seed) + "-rate-" + rate;
    }

    /** The theory's at one learning rate. */
    static String task(double rate) {
        return THEORY + "-rate-" + rate;
    }

    void write(NetworkRun run) {
        Map<String, Tensor> arrays = arrays(run.observed());
        arrays.put("batch_loss", Tensor.vector(run.batchLoss()));
        arrays.put("sharpness", run.sharpness());
        write(task(run.width(), run.seed()), arrays);
    }

    void write(EdgeRun run) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("times", vector(run.times()));
        arrays.put("loss", Tensor.vector(run.loss()));
        arrays.put("sharpness", run.sharpness());
        arrays.put("diverged", Tensor.vector(run.diverged() ? 1 : 0));
        write(task(run.width(), run.seed(), run.rate()), arrays);
    }

    /** The theory's side. */
    void write(Observed theory) {
        write(THEORY, arrays(theory));
    }

    /** The theory's loss at one learning rate. */
    void write(double rate, double[] loss) {
        write(task(rate), Map.of("loss", Tensor.vector(loss)));
    }

    Optional<NetworkRun> network(int width, long seed) {
        return read(task(width, seed))
                .map(a -> new NetworkRun(
                        width, seed, observed(a), a.get("batch_loss").data(), a.get("sharpness")));
    }

    Optional<EdgeRun> edge(int width, long seed, double rate) {
        return read(task(width, seed, rate))
                .map(a -> new EdgeRun(
                        width,
                        seed,
                        rate,
                        a.get("loss").data(),
                        wholes(a.get("times")),
                        a.get("sharpness"),
                        a.get("diverged").get(0) > 0));
    }

    Optional<Observed> theory() {
        return read(THEORY).map(RunStore::observed);
    }

    Optional<double[]> edgeTheory(double rate) {
        return read(task(rate)).map(arrays -> arrays.get("loss").data());
    }

    private void write(String task, Map<String, Tensor> arrays) {
        arrays.forEach((array, tensor) -> {
            for (double value : tensor.data()) {
                if (!Double.isFinite(value)) {
                    throw new SolverException(prefix + " " + task + ": " + array + " holds " + value
                            + "; nothing was written; lower training.eta");
                }
            }
        });
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        all.put(TASK, Npz.characters(names.hash(prefix + "-" + task)));
        all.put(COMMIT, Npz.characters(Provenance.commit()));
        Npz.write(file(task), all, Set.of(TASK, COMMIT));
    }

    private Optional<Map<String, Tensor>> read(String task) {
        Path file = file(task);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Map<String, Tensor> arrays = Npz.read(file);
            Tensor hash = arrays.remove(TASK);
            Tensor commit = arrays.remove(COMMIT);
            if (hash == null || commit == null || !Npz.text(hash).equals(names.hash(prefix + "-" + task))) {
                return Optional.empty();
            }
            commits.add(Npz.text(commit));
            return Optional.of(arrays);
        } catch (InvalidInputException e) {
            // Truncated or altered: it is computed again.
            return Optional.empty();
        }
    }

    private static Map<String, Tensor> arrays(Observed observed) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("times", vector(observed.times()));
        arrays.put("f", observed.f());
        for (int l = 0; l < observed.depth(); l++) {
            arrays.put("Phi_" + (l + 1), observed.features().get(l));
            arrays.put("G_" + (l + 1), observed.gradients().get(l));
            arrays.put("h_quantiles_" + (l + 1), observed.quantiles().get(l));
        }
        arrays.put("ntk", observed.ntk());
        arrays.put("final_kernel", observed.finalKernel());
        return arrays;
    }

    private static Observed observed(Map<String, Tensor> arrays) {
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> quantiles = new ArrayList<>();
        for (int l = 1; arrays.containsKey("Phi_" + l); l++) {
            features.add(arrays.get("Phi_" + l));
            gradients.add(arrays.get("G_" + l));
            quantiles.add(arrays.get("h_quantiles_" + l));
        }
        return new Observed(
                wholes(arrays.get("times")),
                arrays.get("f"),
                features,
                gradients,
                arrays.get("ntk"),
                arrays.get("final_kernel"),
                quantiles);
    }

    private static Tensor vector(int[] wholes) {
        return Tensor.vector(Arrays.stream(wholes).asDoubleStream().toArray());
    }

    private static int[] wholes(Tensor vector) {
        return Arrays.stream(vector.data()).mapToInt(t -> (int) t).toArray();
    }
}
