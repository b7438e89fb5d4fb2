package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GrowingRows;

/**
 * One Gaussian process of a layer, drawn as {@code F E} plus residual noise, together with the dual rows
 * {@code y = Lp^-1 v[pivots]} of its partner field v through which responses act ({@code docs/theory.md} 4.1 "Responses by
 * Gaussian integration by parts").
 */
final class SampledProcess implements AutoCloseable {
    private static final int INITIAL_DUAL_CAPACITY = 32;

    private final Backend backend;
    private final GaussianProcess law;
    private final NoiseBasis.Part noise;
    private final long seed;
    private final long residualStream;
    private final boolean residualNoise;
    private final GrowingRows dual;
    private int[] newPivots = {};
    private Matrix factor;
    private Remainder remainder;
    private double[] lastFactor = {};
    /** {@code F^T (k, T Q)} of all rows so far; null unless {@link #keepFactors} was asked. */
    private GrowingRows factors;

    /**
     * @param limit most pivots
     * @param residualStream noise stream of the variance that the pivots leave
     */
    SampledProcess(
            Backend backend,
            NoiseBasis.Part noise,
            CausalSolver settings,
            double tolerance,
            int limit,
            long residualStream) {
        this.backend = backend;
        this.law = new GaussianProcess(tolerance, limit);
        this.noise = noise;
        this.seed = settings.seed();
        this.residualStream = residualStream;
        this.residualNoise = settings.residualNoise();
        this.dual = new GrowingRows(backend, INITIAL_DUAL_CAPACITY, settings.samples());
    }

    /**
     * From the first draw on, keep {@code F} of every row.
     *
     * @param rows number {@code T Q} of rows in all
     */
    void keepFactors(int rows) {
        factors = new GrowingRows(backend, INITIAL_DUAL_CAPACITY, rows);
    }

    /** Spreads the pivots evenly over all times, where the limit does not allow all of them. */
    void spreadPivots(int steps) {
        law.spread(steps);
    }

    /** Number of pivots so far: rows of noise, each with its row of the process. */
    int pivots() {
        return noise.count();
    }

    /** Share of the variance that the pivots explain, at the worst time so far. */
    double captured() {
        return law.captured();
    }

    /**
     * Draws the rows of time {@code step} given all earlier ones.
     *
     * @param history the field whose kernel is this process's covariance
     * @param field receives the draw, {@code (Q, S)}
     */
    void draw(int step, FieldHistory history, Matrix field) {
        draw(step, history.kernelBlock(step, law), field);
        history.keepPivots(step, newPivots);
        if (factors != null) {
            extendFactors(step, field.rows(), history);
        }
    }

    /**
     * Appends the columns of this time, and the rows of new pivots for all earlier times, {@code Lp^-1 K[pivots, past]}: the
     * complete pivoted Cholesky factor, whose residual is below the tolerance everywhere.
     */
    private void extendFactors(int step, int q, FieldHistory history) {
        int n = newPivots.length;
        int known = law.count() - n;
        int past = step * q;
        if (n > 0) {
            Matrix fresh = factors.append(n);
            if (past > 0) {
                Matrix columns = fresh.block(0, n, 0, past);
                backend.upload(((FullHistory) history).pastOf(step, newPivots), columns);
                toDual(factors.filled().block(0, known, 0, past), columns);
            }
        }
        if (law.count() > 0) {
            backend.upload(
                    DenseMath.transpose(lastFactor, q, law.count()),
                    factors.filled().block(0, law.count(), past, q));
        }
    }

    /**
     * {@code F^T} of the first rows.
     *
     * @return {@code (k, rows)}
     */
    Matrix factors(int rows) {
        return factors.filled().block(0, factors.count(), 0, rows);
    }

    /** Draws the rows of time 0 of a process that keeps them for all times, from its covariance {@code (Q, Q)}. */
    void drawStatic(double[] covariance, Matrix field) {
        draw(0, new FieldHistory.KernelBlock(new double[0], covariance.clone(), new double[field.rows()]), field);
    }

