package org.widthbench.core.solver;

import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Solves the infinite-width equations: a pure function of problem, the solver's own settings and the backend. */
public interface Solver {

    /**
     * Solves for the order parameters at every recorded time.
     *
     * @throws SolverException if the solution cannot go on (diverged, too few samples, kernel not positive)
     */
    OrderParameters solve(Problem problem, Backend backend, Progress progress);

    /** {@link #solve(Problem, Backend, Progress)} without a listener. */
    default OrderParameters solve(Problem problem, Backend backend) {
        return solve(problem, backend, Progress.NONE);
    }
}
