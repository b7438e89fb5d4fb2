package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Leading order in feature learning, {@code q = q_0 + gamma0^2 q_2} for every order parameter, {@code docs/theory.md}
 * section 5. Linear networks under plain descent have closed forms ({@link LinearExpansion}), whose predictions follow
 * the first-order dynamics {@code Delta_2(t+1) = Delta_2(t) - (eta/P) [NTK_0 Delta_2(t) + NTK_2(t,t) Delta_0(t)]}. For all
 * others {@code q_2} is measured ({@link DifferenceExpansion}).
 *
 * @param form which terms of order gamma0^2
 * @param samples number S of samples: of the densities, and for nonlinear networks of the two causal solves
 * @param seed chooses the noise
 */
public record PerturbationSolver(Form form, int samples, long seed) implements Solver {
    static final String NAME = "perturbation";
    /** At small gamma0 kernels move by little, and what moves must still be resolved by pivots. */
    private static final double SMALL_TOLERANCE = 1e-8;

    /** Which order-gamma0^2 terms are kept. */
    public enum Form {
        /** All of them: {@code NTK_2} grows as {@code L (L+1)^2 (L+2) / 12}. */
        CORRECTED,
        /**
         * The printed {@code L (L+1) / 2}, which is what remains without the cross-layer responses A and B; predictions
         * then follow the NTK (dynamics FLOW).
         */
        AS_PUBLISHED
    }

    /** @throws InvalidInputException if there are no samples */
    public PerturbationSolver {
        InvalidInputException.require(samples >= 1, "theory.samples", samples, "a whole number >= 1");
    }

    /**
     * {@inheritDoc}
     *
     * @param backend used by nonlinear networks only, else it may be null
     * @throws InvalidInputException for weight decay, under which kernels move even as gamma0 -> 0, and for activations with
     *     a kink
     * @throws SolverException if a kernel is no longer positive, naming kernel and step
     */
    @Override
    public Solution solve(Problem problem, Backend backend, Progress progress) {
        OrderParameters expansion = expand(problem, backend, progress);
        ExpansionRange.requirePositive(problem, expansion);
        ExpansionRange range = ExpansionRange.of(problem, expansion);
        return new Solution(expansion, PivotReport.NONE, Map.of("expansion", range.toMap()), range.warning());
    }

    /** {@link #solve} wherever the expansion leads: for figures of where it ends. */
    public Solution evaluate(Problem problem, Backend backend, Progress progress) {
        return Solution.of(expand(problem, backend, progress));
    }

    private OrderParameters expand(Problem problem, Backend backend, Progress progress) {
        requireKnown(problem);
        if (!hasClosedForm(problem)) {
            return solveByDifference(problem, backend, progress);
        }
        double[] lazy = named(() -> new StaticKernelSolver(1, 0).solve(problem, backend, Progress.NONE))
                .delta()
                .data();
        LinearExpansion expansion = new LinearExpansion(problem, lazy, form == Form.CORRECTED);
        Trajectory trajectory = new Trajectory(problem, NAME);
        MemoryLimit.requireDensities(problem, samples);
        march(problem, trajectory, expansion, lazy, progress);
        return collect(problem, trajectory, expansion);
    }

    private void requireKnown(Problem problem) {
        Trajectory.requireArchitecture(problem, NAME);
        InvalidInputException.require(
                problem.network().activation().isSmooth(),
                "network.activation",
                problem.network().activation().name(),
                "linear, tanh, erf or softplus with theory.solver " + NAME
                        + ": at a kink the leading correction is of order gamma0, so that there is no expansion in gamma0^2;"
                        + " theory.solver causal takes it");
        double decay = problem.training().weightDecay();
        InvalidInputException.require(
                decay == 0,
                "training.weightDecay",
                decay,
                "0 with theory.solver " + NAME
                        + ", because decay moves the kernels even as gamma0 -> 0; theory.solver causal" + " takes it");
        InvalidInputException.require(
                form == Form.CORRECTED || !isGeneral(problem),
                "theory.expansion",
                "as-published",
                "corrected with theory.solver " + NAME + " and biases, several outputs or online data");
    }

    /** A solve on the way, whose failure is this solver's. */
    static OrderParameters named(Supplier<Solution> solve) {
        try {
            return solve.get().results();
        } catch (DeviceMemoryException e) {
            throw e;
        } catch (SolverException e) {
            throw new SolverException("the " + NAME + " solver cannot go on: " + e.getMessage());
        }
    }

    private static boolean isGeneral(Problem problem) {
        return problem.network().bias() || problem.training().online() || problem.outputs() > 1;
    }