    /**
     * Draws rows of which a factor is known, {@code F E} with the same rows of noise at all times.
     *
     * @param spanning F, {@code (Q, k)}
     */
    void drawSpanned(int step, double[] spanning, Matrix field) {
        int rank = spanning.length / field.rows();
        if (step == 0) {
            noise.extend(rank, step);
        }
        try (Matrix f = backend.allocate(1, field.rows(), rank)) {
            backend.upload(spanning, f);
            backend.gemm(1, f, false, noise.rows(), false, 0, field);
        }
    }

    /**
     * Draws the rows of time {@code step} given all earlier ones.
     *
     * @param kernel this process's covariance; overwritten
     * @param field receives the draw, {@code (Q, S)}
     */
    void draw(int step, FieldHistory.KernelBlock kernel, Matrix field) {
        int q = field.rows();
        GaussianProcess.Extension extension = law.extend(step * q, kernel.cross(), kernel.block());
        newPivots = extension.newPivots();
        lastFactor = extension.factor();
        noise.extend(newPivots.length, step);
        if (law.count() == 0) {
            // A kernel of zeros: the field is zero.
            backend.add(0, field, 0, field);
            return;
        }
        if (factor != null) {
            factor.close();
        }
        factor = backend.allocate(1, q, law.count());
        backend.upload(extension.factor(), factor);
        backend.gemm(1, factor, false, noise.rows(), false, 0, field);
        if (residualNoise) {
            if (remainder == null) {
                remainder = new Remainder(backend, q, field.columns(), seed, residualStream);
            }
            remainder.addTo(step, extension, kernel.lag(), field);
        }
    }

    /**
     * Appends the dual rows of the pivots that the last draw added.
     *
     * @param partner the partner field's rows of the same time, {@code (Q, S)}
     */
    void appendDual(Matrix partner) {
        int n = newPivots.length;
        if (n == 0) {
            return;
        }
        backend.gatherRows(partner, newPivots, dual.append(n));
        int known = law.count() - n;
        toDual(dual.block(0, known), dual.block(known, n));
    }

    /**
     * Replaces values at the pivots that come after the known ones by rows of {@code Lp^-1 values}: one step of forward
     * substitution per pivot, given the rows before.
     */
    private void toDual(Matrix before, Matrix fresh) {
        int known = before.rows();
        int n = fresh.rows();
        if (known > 0) {
            try (Matrix coupling = backend.allocate(1, n, known)) {
                backend.upload(law.lower(known, n, 0, known), coupling);
                backend.gemm(-1, coupling, false, before, false, 1, fresh);
            }
        }
        backend.solveLower(law.lower(known, n, known, n), fresh);
    }

    /** Rows of the process that are pivots, in order. */
    int[] pivotRows() {
        int[] rows = new int[law.count()];
        java.util.Arrays.setAll(rows, law::pivot);
        return rows;
    }

    /** {@code F (Q, k)} of the last draw. */
    Matrix factor() {
        return factor;
    }

    /**
     * Correlation of a field with this process's noise, {@code scale field E^T / S}.
     *
     * @return {@code (Q, k)}; the caller closes it
     */
    Matrix correlate(double scale, Matrix field) {
        Matrix correlation = backend.allocate(1, field.rows(), law.count());
        backend.gemm(scale / field.columns(), field, false, noise.rows(), true, 0, correlation);
        return correlation;
    }

    /**
     * A response that {@link #correlate} measured, as a matrix that acts on the rows of the partner at the pivots.
     *
     * @return {@code correlation Lp^-1 (Q, k)}
     */
    double[] overPivots(Matrix correlation) {
        double[] rows = new double[correlation.rows() * correlation.columns()];
        backend.download(correlation, rows);
        law.overPivots(rows, correlation.columns());
        return rows;
    }

    /** {@code target += correlation y}: the response that {@link #correlate} measured, applied to the partner. */
    void respond(Matrix correlation, Matrix target) {
        if (correlation.columns() > 0) {
            backend.gemm(1, correlation, false, dual.block(0, correlation.columns()), false, 1, target);
        }
    }

    @Override
    public void close() {
        dual.close();
        if (factors != null) {
            factors.close();
        }
        if (factor != null) {
            factor.close();
        }
        if (remainder != null) {
            remainder.close();
        }
    }
}
