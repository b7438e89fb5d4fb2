package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.linalg.GrowingRows;

/** Accumulator form: only the current rows, the pivots and the recorded times are kept, whatever the number of times. */
final class PivotHistory implements FieldHistory {
    private static final int INITIAL_CAPACITY = 32;

    private final Backend backend;
    private final int points;
    private final int[] recorded;
    private final Matrix current;
    private final Matrix previous;
    private final GrowingRows pivots;
    private final Matrix kept;

    /** @param recorded times at which the kernel is kept */
    PivotHistory(Backend backend, int points, int samples, int[] recorded) {
        this.backend = backend;
        this.points = points;
        this.recorded = recorded;
        this.current = backend.allocate(1, points, samples);
        this.previous = backend.allocate(1, points, samples);
        this.pivots = new GrowingRows(backend, INITIAL_CAPACITY, samples);
        this.kept = backend.allocate(1, recorded.length * points, samples);
    }

    @Override
    public Matrix at(int step) {
        return current;
    }

    /** {@inheritDoc} Copies the current rows if their time is recorded. */
    @Override
    public void record(int step) {
        int r = Arrays.binarySearch(recorded, step);
        if (r >= 0) {
            backend.copy(current, kept.rows(r * points, points));
        }
    }

    @Override
    public KernelBlock kernelBlock(int step, GaussianProcess law) {
        double[] cross = law.count() == 0 ? new double[0] : FieldHistory.overlap(backend, current, pivots.filled());
        double[] lag = FieldHistory.rowOverlap(backend, current, previous);
        backend.copy(current, previous);
        return new KernelBlock(cross, equalTime(step), lag);
    }

    @Override
    public void keepPivots(int step, int[] rows) {
        if (rows.length > 0) {
            backend.gatherRows(current, rows, pivots.append(rows.length));
        }
    }

    @Override
    public double[] equalTime(int step) {
        return FieldHistory.overlap(backend, current, current);
    }

    @Override
    public Tensor kernel() {
        double[] kernel = backend.kernelBlock(1.0 / kept.columns(), kept, kept);
        return new Tensor(new int[] {recorded.length, points, recorded.length, points}, kernel);
    }

    @Override
    public void close() {
        current.close();
        previous.close();
        pivots.close();
        kept.close();
    }
}