    private static boolean hasClosedForm(Problem problem) {
        return problem.network().activation() instanceof Linear
                && !isGeneral(problem)
                && problem.training().loss() == Loss.MSE
                && ImpulseResponse.of(problem.training()).isPlain()
                && BatchSchedule.of(problem).isFull();
    }

    /** The route that every activation can take. */
    OrderParameters solveByDifference(Problem problem, Backend backend, Progress progress) {
        CausalSolver causal = new CausalSolver(samples, seed).withTolerances(SMALL_TOLERANCE, SMALL_TOLERANCE);
        return new DifferenceExpansion(problem)
                .solve(form == Form.CORRECTED ? causal : causal.withoutResponses(), backend, progress);
    }

    private static void march(
            Problem problem, Trajectory trajectory, LinearExpansion expansion, double[] lazy, Progress progress) {
        int points = problem.points();
        int trained = problem.trainingPoints();
        double[] kernel = problem.inputKernel().data();
        double scale = problem.training().eta() / trained;
        double gammaSquared = problem.training().gamma0() * problem.training().gamma0();
        int layers = problem.network().depth() + 1;
        double[] f0 = new double[points];
        double[] f2 = new double[points];
        for (int t = 0; t < problem.training().steps(); t++) {
            double[] f = f0.clone();
            Dense.axpy(gammaSquared, f2, 0, f, 0, points);
            trajectory.predict(t, f);
            double[] second = expansion.tangent(kernel, t);
            double[] before = f2.clone();
            for (int mu = 0; mu < points; mu++) {
                int row = mu * points;
                f0[mu] += scale * layers * Dense.dot(kernel, row, lazy, t * trained, trained);
                // Delta_2 = -f_2 on the training points.
                f2[mu] += scale
                        * (Dense.dot(second, row, lazy, t * trained, trained)
                                - layers * Dense.dot(kernel, row, before, 0, trained));
            }
            progress.step(t + 1, problem.training().steps());
        }
    }

    private OrderParameters collect(Problem problem, Trajectory trajectory, LinearExpansion expansion) {
        int[] record = problem.training().record();
        int[] ends = {record[0], record[record.length - 1]};
        int depth = problem.network().depth();
        List<Tensor> features = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        List<Tensor> preactivations = new ArrayList<>();
        List<Tensor> pullbacks = new ArrayList<>();
        GaussianFields fields = new GaussianFields(samples, seed);
        for (int l = 1; l <= depth; l++) {
            features.add(featureKernel(problem, expansion, l, record));
            gradients.add(gradientKernel(problem, expansion, l, record));
            preactivations.add(fields.draw(featureKernel(problem, expansion, l, ends)));
            pullbacks.add(fields.draw(gradientKernel(problem, expansion, l, ends)));
        }
        return trajectory.results(
                features, gradients, tangentKernel(problem, expansion, record), preactivations, pullbacks);
    }

    private static Tensor featureKernel(Problem problem, LinearExpansion expansion, int layer, int... times) {
        int q = problem.points();
        double[] kernel = problem.inputKernel().data();
        double gammaSquared = problem.training().gamma0() * problem.training().gamma0();
        Tensor result = Tensor.zeros(times.length, q, times.length, q);
        int at = 0;
        for (int t : times) {
            for (int mu = 0; mu < q; mu++) {
                for (int s : times) {
                    for (int al = 0; al < q; al++) {
                        result.data()[at++] =
                                kernel[mu * q + al] + gammaSquared * expansion.feature(layer, t, mu, s, al);
                    }
                }
            }
        }
        return result;
    }

    private static Tensor gradientKernel(Problem problem, LinearExpansion expansion, int layer, int... times) {
        int count = times.length;
        double gammaSquared = problem.training().gamma0() * problem.training().gamma0();
        double[] pairs = new double[count * count];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = 1 + gammaSquared * expansion.gradient(layer, times[i / count], times[i % count]);
        }
        int[] all = java.util.stream.IntStream.range(0, count).toArray();
        return Recorded.pointlessKernel(pairs, count, problem.points(), 1, all);
    }

    /** The NTK to second order in gamma0, not the product of truncated kernels. */
    private static Tensor tangentKernel(Problem problem, LinearExpansion expansion, int... times) {
        int q = problem.points();
        double[] kernel = problem.inputKernel().data();
        double gammaSquared = problem.training().gamma0() * problem.training().gamma0();
        Tensor ntk = Tensor.zeros(times.length, q, q);
        for (int i = 0; i < times.length; i++) {
            Dense.axpy(problem.network().depth() + 1, kernel, 0, ntk.data(), i * q * q, q * q);
            Dense.axpy(gammaSquared, expansion.tangent(kernel, times[i]), 0, ntk.data(), i * q * q, q * q);
        }
        return ntk;
    }
}
