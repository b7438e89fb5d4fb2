package org.widthbench.core.solver;

import java.util.function.Consumer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/**
 * Alternating Monte Carlo, Algorithm 1 of Bordelon and Pehlevan 2022 ({@code docs/theory.md} section 4.2): guess all
 * kernels over all times, sample every layer's single-site process under the guess ({@link SingleSite}), average new
 * kernels and, from exact Jacobians, new responses; repeat until nothing changes. It takes every option that the causal solver
 * takes (section 4.5). Time {@code O(L S (TQ)^3 C^2)} an iteration: the independent check of {@link CausalSolver} at small TQ, and its baseline. Of a kink
 * the Jacobians see nothing, where averages do, so relu is refused from two layers on; with one, there are no responses.
 *
 * <p>All iterations see the same noise, and the symmetric root of each kernel turns it into fields that move
 * continuously with the kernel: fresh noise, or an arbitrary root, never converges. The noise is orthonormal, so that
 * linear networks come out exact.
 *
 * @param samples number S of samples, at least {@code T Q (1 + C)}
 * @param seed chooses the noise
 * @param damping share of each newly averaged kernel and response in the next guess, alike for all, in {@code (0, 1]}
 * @param tolerance largest relative change of a kernel, and change of a prediction, at which iteration stops
 * @param iterations how many at most
 */
public record AlternatingSolver(int samples, long seed, double damping, double tolerance, int iterations)
        implements Solver {
    static final String NAME = "alternating";
    /**
     * Of smooth activations anything from 0.4 to 1 converges on the same problems, the larger the sooner; relu wants less.
     */
    public static final double DEFAULT_DAMPING = 0.7;
    /** Well below the sampling error of any affordable S. */
    public static final double DEFAULT_TOLERANCE = 1e-4;
    /** Errors fall at least by half in a few iterations; a solve that needs more is not converging. */
    public static final int DEFAULT_ITERATIONS = 100;

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public AlternatingSolver {
        InvalidInputException.require(samples >= 2, "theory.samples", samples, "a whole number >= 2");
        InvalidInputException.require(damping > 0 && damping <= 1, "theory.damping", damping, "a number in (0, 1]");
        InvalidInputException.require(
                tolerance > 0 && tolerance < 1, "theory.tolerance", tolerance, "a number in (0, 1)");
        InvalidInputException.require(iterations >= 1, "theory.iterations", iterations, "a whole number >= 1");
    }

    /** The solver with default damping, tolerance and number of iterations. */
    public AlternatingSolver(int samples, long seed) {
        this(samples, seed, DEFAULT_DAMPING, DEFAULT_TOLERANCE, DEFAULT_ITERATIONS);
    }

    /**
     * How far one iteration moved.
     *
     * @param number from 1
     * @param kernelChange largest relative change {@code |new - old| / |new|} of a kernel, before damping
     * @param kernel the kernel that changed most, such as {@code Phi^2}
     * @param predictionChange largest change of a centred prediction
     * @param clipped largest share of negative eigenvalues clipped from a kernel before sampling
     */
    public record Iteration(int number, double kernelChange, String kernel, double predictionChange, double clipped) {}

    @Override
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        return solve(problem, backend, progress, iteration -> {});
    }

    /**
     * Solves and reports each iteration.
     *
     * @param report hears of every iteration, from the computing thread
     * @throws SolverException if the iteration diverges or does not converge, naming iteration, kernel and gamma0
     */
    public Solution solve(Problem problem, Backend backend, Progress progress, Consumer<Iteration> report) {
        int depth = problem.network().depth();
        InvalidInputException.require(
                depth == 1 || problem.network().activation().isSmooth(),
                "network.activation",
                problem.network().activation().name(),
                "linear, tanh, erf or softplus with theory.solver " + NAME + " and network.depth " + depth
                        + ": its Jacobians miss what a kink adds to the responses between layers; theory.solver causal takes it");
        long forward =
                (long) problem.training().steps() * PointSchedule.of(problem).rows();
        long backward = forward * problem.outputs();
        InvalidInputException.require(
                samples >= forward + backward,
                "theory.samples",
                samples,
                "at least steps x points x (1 + outputs) = " + (forward + backward) + " with theory.solver " + NAME);
        // A site keeps five fields; its noise and the fields being drawn are four more.
        double fields = (double) samples * backward;
        MemoryLimit.require(
                NAME,
                Math.max(fields, (double) backward * backward),
                depth * (7 * fields + 4.0 * backward * backward) + 4 * fields,
                depth + " layers of " + samples + " samples x " + backward + " rows (steps x points x outputs)");
        AlternatingSweep sweep = new AlternatingSweep(problem, this, backend);
        Iteration last = null;
        for (int k = 1; k <= iterations; k++) {
            last = sweep.iterate(k);
            report.accept(last);
            progress.step(k, iterations);
            if (last.kernelChange() <= tolerance && last.predictionChange() <= tolerance) {
                return Solution.of(sweep.collect());
            }
        }
        throw new SolverException("the alternating solver did not converge at gamma0 = "
                + problem.training().gamma0() + ": after iteration " + iterations + " " + last.kernel()
                + " still changes by " + last.kernelChange() + " and predictions by " + last.predictionChange()
                + "; raise theory.iterations or theory.tolerance (relu needs a looser one, or a theory.damping below "
                + damping + "), lower training.gamma0, or use theory.solver causal");
    }
}
