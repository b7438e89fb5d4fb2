package org.widthbench.sweep;

import java.nio.file.Path;
import java.util.Locale;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Solver;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;

/**
 * What a sweep found.
 *
 * @param theory the infinite-width side
 * @param table every network beside it
 * @param solveSeconds time of the solver
 */
public record SweepRun(OrderParameters theory, AlignmentTable table, double solveSeconds) {

    /**
     * Solves the theory and trains every network of the experiment's sweep, nothing kept on disk.
     *
     * @throws org.widthbench.core.WidthbenchException if the solver or a network cannot go on
     */
    public static SweepRun of(Experiment experiment, Backend backend, Networks networks, Reporter reporter) {
        Problem problem = experiment.problem();
        SweepFolder.SolvedTheory theory = solve(experiment, problem, backend, reporter);
        return networks(experiment, problem, theory, networks, null, false, reporter);
    }

    /**
     * The same with results kept in a folder: {@code theory.npz}, a file per network under {@code tasks/}, and
     * {@code alignment.csv} at the end.
     *
     * @param resume takes what an earlier run of the same problem finished, and computes the rest
     */
    public static SweepRun in(
            Path folder, Experiment experiment, Backend backend, Networks networks, boolean resume, Reporter reporter) {
        Problem problem = experiment.problem();
        SweepFolder files = new SweepFolder(
                folder, experiment, problem, networks.precision().name().toLowerCase(Locale.ROOT));
        SweepFolder.SolvedTheory theory = resume ? files.readTheory().orElse(null) : null;
        if (theory == null) {
            theory = solve(experiment, problem, backend, reporter);
            files.writeTheory(theory);
        }
        SweepRun run = networks(experiment, problem, theory, networks, files.tasks(), resume, reporter);
        run.table.write(folder.resolve("alignment.csv"));
        return run;
    }

    private static SweepFolder.SolvedTheory solve(
            Experiment experiment, Problem problem, Backend backend, Reporter reporter) {
        Solver solver = experiment.theory().solver();
        long started = System.nanoTime();
        OrderParameters theory = reporter.stage(
                "theory (" + experiment.theory().method().word() + ")",
                progress -> solver.solve(problem, backend, progress));
        return new SweepFolder.SolvedTheory(theory, (System.nanoTime() - started) / 1e9);
    }

    private static SweepRun networks(
            Experiment experiment,
            Problem problem,
            SweepFolder.SolvedTheory theory,
            Networks networks,
            TaskStore store,
            boolean resume,
            Reporter reporter) {
        LocalSweep sweep = new LocalSweep(
                theory.orderParameters(),
                (width, seed, progress) -> networks.train(problem, width, seed, progress),
                NetworkListener.NONE);
        AlignmentTable table = sweep.run(experiment.sweep(), store, resume, reporter);
        return new SweepRun(theory.orderParameters(), table, theory.seconds());
    }
}
