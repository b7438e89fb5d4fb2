package org.widthbench.sweep;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.widthbench.core.Progress;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.Solution;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.Reporter;
import org.widthbench.sweep.SweepPoint.SolvedTheory;

/**
 * What a sweep found.
 *
 * @param theory the infinite-width side
 * @param table every network beside it
 * @param solveSeconds time of the solver
 * @param backend that solved the theory
 * @param commits of the program that computed it, more than one if a later one went on
 */
public record SweepRun(
        OrderParameters theory, AlignmentTable table, double solveSeconds, String backend, Set<String> commits) {

    /**
     * Solves the theory and trains every network of the experiment's sweep, nothing kept on disk.
     *
     * @throws org.widthbench.core.WidthbenchException if the solver or a network cannot go on
     */
    public static SweepRun of(Experiment experiment, Backend backend, Networks networks, Reporter reporter) {
        Problem problem = experiment.problem(reporter);
        networks.requireFits(problem, experiment.sweep().widest());
        SolvedTheory theory = solve(experiment, problem, "", backend, reporter, progress -> progress);
        LocalSweep sweep = new LocalSweep(
                theory.orderParameters(),
                (width, seed, progress) -> networks.train(problem, width, seed, progress),
                (task, network) -> {},
                networks.atOnce(problem, experiment.sweep().widest()));
        AlignmentTable table = sweep.run(experiment.sweep(), reporter);
        return new SweepRun(
                theory.orderParameters(), table, theory.seconds(), theory.backend(), Set.of(Provenance.commit()));
    }

    /**
     * Solves the theory.
     *
     * @param where " at " and the point of a grid, or nothing
     * @param checkpoints put between the solver and who is told of its steps
     */
    static SolvedTheory solve(
            Experiment experiment,
            Problem problem,
            String where,
            Backend backend,
            Reporter reporter,
            UnaryOperator<Progress> checkpoints) {
        long started = System.nanoTime();
        Solution theory = reporter.stage(
                "theory (" + experiment.theory().method().word() + ")" + where,
                progress -> experiment.theory().solver().solve(problem, backend, checkpoints.apply(progress)));
        theory.warning().ifPresent(reporter::say);
        return new SolvedTheory(theory.results(), (System.nanoTime() - started) / 1e9, backend.description());
    }
}
