package org.widthbench.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.Progress;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;

/**
 * Trains and compares the networks of a sweep in this process; keeps nothing on disk.
 *
 * @param theory what each network is compared with
 * @param networks makes them
 * @param listener sees each in full before its kernels are dropped
 * @param atOnce networks trained at the same time
 */
public record LocalSweep(
        OrderParameters theory, Train networks, BiConsumer<TaskResult, OrderParameters> listener, int atOnce) {
    /** Makes the networks. */
    @FunctionalInterface
    public interface Train {
        /** Trains the network of one width and seed. */
        OrderParameters train(int width, long seed, Progress progress);
    }

    private record Task(int width, long seed) {}

    private record Trained(TaskResult result, OrderParameters network) {}

    /** Trains every network; the listener sees them by width and seed, whichever is done first. */
    public AlignmentTable run(SweepSpec spec, Reporter reporter) {
        List<Task> tasks = new ArrayList<>();
        spec.forEach((width, seed) -> tasks.add(new Task(width, seed)));
        List<TaskResult> results = new ArrayList<>();
        String name = spec.tasks() + " networks, N up to " + spec.widest();
        reporter.stage(name, progress -> {
            SweepMeter meter = new SweepMeter(spec.eachWidth(), progress);
            try (TaskPool pool = new TaskPool(Math.min(atOnce, tasks.size()))) {
                pool.run(tasks, task -> train(task, meter, pool), (task, trained) -> {
                    results.add(trained.result);
                    listener.accept(trained.result, trained.network);
                });
            }
            return null;
        });
        return new AlignmentTable(results);
    }

    private Trained train(Task task, SweepMeter meter, TaskPool pool) {
        long started = System.nanoTime();
        OrderParameters network = networks.train(task.width, task.seed, pool.within(meter.within(task.width)));
        double seconds = (System.nanoTime() - started) / 1e9;
        Comparison comparison = Comparison.of(theory, network);
        return new Trained(new TaskResult(task.width, task.seed, comparison, network.loss(), seconds), network);
    }
}
