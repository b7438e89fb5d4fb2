package org.widthbench.core.solver;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;

/**
 * One hidden layer, {@code docs/theory.md} section 4.4: {@code A = B = 0} and the noise does not depend on time, so S
 * samples of the single-site process are integrated forward, each like a neuron of its own, and no kernel history is
 * kept. Time {@code O(T Q S min(D,Q))}, memory {@code O(Q S)} for each recorded time.
 *
 * @param samples number S of samples, more than min(D,Q); their noise is orthonormalized, exact for linear networks
 * @param seed chooses the noise
 */
public record OneHiddenLayerSolver(int samples, long seed) implements Solver {
    static final String NAME = "one-hidden-layer";

    /** @throws InvalidInputException if there are fewer than two samples */
    public OneHiddenLayerSolver {
        InvalidInputException.require(samples >= 2, "theory.samples", samples, "a whole number >= 2");
    }

    /**
     * {@inheritDoc}
     *
     * @throws InvalidInputException if the network has not exactly one hidden layer
     */
    @Override
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        Trajectory.requireOneSet(problem, NAME);
        InvalidInputException.require(
                problem.network().depth() == 1,
                "network.depth",
                problem.network().depth(),
                "1 with theory.solver " + NAME + "; theory.solver causal and alternating take every depth");
        try (NeuronSweep sweep = new NeuronSweep(problem, this, backend)) {
            return Solution.of(sweep.run(progress));
        }
    }
}
