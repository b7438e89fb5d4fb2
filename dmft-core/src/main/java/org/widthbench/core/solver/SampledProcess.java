package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

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

    /** Number of pivots so far. */
    int pivots() {
        return law.count();
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
    }

    /** Draws the rows of time 0 of a process that keeps them for all times, from its covariance {@code (Q, Q)}. */
    void drawStatic(double[] covariance, Matrix field) {
        draw(0, new FieldHistory.KernelBlock(new double[0], covariance.clone(), new double[field.rows()]), field);
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
        toDual(dual, law.count() - n);
    }

    /**
     * Replaces the rows from {@code known} on, values of some field at the pivots, by rows of {@code Lp^-1 field}: one step of
     * forward substitution per pivot, given the rows before.
     */
    void toDual(GrowingRows rows, int known) {
        int n = rows.count() - known;
        Matrix fresh = rows.block(known, n);
        if (known > 0) {
            try (Matrix coupling = backend.allocate(1, n, known)) {
                backend.upload(law.lower(known, n, 0, known), coupling);
                backend.gemm(-1, coupling, false, rows.block(0, known), false, 1, fresh);
            }
        }
        try (Matrix triangle = backend.allocate(1, n, n)) {
            backend.upload(law.lower(known, n, known, n), triangle);
            backend.solveLower(triangle, fresh);
        }
    }

    /** {@code F (Q, k)} of the last draw. */
    Matrix factor() {
        return factor;
    }

    /** Rows of the process that are pivots, in order. */
    int[] pivotRows() {
        int[] rows = new int[law.count()];
        java.util.Arrays.setAll(rows, law::pivot);
        return rows;
    }

    /**
     * Correlation of a field with this process's noise, {@code field E^T / S}.
     *
     * @return {@code (Q, k)}; the caller closes it
     */
    Matrix correlate(Matrix field) {
        Matrix correlation = backend.allocate(1, field.rows(), law.count());
        backend.gemm(1.0 / field.columns(), field, false, noise.rows(), true, 0, correlation);
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

    /** {@code target += scale correlation y}: the response that {@link #correlate} measured, applied to the partner. */
    void respond(double scale, Matrix correlation, Matrix target) {
        if (correlation.columns() > 0) {
            backend.gemm(scale, correlation, false, dual.block(0, correlation.columns()), false, 1, target);
        }
    }

    @Override
    public void close() {
        dual.close();
        if (factor != null) {
            factor.close();
        }
        if (remainder != null) {
            remainder.close();
        }
    }
}
