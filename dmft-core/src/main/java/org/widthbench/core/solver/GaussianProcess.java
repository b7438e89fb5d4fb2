package org.widthbench.core.solver;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasLower;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRight;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dtrsm;

import java.util.Arrays;
import org.widthbench.core.linalg.Cholesky;

/**
 * The law of one Gaussian process, revealed block of rows by block of rows: a pivoted Cholesky factor that is extended
 * only by rows the earlier pivots do not explain, {@code docs/theory.md} 4.1 "Conditional Gaussian draw". Host float64.
 */
final class GaussianProcess {
    private static final int INITIAL_CAPACITY = 64;
    /** Residual variance, relative, that later times have to make room for: their shares would leave it to noise for good. */
    private static final double LARGE = 0.05;

    private final double tolerance;
    private final int limit;
    /** Times over which the limit is spread; 0 lets the first times take all of it. */
    private int times;

    private int[] pivots = new int[INITIAL_CAPACITY];
    /** Lower-triangular factor {@code Lp}, row-major with leading dimension {@code pivots.length}. */
    private double[] lower = new double[INITIAL_CAPACITY * INITIAL_CAPACITY];

    private int count;
    private double captured = 1;

    /** @param tolerance a residual variance above this fraction of the block's mean variance becomes a pivot */
    GaussianProcess(double tolerance) {
        this(tolerance, Integer.MAX_VALUE);
    }

    /** @param limit most pivots, whatever the tolerance */
    GaussianProcess(double tolerance, int limit) {
        this.tolerance = tolerance;
        this.limit = limit;
    }

    /**
     * From now on pivots are spread over all times: the first takes at most half of the limit, each later one an equal share of
     * what is left, largest residual first, and beyond its share only rows whose residual variance is above {@link #LARGE}.
     *
     * @param steps number of times
     */
    void spread(int steps) {
        times = steps;
    }

    /** Most pivots of a block, its share of them first. */
    private int[] room(int firstRow, int n) {
        int left = Math.min(n, limit - count);
        int step = firstRow / n;
        if (times == 0 || limit >= (double) n * times) {
            return new int[] {left, left};
        }
        int share = step == 0 ? limit / 2 : (limit - count + times - step - 1) / (times - step);
        return new int[] {Math.min(left, share), step == 0 ? Math.min(left, share) : left};
    }

    /**
     * How a new block of n rows hangs on the pivots.
     *
     * @param factor {@code F (n, k)}: the block is {@code F E} plus residual noise, k pivots including the new ones
     * @param newPivots indices within the block of the rows that became pivots, in order
     * @param residual {@code (n)} variance left for independent noise
     */
    record Extension(double[] factor, int[] newPivots, double[] residual) {}

    /** Number k of pivots so far. */
    int count() {
        return count;
    }

    /** Share of the variance that the pivots explain, that of the worst block. */
    double captured() {
        return captured;
    }

    /** Row of the i-th pivot in the whole process. */
    int pivot(int i) {
        return pivots[i];
    }

    /**
     * A rectangle of the factor {@code Lp}.
     *
     * @return {@code (rows, columns)}
     */
    double[] lower(int row, int rows, int column, int columns) {
        double[] rectangle = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(lower, (row + i) * pivots.length + column, rectangle, i * columns, columns);
        }
        return rectangle;
    }

    /**
     * Solves {@code X Lp = rows} in place, with the leading {@code known} rows and columns of Lp.
     *
     * @param rows {@code (n, known)}
     */
    void overPivots(double[] rows, int known) {
        if (known > 0) {
            cblas_dtrsm(
                    CblasRowMajor,
                    CblasRight,
                    CblasLower,
                    CblasNoTrans,
                    CblasNonUnit,
                    rows.length / known,
                    known,
                    1,
                    lower,
                    pivots.length,
                    rows,
                    known);
        }
    }

    /**
     * Conditions the next block of rows on all earlier ones and adds pivots where needed.
     *
     * @param firstRow row of the process at which the block starts
     * @param cross kernel between the block and the pivots so far, {@code (n, k)}; overwritten
     * @param block kernel of the block, {@code (n, n)}; overwritten by the residual
     */
    Extension extend(int firstRow, double[] cross, double[] block) {
        int n = (int) Math.round(Math.sqrt(block.length));
        double meanVariance = 0;
        for (int i = 0; i < n; i++) {
            meanVariance += block[i * n + i] / n;
        }
        int known = count;
        if (known > 0) {
            int ld = pivots.length;
            // X := X Lp^-T, row by row of the block.
            cblas_dtrsm(
                    CblasRowMajor,
                    CblasRight,
                    CblasLower,
                    CblasTrans,
                    CblasNonUnit,
                    n,
                    known,
                    1,
                    lower,
                    ld,
                    cross,
                    known);
            cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, n, n, known, -1, cross, known, cross, known, 1, block, n);
        }
        int[] room = room(firstRow, n);
        double mean = meanVariance;
        Cholesky.Pivoted fresh = Cholesky.pivoted(
                block, n, room[1], count -> mean * (count < room[0] ? tolerance : Math.max(tolerance, LARGE)));
        int added = fresh.rows().length;
        double[] factor = new double[n * (known + added)];
        double[] residual = new double[n];
        double lost = 0;
        for (int i = 0; i < n; i++) {
            System.arraycopy(cross, i * known, factor, i * (known + added), known);
            for (int j = 0; j < added; j++) {
                factor[i * (known + added) + known + j] = fresh.columns()[j][i];
            }
            residual[i] = Math.max(0, block[i * n + i]);
            lost += residual[i] / n;
        }
        captured = meanVariance > 0 ? Math.min(captured, 1 - lost / meanVariance) : captured;
        append(firstRow, fresh.rows(), factor, known + added);
        return new Extension(factor, fresh.rows(), residual);
    }

    private void append(int firstRow, int[] newPivots, double[] factor, int columns) {
        if (count + newPivots.length > pivots.length) {
            grow(count + newPivots.length);
        }
        for (int row : newPivots) {
            pivots[count] = firstRow + row;
            System.arraycopy(factor, row * columns, lower, count * pivots.length, columns);
            count++;
        }
    }

    private void grow(int needed) {
        int capacity = Math.max(needed, 2 * pivots.length);
        double[] grown = new double[Math.multiplyExact(capacity, capacity)];
        for (int i = 0; i < count; i++) {
            System.arraycopy(lower, i * pivots.length, grown, i * capacity, count);
        }
        lower = grown;
        pivots = Arrays.copyOf(pivots, capacity);
    }
}
