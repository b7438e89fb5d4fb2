package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GrowingRows;

/** Kernel and pivot form: every value is kept, {@code (T Q, S)}, so that kernel rows can be measured at any time. */
final class FullHistory implements FieldHistory {
    private static final int INITIAL_CAPACITY = 32;
    /** Rows per pivot below which a whole kernel row is less work: new pivots need theirs anyway. */
    private static final int MANY = 2;

    private final Backend backend;
    private final int points;
    private final Matrix fields;
    private final int[] recorded;
    private double[] kernel;
    private int rowsKept;
    private int lastStep = -1;
    private double[] lastRow = {};
    /** Copies of the pivots' rows; null if whole kernel rows are always measured. */
    private final GrowingRows pivots;

    /**
     * @param recorded times at which the kernel is kept
     * @param pivotForm whether rows are measured against the pivots alone where that is less work
     */
    FullHistory(Backend backend, int steps, int points, int samples, int[] recorded, boolean pivotForm) {
        this.backend = backend;
        this.points = points;
        this.recorded = recorded;
        this.fields = backend.allocate(1, steps * points, samples);
        this.pivots = pivotForm ? new GrowingRows(backend, INITIAL_CAPACITY, samples) : null;
        int side = recorded.length * points;
        this.kernel = new double[Math.multiplyExact(side, side)];
    }

    @Override
    public Matrix at(int step) {
        return fields.rows(step * points, points);
    }

    /** Rows of all times before {@code step}, {@code (step Q, S)}. */
    Matrix before(int step) {
        return fields.rows(0, step * points);
    }

    /**
     * Kernel of the rows of {@code step} with all rows up to and including them.
     *
     * @return {@code (Q, (step+1) Q)}
     */
    double[] kernelRow(int step) {
        if (step == lastStep) {
            return lastRow;
        }
        int width = (step + 1) * points;
        double[] values = FieldHistory.overlap(backend, at(step), fields.rows(0, width));
        keep(step, values);
        lastStep = step;
        lastRow = values;
        return values;
    }

    @Override
    public KernelBlock kernelBlock(int step, GaussianProcess law) {
        if (pivots != null && MANY * law.count() < (step + 1) * points) {
            double[] known =
                    law.count() == 0 ? new double[0] : FieldHistory.overlap(backend, at(step), pivots.filled());
            return new KernelBlock(known, equalTime(step), lag(step));
        }
        double[] values = kernelRow(step);
        int width = (step + 1) * points;
        double[] cross = new double[law.count() * points];
        double[] block = new double[points * points];
        for (int mu = 0; mu < points; mu++) {
            for (int j = 0; j < law.count(); j++) {
                cross[mu * law.count() + j] = values[mu * width + law.pivot(j)];
            }
            System.arraycopy(values, mu * width + step * points, block, mu * points, points);
        }
        return new KernelBlock(cross, block, lag(step));
    }

    private double[] lag(int step) {
        return step == 0 ? new double[points] : FieldHistory.rowOverlap(backend, at(step), at(step - 1));
    }

    @Override
    public void keepPivots(int step, int[] rows) {
        if (pivots != null && rows.length > 0) {
            backend.gatherRows(at(step), rows, pivots.append(rows.length));
        }
    }

    /**
     * Kernel of rows that have just become pivots with all earlier rows.
     *
     * @param rows points of {@code step}, as told to {@link #keepPivots}
     * @return {@code (n, step Q)}
     */
    double[] pastOf(int step, int[] rows) {
        int n = rows.length;
        if (step != lastStep) {
            return FieldHistory.overlap(backend, pivots.block(pivots.count() - n, n), before(step));
        }
        int past = step * points;
        double[] values = new double[n * past];
        for (int i = 0; i < n; i++) {
            System.arraycopy(lastRow, rows[i] * (past + points), values, i * past, past);
        }
        return values;
    }

    @Override
    public double[] equalTime(int step) {
        return FieldHistory.overlap(backend, at(step), at(step));
    }

    private void keep(int step, double[] values) {
        int r = Arrays.binarySearch(recorded, step);
        if (r < 0) {
            return;
        }
        int side = recorded.length * points;
        int width = (step + 1) * points;
        for (int mu = 0; mu < points; mu++) {
            for (int s = 0; s <= r; s++) {
                for (int al = 0; al < points; al++) {
                    double value = values[mu * width + recorded[s] * points + al];
                    kernel[(r * points + mu) * side + s * points + al] = value;
                    kernel[(s * points + al) * side + r * points + mu] = value;
                }
            }
        }
        rowsKept++;
    }

    /** {@inheritDoc} Rows that nobody asked for are computed now. */
    @Override
    public Tensor kernel() {
        int r = recorded.length;
        int side = r * points;
        if (rowsKept < r) {
            kernel = side == fields.rows() ? gram(fields) : gramOfRecorded(side);
        }
        return new Tensor(new int[] {r, points, r, points}, kernel);
    }

    private double[] gram(Matrix rows) {
        return backend.kernelBlock(1.0 / rows.columns(), rows, rows);
    }

    private double[] gramOfRecorded(int side) {
        int[] rows = new int[side];
        Arrays.setAll(rows, i -> recorded[i / points] * points + i % points);
        try (Matrix kept = backend.allocate(1, rows.length, fields.columns())) {
            backend.gatherRows(fields, rows, kept);
            return gram(kept);
        }
    }

    @Override
    public void close() {
        fields.close();
        if (pivots != null) {
            pivots.close();
        }
    }
}
