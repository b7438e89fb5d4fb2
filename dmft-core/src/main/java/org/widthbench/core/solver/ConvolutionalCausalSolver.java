package org.widthbench.core.solver;

import java.util.List;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Causal Monte Carlo for CNNs with infinitely many channels, {@code docs/theory.md} sections 4.1 and 6. {@code Phi^l} is
 * the kernel of the features' means over pixels, {@code G^l} that of the gradients' sums over pixels, h and z are sampled
 * at pixels spread evenly over the image, so that images of one pixel give what {@link CausalSolver} gives.
 *
 * @param settings samples, seed, tolerances and form; the pivot form is the kernel form here, and AUTO the cheaper of the two that
 *     fit ({@link ConvolutionalCost})
 */
public record ConvolutionalCausalSolver(CausalSolver settings) implements Solver {

    /**
     * A solution with the kernels that pooling averages away.
     *
     * @param orderParameters kernels of pooled fields at all recorded times
     * @param pixelFeatureKernels {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, L tensors {@code
     *     (Q, pixels, Q, pixels)}
     * @param pivots how well the noise could carry the solution
     */
    public record Solution(OrderParameters orderParameters, List<Tensor> pixelFeatureKernels, PivotReport pivots) {

        /** Copies the list. */
        public Solution {
            pixelFeatureKernels = List.copyOf(pixelFeatureKernels);
        }
    }

    @Override
    public OrderParameters solve(Problem problem, Backend backend, Progress progress) {
        return settings.solve(problem, backend, progress);
    }

    /** What solving a problem takes. */
    public ConvolutionalCost cost(Problem problem, Backend backend) {
        return ConvolutionalCost.of(problem, settings, backend);
    }

    /**
     * {@link #solve(Problem, Backend, Progress)} with the feature kernels of single pixels at the last recorded time.
     *
     * @throws org.widthbench.core.SolverException as {@code solve} does
     */
    public Solution measure(Problem problem, Backend backend, Progress progress) {
        Problem solved = settings.solved(problem);
        settings.requireFits(solved, backend);
        try (CausalSweep sweep = new CausalSweep(solved, settings, backend)) {
            return new Solution(sweep.run(true, progress), sweep.pixelFeatureKernels(), sweep.pivots());
        }
    }
}
