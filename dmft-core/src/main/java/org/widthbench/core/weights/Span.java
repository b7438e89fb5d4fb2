package org.widthbench.core.weights;

import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GramSchmidt;
import org.widthbench.core.linalg.GrowingRows;

/**
 * Orthonormal rows {@code v_i}, {@code <v_i, v_j> = v_i . v_j / n = delta_ij}, that span every field shown so far up to a
 * tolerance: a field adds rows where the earlier ones do not explain it (pivoted Cholesky of what they leave). A block of q
 * fields takes {@code 2 n q k} flops for k rows, and {@code 2 n k} for each row that it adds, three times that where digits
 * are lost.
 */
final class Span implements FieldSpace {
    private static final int INITIAL_CAPACITY = 32;
    /** Rows whose norm is off by more than this have lost digits to the projection, which is then done again; twice is enough. */
    private static final double LOST = 1e-8;

    private final Backend backend;
    private final double tolerance;
    private final GaussianProcess law;
    private final GrowingRows directions;
    private double[] gram = {};
    private Matrix coordinates;
    private int added;
    private double left;

    /**
     * @param neurons number n of columns
     * @param tolerance share of a block's mean square that may be left unexplained in any of its rows
     */
    Span(Backend backend, int neurons, double tolerance) {
        this(backend, neurons, tolerance, new GaussianProcess(tolerance, Integer.MAX_VALUE));
    }

    /** @param law of the process whose covariance is the fields' kernel: says which rows are added */
    Span(Backend backend, int neurons, double tolerance, GaussianProcess law) {
        this.backend = backend;
        this.tolerance = tolerance;
        this.law = law;
        this.directions = new GrowingRows(backend, Math.min(INITIAL_CAPACITY, neurons), neurons);
    }

    /** Number k of rows. */
    int count() {
        return directions.count();
    }

    /** All rows so far, {@code (k, n)}. */
    Matrix directions() {
        return directions.filled();
    }

    /** How many of them, the last ones, came with the last block of fields. */
    int added() {
        return added;
    }

    /** Largest share of the mean square of a block of fields that the rows did not explain. */
    double left() {
        return left;
    }

    /** {@code <x, x'>} of the last block of fields, {@code (q, q)}. */
    double[] gram() {
        return gram;
    }

    /** Whether all fields were explained up to the tolerance. */
    boolean whole() {
        return law.whole();
    }

    /**
     * Coordinates of some fields, after adding the rows that they need.
     *
     * @throws SolverException if a field is not finite, or the new rows are linearly dependent to rounding
     */
    @Override
    public Coordinates of(Matrix fields) {
        GaussianProcess.Extension extension = extend(fields);
        double square = 0;
        for (int i = 0; i < fields.rows(); i++) {
            square += gram[i * fields.rows() + i];
        }
        if (!Double.isFinite(square)) {
            throw new SolverException("a field became infinite or NaN; lower training.eta");
        }
        if (coordinates != null) {
            coordinates.close();
        }
        coordinates = backend.allocateUnset(1, fields.rows(), count());
        if (count() > 0) {
            backend.upload(extension.factor(), coordinates);
        }
        return new Coordinates(coordinates, 1);
    }

    /**
     * How some fields hang on the rows, after adding those that they need.
     *
     * @throws SolverException if the new rows are linearly dependent to rounding
     */
    GaussianProcess.Extension extend(Matrix fields) {
        double mean = 1.0 / fields.columns();
        double[] shares = count() == 0 ? new double[0] : backend.kernelBlock(mean, fields, directions());
        gram = backend.kernelBlock(mean, fields, fields);
        GaussianProcess.Extension extension = law.extend(shares, gram.clone());
        added = extension.newPivots().length;
        left = Math.max(left, 1 - extension.captured());
        if (added > 0) {
            append(fields, extension);
        }
        return extension;
    }

    /** One step of forward substitution per pivot: {@code v = L^-1 (x - <x, V> V)}. */
    private void append(Matrix fields, GaussianProcess.Extension extension) {
        int known = count();
        Matrix fresh = directions.append(added);
        Matrix before = directions.block(0, known);
        backend.gatherRows(fields, extension.newPivots(), fresh);
        if (known > 0) {
            try (Matrix shares = backend.allocateUnset(1, added, known)) {
                backend.upload(extension.pivotRows(0, known), shares);
                backend.gemm(-1, shares, false, before, false, 1, fresh);
            }
        }
        backend.solveLower(extension.pivotRows(known, added), fresh);
        if (lostDigits(fresh)) {
            GramSchmidt.project(backend, fresh, before);
            if (!GramSchmidt.normalize(backend, fresh)) {
                throw new SolverException("new directions of a field are linearly dependent to rounding; the tolerance "
                        + tolerance + " is too small");
            }
        }
    }

    private boolean lostDigits(Matrix fresh) {
        double[] own = backend.kernelBlock(1.0 / fresh.columns(), fresh, fresh);
        boolean lost = false;
        for (int i = 0; i < own.length; i++) {
            lost |= Math.abs(own[i] - (i / added == i % added ? 1 : 0)) > LOST;
        }
        return lost;
    }

    @Override
    public void close() {
        directions.close();
        if (coordinates != null) {
            coordinates.close();
        }
    }
}
