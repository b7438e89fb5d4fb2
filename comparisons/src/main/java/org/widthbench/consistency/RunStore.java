package org.widthbench.consistency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.sweep.TaskStore;

/** Measurements of finished networks and theories as tasks of a {@link TaskStore}, under names that begin with a prefix. */
final class RunStore {
    /** Which arrays a file holds; part of its name, so that files of other arrays are not found. */
    private static final int FORMAT = 3;

    /** The theory's task, which has no width. */
    static final String THEORY = "theory";

    private final TaskStore tasks;
    private final String prefix;

    /**
     * @param folder made with the first result
     * @param prefix what the files' names start with
     * @param identity text of everything that determines the results, other than width, seed and learning rate
     */
    RunStore(Path folder, String prefix, String identity) {
        this.tasks = new TaskStore(folder, FORMAT + "\n" + identity);
        this.prefix = prefix;
    }

    /** Where its files are. */
    TaskStore tasks() {
        return tasks;
    }

    /** Name of a task among those of other stores. */
    String whole(String task) {
        return prefix + "-" + task;
    }

    /** Name under which a task is claimed. */
    String name(String task) {
        return tasks.name(whole(task));
    }

    /** Forgets the result of a task. */
    void discard(String task) {
        tasks.discard(whole(task));
    }

    /** A network's at one learning rate. */
    static String task(int width, long seed, double rate) {
        return TaskStore.task(width, seed) + "-rate-" + rate;
    }

    /** The theory's at one learning rate. */
    static String task(double rate) {
        return THEORY + "-rate-" + rate;
    }

    void write(NetworkRun run) {
        Map<String, Tensor> arrays = arrays(run.observed());
        arrays.put("batch_loss", Tensor.vector(run.batchLoss()));
        arrays.put("sharpness", run.sharpness());
        write(TaskStore.task(run.width(), run.seed()), arrays);
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
        return read(TaskStore.task(width, seed))
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
        tasks.writeArrays(whole(task), arrays);
    }

    private Optional<Map<String, Tensor>> read(String task) {
        return tasks.readArrays(whole(task));
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
