package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.Progress;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Lockstep;
import org.widthbench.core.backend.Lockstep.Outcome;
import org.widthbench.core.problem.Problem;

/**
 * Many problems on one backend: as many side by side as {@linkplain Backend#problemsAtOnce it is worth}, which on a GPU
 * share their launches, and one after the other on the CPU. Every result is what the solve gives alone.
 */
public final class SolverBatch {
    private SolverBatch() {}

    /**
     * Solves problem number i by solver number i.
     *
     * @return solutions in the order of the problems
     * @throws WidthbenchException if a solve cannot go on; nothing more is solved then
     */
    public static List<Solution> solveAll(
            List<? extends Solver> solvers, List<Problem> problems, Backend backend, Progress progress) {
        return run(solves(solvers, problems, progress), backend, true).stream()
                .map(Outcome::orThrow)
                .toList();
    }

    /**
     * Solves problem number i by solver number i; a solve that cannot go on disturbs no other.
     *
     * @return outcomes in the order of the problems; failures are {@link WidthbenchException}s
     */
    public static List<Outcome<Solution>> trySolveAll(
            List<? extends Solver> solvers, List<Problem> problems, Backend backend, Progress progress) {
        return run(solves(solvers, problems, progress), backend, false);
    }

    private static List<Function<Backend, Solution>> solves(
            List<? extends Solver> solvers, List<Problem> problems, Progress progress) {
        if (solvers.size() != problems.size()) {
            throw new IllegalArgumentException(solvers.size() + " solvers for " + problems.size() + " problems");
        }
        Sum sum = new Sum(progress, problems.size());
        List<Function<Backend, Solution>> solves = new ArrayList<>();
        for (int i = 0; i < problems.size(); i++) {
            int number = i;
            solves.add(lane -> solvers.get(number).solve(problems.get(number), lane, sum.part(number)));
        }
        return solves;
    }

    private static <T> List<Outcome<T>> run(List<Function<Backend, T>> solves, Backend backend, boolean stopping) {
        List<Outcome<T>> outcomes = new ArrayList<>();
        int atOnce = backend.problemsAtOnce();
        for (int from = 0; from < solves.size(); from += atOnce) {
            List<Function<Backend, T>> some = solves.subList(from, Math.min(solves.size(), from + atOnce));
            List<Outcome<T>> found = some.size() == 1 ? List.of(alone(some.get(0), backend)) : together(some, backend);
            if (stopping) {
                found.forEach(Outcome::orThrow);
            }
            outcomes.addAll(found);
        }
        return outcomes;
    }

    private static <T> List<Outcome<T>> together(List<Function<Backend, T>> solves, Backend backend) {
        List<Outcome<T>> outcomes = new ArrayList<>(new Lockstep(backend).run(solves));
        for (int i = 0; i < outcomes.size(); i++) {
            RuntimeException failure = outcomes.get(i).failure();
            if (failure instanceof DeviceMemoryException) {
                outcomes.set(i, alone(solves.get(i), backend));
            } else if (failure != null && !(failure instanceof WidthbenchException)) {
                throw failure;
            }
        }
        return outcomes;
    }

    private static <T> Outcome<T> alone(Function<Backend, T> solve, Backend backend) {
        try {
            return new Outcome<>(solve.apply(backend), null);
        } catch (WidthbenchException failure) {
            return new Outcome<>(null, failure);
        }
    }

    /** Progress of several computations of about the same length. */
    private static final class Sum {
        private final Progress progress;
        private final int[] completed;
        private int longest;

        Sum(Progress progress, int parts) {
            this.progress = progress;
            this.completed = new int[parts];
        }

        Progress part(int number) {
            return (done, total) -> step(number, done, total);
        }

        private synchronized void step(int number, int done, int total) {
            completed[number] = done;
            longest = Math.max(longest, total);
            int sum = 0;
            for (int part : completed) {
                sum += part;
            }
            progress.step(sum, longest * completed.length);
        }
    }
}
