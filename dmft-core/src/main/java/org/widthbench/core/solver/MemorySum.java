package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * One memory sum {@code X_mu(t) = sum_{s<t,al} w_al(t,s) K_{mu al}(t,s) v_al(s)}, where K is the kernel of one field and v
 * another field. Two ways, both O(S) per kernel entry touched:
 *
 * <ul>
 *   <li>whole kernel rows times the whole history, {@code 2 t Q} entries a row and step;
 *   <li>through the pivots p of the process with covariance K: {@code K = F F^T} up to the pivot tolerance, so {@code X(t) =
 *       F(t) D} with {@code D = Lp^-1 X[p]}, and one step of training adds {@code F(t)^T w(t) v(t)} to D. Rows of D for new
 *       pivots come from their exact sum. {@code 3 k} entries a row and step; the error is at most the tolerance times K's
 *       mean diagonal, since both rows of an entry are explained by the pivots to that accuracy.
 * </ul>
 */
final class MemorySum implements AutoCloseable {
    /** Pivots are used once they are fewer than this share of the rows so far, whole rows again beyond {@link #LEAVE}. */
    private static final double ENTER = 0.25;

    private static final double LEAVE = 0.5;
    private static final int INITIAL_CAPACITY = 32;

    private final Backend backend;
    private final Trajectory trajectory;
    private final SampledProcess process;
    private final FullHistory measured;
    private final FullHistory summed;
    private final boolean pivotsAllowed;
    private final int points;
    private final int samples;
    private final Matrix weights;
    private final Matrix driveDiagonal;
    private final Matrix driven;
    private GrowingRows dual;

    /**
     * @param process the process whose covariance is K
     * @param measured the field whose kernel K is
     * @param summed v
     * @param rows number {@code T Q} of rows in all
     */
    MemorySum(
            Backend backend,
            Trajectory trajectory,
            SampledProcess process,
            FullHistory measured,
            FullHistory summed,
            boolean pivotsAllowed,
            int rows) {
        this.backend = backend;
        this.trajectory = trajectory;
        this.process = process;
        this.measured = measured;
        this.summed = summed;
        this.pivotsAllowed = pivotsAllowed;
        this.points = measured.at(0).rows();
        this.samples = measured.at(0).columns();
        this.weights = backend.allocate(1, points, rows);
        this.driveDiagonal = backend.allocate(1, points, points);
        this.driven = backend.allocate(1, points, samples);
    }

    /** {@code target += X(step)}; the process has been drawn at this step. */
    void addTo(int step, Matrix target) {
        if (step == 0) {
            return;
        }
        int rows = step * points;
        if (dual != null && process.pivots() > LEAVE * rows) {
            leavePivots();
        }
        if (dual == null && pivotsAllowed && process.pivots() < ENTER * rows) {
            dual = new GrowingRows(backend, Math.max(INITIAL_CAPACITY, process.pivots()), samples);
            measured.keepPivotsOnly(process.pivotRows());
        }
        if (dual == null) {
            Matrix row = weights.block(0, points, 0, rows);
            weigh(measured.kernelRow(step), points, rows + points, step, row);
            backend.gemm(1, row, false, summed.before(step), false, 1, target);
            return;
        }
        if (dual.count() < process.pivots()) {
            appendPivots(step);
        }
        if (dual.count() > 0) {
            backend.gemm(1, process.factor(), false, dual.filled(), false, 1, target);
        }
    }

    /** Rows {@code w K}, {@code (n, step Q)}, from kernel rows of {@code stride} columns. */
    private void weigh(double[] kernelRows, int n, int stride, int step, Matrix target) {
        double[] weight = trajectory.weights(step);
        double[] weighted = new double[n * weight.length];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < weight.length; j++) {
                weighted[i * weight.length + j] = weight[j] * kernelRows[i * stride + j];
            }
        }
        backend.upload(weighted, target);
    }

    /** The exact sums of the pivots that D does not have yet, turned into rows of D. */
    private void appendPivots(int step) {
        int known = dual.count();
        int n = process.pivots() - known;
        int rows = step * points;
        Matrix pivots = measured.pivotFields().rows(known, n);
        Matrix fresh = dual.append(n);
        try (Matrix kernelRows = backend.allocate(1, n, rows)) {
            weigh(FieldHistory.overlap(backend, pivots, measured.before(step)), n, rows, step, kernelRows);
            backend.gemm(1, kernelRows, false, summed.before(step), false, 0, fresh);
        }
        process.toDual(dual, known);
    }

    /**
     * Takes in one step of plain gradient descent.
     *
     * @param drive {@code a b_al Delta_al(step)}, zero on test points, length Q
     */
    void learn(int step, double[] drive) {
        if (dual == null || dual.count() == 0) {
            return;
        }
        double[] diagonal = new double[points * points];
        for (int al = 0; al < points; al++) {
            diagonal[al * points + al] = drive[al];
        }
        backend.upload(diagonal, driveDiagonal);
        backend.gemm(1, driveDiagonal, false, summed.at(step), false, 0, driven);
        backend.gemm(1, process.factor(), true, driven, false, 1, dual.filled());
    }

    private void leavePivots() {
        dual.close();
        dual = null;
        measured.keepAll();
    }

    @Override
    public void close() {
        weights.close();
        driveDiagonal.close();
        driven.close();
        if (dual != null) {
            dual.close();
        }
    }
}
