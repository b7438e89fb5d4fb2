package org.widthbench.core;

import org.widthbench.core.backend.Backend;

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
