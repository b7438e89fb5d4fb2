package org.widthbench.core.weights;

import org.widthbench.core.SolverException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.Cholesky;
import org.widthbench.core.linalg.GramSchmidt;
import org.widthbench.core.linalg.GrowingRows;

/**
 * Orthonormal rows {@code v_i}, {@code <v_i, v_j> = v_i . v_j / n = delta_ij}, that span every field shown so far up to a
 * tolerance: a field adds rows where the earlier ones do not explain it (pivoted Cholesky of what they leave). A block of q
 * fields takes {@code 2 n q k} flops for k rows, and {@code 10 n k} for each row that it adds.
 */
final class Span implements FieldSpace {
    private static final int INITIAL_CAPACITY = 32;
    /** Rows that the earlier ones nearly explain lose digits to the projection; twice is enough at any loss. */
    private static final int PASSES = 2;

    private final Backend backend;
    private final double tolerance;
    private final GrowingRows directions;
    private Matrix coordinates;
    private int added;
    /** Of the last block of fields. */
    private double meanSquare;

    /**
     * @param neurons number n of columns
     * @param tolerance share of a block's mean square that may be left unexplained in any of its rows
     */
    Span(Backend backend, int neurons, double tolerance) {
        this.backend = backend;
        this.tolerance = tolerance;
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

    /**
     * Coordinates of some fields, after adding the rows that they need.
     *
     * @throws SolverException if a field is not finite, or the new rows are linearly dependent to rounding
     */
    @Override
    public Coordinates of(Matrix fields) {
        int q = fields.rows();
        int known = count();
        Matrix before = along(fields, directions());
        double[] residual = residual(fields, before);
        double mean = meanSquare;
        int[] fresh =
                Cholesky.pivoted(residual, q, q, count -> tolerance * mean).rows();
        added = fresh.length;
        if (coordinates != null) {
            coordinates.close();
        }
        coordinates = before;
        if (added > 0) {
            append(fields, fresh);
            coordinates = backend.allocateUnset(1, q, known + added);
            backend.copy(before, coordinates.block(0, q, 0, known));
            try (Matrix after = along(fields, directions.block(known, added))) {
                backend.copy(after, coordinates.block(0, q, known, added));
            }
            before.close();
        }
        return new Coordinates(coordinates, 1);
    }

    /** {@code <fields, rows>}, (q, rows). */
    private Matrix along(Matrix fields, Matrix rows) {
        Matrix shares = backend.allocateUnset(1, fields.rows(), rows.rows());
        if (rows.rows() > 0) {
            backend.gemm(1.0 / fields.columns(), fields, false, rows, true, 0, shares);
        }
        return shares;
    }

    /** {@code <x, x'> - alpha alpha'^T}, (q, q). */
    private double[] residual(Matrix fields, Matrix alpha) {
        int q = fields.rows();
        double[] gram = backend.kernelBlock(1.0 / fields.columns(), fields, fields);
        double sum = 0;
        for (int i = 0; i < q; i++) {
            sum += gram[i * q + i];
        }
        if (!Double.isFinite(sum)) {
            throw new SolverException("a field became infinite or NaN; lower training.eta");
        }
        meanSquare = sum / q;
        if (alpha.columns() > 0) {
            double[] explained = backend.kernelBlock(1, alpha, alpha);
            for (int i = 0; i < gram.length; i++) {
                gram[i] -= explained[i];
            }
        }
        return gram;
    }

    private void append(Matrix fields, int[] pivots) {
        int known = count();
        Matrix fresh = directions.append(pivots.length);
        backend.gatherRows(fields, pivots, fresh);
        for (int pass = 0; pass < PASSES; pass++) {
            GramSchmidt.project(backend, fresh, directions.block(0, known));
            if (!GramSchmidt.normalize(backend, fresh)) {
                throw new SolverException("new directions of a field are linearly dependent to rounding; the tolerance "
                        + tolerance + " is too small");
            }
        }
    }

    @Override
    public void close() {
        directions.close();
        if (coordinates != null) {
            coordinates.close();
        }
    }
}
