package org.widthbench.core.solver;

import java.util.Optional;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;

/** Solves the infinite-width equations: a pure function of problem, the solver's own settings and the backend. */
public interface Solver {

    /**
     * Solves for the order parameters at every recorded time.
     *
     * @throws SolverException if the solution cannot go on (diverged, too few samples, kernel not positive)
     */
    Solution solve(Problem problem, Backend backend, Progress progress);

    /** {@link #solve(Problem, Backend, Progress)} without a listener. */
    default Solution solve(Problem problem, Backend backend) {
        return solve(problem, backend, Progress.NONE);
    }

    /** What solving a problem takes, known before it starts. */
    default Cost cost(Problem problem, Backend backend) {
        return () -> {};
    }

    /**
     * Error bars of a solution that this solver found; none where its errors are not those of sampling, or not known.
     *
     * @throws SolverException if no further solve can estimate them
     */
    default Optional<ErrorBars> errorBars(Problem problem, Solution solution, Backend backend, Progress progress) {
        return Optional.empty();
    }
}
