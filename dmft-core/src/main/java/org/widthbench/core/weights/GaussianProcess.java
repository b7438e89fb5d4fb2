package org.widthbench.core.weights;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import org.widthbench.core.linalg.Cholesky;

/**
 * The law of one Gaussian process, revealed block of rows by block of rows: a pivoted Cholesky factor that is extended only by
 * rows the earlier pivots do not explain, {@code docs/theory.md} 4.1 "Conditional Gaussian draw". Host float64.
 */
public final class GaussianProcess {
    /** Residual variance, relative, that later times have to make room for: their shares would leave it to noise for good. */
    private static final double LARGE = 0.05;

    private final double tolerance;
    private final int limit;
    private final PivotLog log;
    /** Times over which the limit is spread; 0 lets the first times take all of it. */
    private int times;

    private int step;
    private int count;
    private boolean whole = true;

    /**
     * @param tolerance a residual variance above this fraction of the block's mean variance becomes a pivot
     * @param limit most pivots, whatever the tolerance
     */
    public GaussianProcess(double tolerance, int limit) {
        this(tolerance, limit, null);
    }

    /** @param log where the pivots are recorded or, once it is, taken from; null for neither */
    GaussianProcess(double tolerance, int limit, PivotLog log) {
        this.tolerance = tolerance;
        this.limit = limit;
        this.log = log;
    }

    /**
     * From now on pivots are spread over all times: the first takes at most half of the limit, each later one an equal share of
     * what is left, largest residual first, and beyond its share only rows whose residual variance is above {@link #LARGE}.
     *
     * @param steps number of times
     */
    public void spread(int steps) {
        times = steps;
    }

    /** Most pivots of a block of n rows, its share of them first. */
    private int[] room(int n) {
        int left = Math.min(n, limit - count);
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
     * @param captured share of the block's variance that the pivots explain
     */
    public record Extension(double[] factor, int[] newPivots, double[] residual, double captured) {

        /** {@code F} of the new pivots, {@code (new, columns)}. */
        double[] pivotRows(int column, int columns) {
            int width = factor.length / residual.length;
            double[] rows = new double[newPivots.length * columns];
            for (int i = 0; i < newPivots.length; i++) {
                System.arraycopy(factor, newPivots[i] * width + column, rows, i * columns, columns);
            }
            return rows;
        }
    }

    /** Number k of pivots so far. */
    public int count() {
        return count;
    }

    /** Whether nothing above the tolerance was ever left out for the limit's sake. */
    boolean whole() {
        return whole;
    }

    /**
     * Conditions the next block of rows on all earlier ones and adds pivots where needed.
     *
     * @param shares {@code F} of the block on the pivots so far, {@code (n, k)}
     * @param block kernel of the block, {@code (n, n)}; overwritten by the residual
     */
    public Extension extend(double[] shares, double[] block) {
        int n = (int) Math.round(Math.sqrt(block.length));
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += block[i * n + i] / n;
        }
        int known = count;
        if (known > 0) {
            cblas_dgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    n,
                    n,
                    known,
                    -1,
                    shares,
                    known,
                    shares,
                    known,
                    1,
                    block,
                    n);
        }
        int[] room = room(n);
        double mean = variance;
        Cholesky.Pivoted fresh = log != null && log.isRecorded()
                ? Cholesky.along(block, n, log.next())
                : Cholesky.pivoted(
                        block, n, room[1], taken -> mean * (taken < room[0] ? tolerance : Math.max(tolerance, LARGE)));
        if (log != null && !log.isRecorded()) {
            log.add(fresh.rows());
        }
        int width = known + fresh.rows().length;
        double[] factor = new double[n * width];
        double[] residual = new double[n];
        double lost = 0;
        for (int i = 0; i < n; i++) {
            System.arraycopy(shares, i * known, factor, i * width, known);
            for (int j = known; j < width; j++) {
                factor[i * width + j] = fresh.columns()[j - known][i];
            }
            residual[i] = Math.max(0, block[i * n + i]);
            lost += residual[i] / n;
            whole &= residual[i] <= tolerance * mean;
        }
        count = width;
        step++;
        return new Extension(factor, fresh.rows(), residual, mean > 0 ? 1 - lost / mean : 1);
    }
}
