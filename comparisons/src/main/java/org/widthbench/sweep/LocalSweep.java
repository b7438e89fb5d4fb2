package org.widthbench.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Progress;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;

/** Runs the tasks of a sweep one after the other in this process; each uses all cores itself. */
public final class LocalSweep {
    /** Rough cost of a network, in milliseconds of a two-core machine: fixed, per neuron, per weight. */
    private static final double[] COST = {150, 0.12, 3e-4};

    private final OrderParameters theory;
    private final NetworkSource networks;
    private final NetworkListener listener;

    /**
     * @param theory what each network is compared with
     * @param networks makes them
     * @param listener sees each in full
     */
    public LocalSweep(OrderParameters theory, NetworkSource networks, NetworkListener listener) {
        this.theory = theory;
        this.networks = networks;
        this.listener = listener;
    }

    /** Trains and compares every network; keeps nothing on disk. */
    public AlignmentTable run(SweepSpec spec, Reporter reporter) {
        return run(spec, null, false, reporter);
    }

    /**
     * Trains and compares the networks that the store does not hold.
     *
     * @param store takes each result as soon as it is there; null for none
     * @param resume whether to take results from the store
     */
    AlignmentTable run(SweepSpec spec, TaskStore store, boolean resume, Reporter reporter) {
        List<TaskResult> results = new ArrayList<>();
        String name = spec.tasks() + " networks, N up to " + spec.widest();
        reporter.stage(name, progress -> {
            Costs costs = new Costs(spec, progress);
            for (int width : spec.widths()) {
                for (long seed = 0; seed < spec.seeds(); seed++) {
                    Optional<TaskResult> earlier = resume ? store.read(width, seed) : Optional.empty();
                    TaskResult result = earlier.orElse(null);
                    if (result == null) {
                        result = task(width, seed, costs);
                        if (store != null) {
                            store.write(result);
                        }
                    }
                    results.add(result);
                    costs.finish(width);
                }
            }
            return null;
        });
        return new AlignmentTable(results);
    }

    private TaskResult task(int width, long seed, Costs costs) {
        long started = System.nanoTime();
        OrderParameters network = networks.train(width, seed, costs.within(width));
        double seconds = (System.nanoTime() - started) / 1e9;
        TaskResult result = new TaskResult(width, seed, Comparison.of(theory, network), network.loss(), seconds);
        listener.trained(width, seed, network);
        return result;
    }

    /** Progress in units of cost: a network of 2000 neurons takes many times longer than one of 2. */
    private static final class Costs {
        private final Progress progress;
        private final double total;
        private double done;

        Costs(SweepSpec spec, Progress progress) {
            this.progress = progress;
            double sum = 0;
            for (int width : spec.widths()) {
                sum += spec.seeds() * cost(width);
            }
            total = sum;
        }

        Progress within(int width) {
            return (completed, all) -> report(done + cost(width) * completed / all);
        }

        void finish(int width) {
            done += cost(width);
            report(done);
        }

        private void report(double cost) {
            progress.step((int) Math.round(cost), (int) Math.round(total));
        }

        private static double cost(int width) {
            return COST[0] + width * (COST[1] + COST[2] * width);
        }
    }
}
