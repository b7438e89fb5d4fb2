package org.widthbench.consistency;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.widthbench.experiment.ConsistencySpec;

/**
 * What a study found.
 *
 * @param spec its configuration
 * @param tasks one entry per task
 * @param edges every network at every learning rate; empty without edge runs
 * @param edgeTheory loss of the theory per learning rate, where it could be solved
 * @param notes which lines are left out, and why
 * @param commits of the program that computed it, more than one if a later one went on
 */
public record StudyResult(
        ConsistencySpec spec,
        List<TaskResult> tasks,
        List<EdgeRun> edges,
        Map<Double, double[]> edgeTheory,
        List<String> notes,
        Set<String> commits) {

    /**
     * One task.
     *
     * @param name of the task
     * @param targets of the test points, {@code (K)}
     * @param runs every network
     * @param theory null where it is left out
     */
    public record TaskResult(String name, double[] targets, List<NetworkRun> runs, Observed theory) {
        /** The same without the networks of one seed. */
        TaskResult without(long seed) {
            return new TaskResult(
                    name,
                    targets,
                    runs.stream().filter(run -> run.seed() != seed).toList(),
                    theory);
        }
    }
}
