package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Pivot form: the memory sums in the noise basis ({@code docs/theory.md} 4.1 "Memory sums"). With {@code Phi^l = F F^T} and
 * {@code g^{l+1}(s) = F'(s) y}, both up to the pivot tolerance,
 *
 * <pre>  sum_s w(t,s) Phi^l(t,s) g^{l+1}(s) = [F(t) F(s<t)^T diag(w) F'(s<t)] y</pre>
 *
 * so training acts as the responses do, through a {@code (Q, k)} matrix times the dual rows y: the two share one product
 * with S columns. {@code 2 Q t Q (k + k')} flops a step besides it, none of them with a factor S.
 */
final class PivotMemory implements Memory {
    private final Backend backend;
    private final Trajectory trajectory;
    /** u^{l+1}, whose covariance is {@code Phi^l} and in whose dual rows {@code phi^l} lies. */
    private final SampledProcess upper;
    /** r^l, whose covariance is {@code G^{l+1}} and in whose dual rows {@code g^{l+1}} lies. */
    private final SampledProcess lower;

    private final Matrix kernel;

    /**
     * @param points Q
     * @param rows number {@code T Q} of rows in all
     */
    PivotMemory(
            Backend backend, Trajectory trajectory, SampledProcess upper, SampledProcess lower, int points, int rows) {
        this.backend = backend;
        this.trajectory = trajectory;
        this.upper = upper;
        this.lower = lower;
        this.kernel = backend.allocate(1, rows, points);
    }

    @Override
    public void addForward(int step, Matrix response, Matrix h) {
        add(step, upper, lower, response);
    }

    @Override
    public void addBackward(int step, Matrix response, Matrix z) {
        add(step, lower, upper, response);
    }

    private void add(int step, SampledProcess measured, SampledProcess summed, Matrix response) {
        int rows = step * kernel.columns();
        if (rows == 0 || measured.pivots() == 0 || response.columns() == 0) {
            return;
        }
        Matrix past = kernel.rows(0, rows);
        backend.gemm(1, measured.factors(rows), true, measured.factor(), true, 0, past);
        backend.scaleRows(trajectory.weights(step), past, past);
        backend.gemm(1, past, true, summed.factors(rows), true, 1, response);
    }

    /** Nothing: the trajectory remembers the drive. */
    @Override
    public void learn(int step, double[] drive) {}

    @Override
    public void close() {
        kernel.close();
    }
}
