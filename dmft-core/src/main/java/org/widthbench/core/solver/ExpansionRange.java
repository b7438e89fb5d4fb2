package org.widthbench.core.solver;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * How far an expansion {@code q = q_0 + gamma0^2 q_2} may be trusted. Its kernels are those of no network: cut after the second
 * order, they lose positivity by terms of the fourth. As long as the correction is small so are these.
 *
 * @param correction largest {@code |q(t,t) - q_0| / |q_0|} of a kernel over recorded times, Frobenius norms over points
 * @param until last recorded time up to which it stays below {@link #SMALL}
 * @param whole whether that is the last of all
 */
record ExpansionRange(double correction, int until, boolean whole) {
    /**
     * Corrections up to this share of what they correct: the loss of linear networks is then within 10% of the full solution's
     * ({@code ExpansionRangeTest}).
     */
    private static final double SMALL = 0.25;
    /** Negative variance, relative to the trace, that a Gram matrix of no fields at all has. */
    private static final double NEGATIVE = 1e-2;
    /** Rows of the largest matrix that is looked at whole; of a larger one every second, third, ... time. */
    private static final int MOST_ROWS = 1200;

    /**
     * The range of a solution.
     *
     * @param expansion what {@link PerturbationSolver} found
     */
    static ExpansionRange of(Problem problem, OrderParameters expansion) {
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        int times = expansion.times().length;
        double largest = 0;
        int small = 0;
        for (int slot = 0; slot < times; slot++) {
            double here = 0;
            for (int l = 0; l < expansion.depth(); l++) {
                here = Math.max(
                        here,
                        correction(
                                expansion.featureKernels().get(l),
                                lazy.featureKernels().get(l),
                                slot));
                here = Math.max(
                        here,
                        correction(
                                expansion.gradientKernels().get(l),
                                lazy.gradientKernels().get(l),
                                slot));
            }
            small = small == slot && here <= SMALL ? slot + 1 : small;
            largest = Math.max(largest, here);
        }
        // At t = 0 there is no correction.
        return new ExpansionRange(largest, expansion.times()[Math.max(0, small - 1)], small == times);
    }

    private static double correction(Tensor kernel, Tensor lazy, int slot) {
        int rows = kernel.size(1);
        int side = kernel.size(0) * rows;
        double difference = 0;
        double size = 0;
        for (int i = slot * rows; i < (slot + 1) * rows; i++) {
            for (int j = slot * rows; j < (slot + 1) * rows; j++) {
                double zeroth = lazy.data()[i * side + j];
                double change = kernel.data()[i * side + j] - zeroth;
                difference += change * change;
                size += zeroth * zeroth;
            }
        }
        return difference == 0 ? 0 : Math.sqrt(difference / size);
    }

    /** For a summary: {@code largestCorrection}, and {@code smallUntil}, the last recorded step at which it is below 25%. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("largestCorrection", correction);
        map.put("smallUntil", until);
        map.put("small", SMALL);
        return map;
    }

    /** What to say of a solution that left the range. */
    Optional<String> warning() {
        return whole
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "warning: after step %d the leading correction of a kernel exceeds %.0f%% of it (%.0f%% at most), and"
                                + " the expansion in gamma0^2 is not to be trusted; theory.solver causal has no such limit",
                        until,
                        100 * SMALL,
                        100 * correction));
    }

    /**
     * Refuses kernels that are no Gram matrices.
     *
     * @throws SolverException naming kernel and step if one has a direction of negative variance beyond 1e-2 of its trace
     */
    static void requirePositive(Problem problem, OrderParameters expansion) {
        for (int l = 0; l < expansion.depth(); l++) {
            requirePositive(
                    problem, "Phi^" + (l + 1), expansion.featureKernels().get(l), expansion.times());
            requirePositive(problem, "G^" + (l + 1), expansion.gradientKernels().get(l), expansion.times());
        }
    }

    private static void requirePositive(Problem problem, String name, Tensor kernel, int... times) {
        int rows = kernel.size(1);
        int stride = Math.max(1, (int) Math.ceil((double) times.length * rows / MOST_ROWS));
        int kept = (times.length + stride - 1) / stride;
        int n = kept * rows;
        int side = times.length * rows;
        double[] matrix = new double[n * n];
        double trace = 0;
        for (int i = 0; i < n; i++) {
            int from = (i / rows * stride * rows + i % rows) * side;
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] = kernel.data()[from + j / rows * stride * rows + j % rows];
            }
            trace += Math.max(0, matrix[i * n + i]);
        }
        int failed = firstNegative(matrix, n, NEGATIVE * trace);
        if (failed >= 0) {
            throw new SolverException("the " + PerturbationSolver.NAME + " solver at gamma0 = "
                    + problem.training().gamma0() + ": " + name + " is not positive at step "
                    + times[failed / rows * stride]
                    + ", where the expansion in gamma0^2 has stopped being one; lower training.gamma0 or training.steps, or"
                    + " use theory.solver causal");
        }
    }

    /**
     * Cholesky factorization in the order of the rows, in place.
     *
     * @param shift added to the diagonal
     * @return the first row whose leading block has an eigenvalue below {@code -shift}; -1 if none has
     */
    static int firstNegative(double[] matrix, int n, double shift) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = matrix[i * n + j] + (i == j ? shift : 0) - Dense.dot(matrix, i * n, matrix, j * n, j);
                if (i == j) {
                    if (!(rest >= 0)) {
                        return i;
                    }
                    matrix[i * n + i] = Math.sqrt(rest);
                } else {
                    matrix[i * n + j] = matrix[j * n + j] > 0 ? rest / matrix[j * n + j] : 0;
                }
            }
        }
        return -1;
    }
}
