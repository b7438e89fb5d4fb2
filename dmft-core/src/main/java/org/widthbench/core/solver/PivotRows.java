package org.widthbench.core.solver;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasLower;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRight;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dtrsm;

import java.util.Arrays;
import org.widthbench.core.weights.GaussianProcess;

/**
 * Which rows of a process are its pivots, and the lower-triangular factor {@code Lp} of the kernel on them, {@code docs/theory.md}
 * 4.1: for processes whose covariance is known entry by entry and is the kernel of no field of S columns.
 */
final class PivotRows {
    private static final int INITIAL_CAPACITY = 64;

    private int[] rows = new int[INITIAL_CAPACITY];
    /** Row-major with leading dimension {@code rows.length}. */
    private double[] lower = new double[INITIAL_CAPACITY * INITIAL_CAPACITY];

    private int count;

    /** The rows, in order. */
    int[] rows() {
        return Arrays.copyOf(rows, count);
    }

    /**
     * {@code F = K Lp^-T} in place.
     *
     * @param kernel K, between some rows and the pivots, {@code (n, k)}
     */
    void toShares(double[] kernel) {
        solve(kernel, CblasTrans);
    }

    /**
     * {@code A Lp^-1} in place: what acts on dual rows as a matrix that acts on the partner field at the pivots.
     *
     * @param response A, {@code (n, k)}
     */
    void toPivots(double[] response) {
        solve(response, CblasNoTrans);
    }

    private void solve(double[] values, int transpose) {
        if (count > 0) {
            cblas_dtrsm(
                    CblasRowMajor,
                    CblasRight,
                    CblasLower,
                    transpose,
                    CblasNonUnit,
                    values.length / count,
                    count,
                    1,
                    lower,
                    rows.length,
                    values,
                    count);
        }
    }

    /**
     * Takes in the pivots of a new block.
     *
     * @param firstRow row of the process at which the block starts
     */
    void append(int firstRow, GaussianProcess.Extension extension) {
        int width = extension.factor().length / extension.residual().length;
        if (width > rows.length) {
            grow(width);
        }
        for (int row : extension.newPivots()) {
            rows[count] = firstRow + row;
            System.arraycopy(extension.factor(), row * width, lower, count * rows.length, width);
            count++;
        }
    }

    private void grow(int needed) {
        int capacity = Math.max(needed, 2 * rows.length);
        double[] grown = new double[Math.multiplyExact(capacity, capacity)];
        for (int i = 0; i < count; i++) {
            System.arraycopy(lower, i * rows.length, grown, i * capacity, count);
        }
        lower = grown;
        rows = Arrays.copyOf(rows, capacity);
    }
}
