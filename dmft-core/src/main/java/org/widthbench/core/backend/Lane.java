package org.widthbench.core.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.widthbench.core.activation.Activation;

/** The backend that one computation of a {@link Lockstep} sees: it notes operations, and waits where a result is needed. */
final class Lane implements Backend {
    /** Results that lanes at the same place wait for: what only some of them ask for comes first, so that these catch up. */
    private static final int RANKS = 3;

    private final Lockstep lockstep;
    private final Backend backend;
    private final List<Operation> notes = new ArrayList<>();
    private final List<Matrix> closed = new ArrayList<>();
    /** What the computation has not closed yet, by identity. */
    private final Set<Matrix> held = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean waiting;
    /** Row sums so far: solves of the same kind ask for them at the same places, whatever their numbers. */
    private long rowDots;

    Lane(Lockstep lockstep, Backend backend) {
        this.lockstep = lockstep;
        this.backend = backend;
    }

    /** Operations that wait to be done, in order. */
    List<Operation> notes() {
        return notes;
    }

    boolean isWaiting() {
        return waiting;
    }

    void setWaiting(boolean waits) {
        waiting = waits;
    }

    /**
     * How far the computation is, comparable between lanes. Only how many operations share a call depends on it: new
     * pivots, which only some solves have at a time, cost a download or a kernel block more before the next row sums.
     */
    long stage() {
        Operation last = notes.isEmpty() ? null : notes.get(notes.size() - 1);
        int rank = last instanceof Operation.RowDot ? 2 : last instanceof Operation.KernelBlock ? 1 : 0;
        return rowDots * RANKS + rank;
    }

    /** Everything noted has been submitted. */
    void done() {
        if (notes.get(notes.size() - 1) instanceof Operation.RowDot) {
            rowDots++;
        }
        notes.clear();
        closed.forEach(Matrix::close);
        closed.clear();
        waiting = false;
    }

    /** Gives everything back, also what a computation that failed left open. */
    void free() {
        closed.forEach(Matrix::close);
        held.forEach(Matrix::close);
    }

    private void note(Operation operation) {
        notes.add(operation);
        if (Lockstep.isLong(notes.size())) {
            lockstep.await(this);
        }
    }

    private double[] result(Operation operation, double[] result) {
        notes.add(operation);
        lockstep.await(this);
        return result;
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public Matrix allocate(int batch, int rows, int columns) {
        Matrix matrix = allocateUnset(batch, rows, columns);
        zero(matrix);
        return matrix;
    }

    @Override
    public Matrix allocateUnset(int batch, int rows, int columns) {
        Matrix matrix = lockstep.allocate(batch, rows, columns);
        held.add(matrix);
        return new LaneMatrix(matrix);
    }

    @Override
    public void zero(Matrix target) {
        note(new Operation.Zero(ProxyMatrix.inner(target)));
    }

    @Override
    public void upload(double[] values, Matrix target) {
        note(new Operation.Upload(Arrays.copyOf(values, Math.toIntExact(target.entries())), ProxyMatrix.inner(target)));
    }

    @Override
    public void download(Matrix source, double[] values) {
        result(new Operation.Download(ProxyMatrix.inner(source), values), values);
    }

    @Override
    public void copy(Matrix source, Matrix target) {
        note(new Operation.Copy(ProxyMatrix.inner(source), ProxyMatrix.inner(target)));
    }

    @Override
    public void gatherRows(Matrix source, int[] rows, Matrix target) {
        note(new Operation.GatherRows(ProxyMatrix.inner(source), rows.clone(), ProxyMatrix.inner(target)));
    }

    @Override
    public void gemm(double alpha, Matrix a, boolean transposeA, Matrix b, boolean transposeB, double beta, Matrix c) {
        note(new Operation.Gemm(
                alpha, ProxyMatrix.inner(a), transposeA, ProxyMatrix.inner(b), transposeB, beta, ProxyMatrix.inner(c)));
    }

    @Override
    public void solveLower(double[] lower, Matrix b) {
        note(new Operation.SolveLower(lower.clone(), ProxyMatrix.inner(b)));
    }

    @Override
    public void activate(Activation activation, Matrix h, Matrix value, Matrix derivative) {
        note(new Operation.Activate(
                activation, ProxyMatrix.inner(h), ProxyMatrix.inner(value), ProxyMatrix.inner(derivative)));
    }

    @Override
    public void add(double alpha, Matrix x, double beta, Matrix y) {
        note(new Operation.Add(alpha, ProxyMatrix.inner(x), beta, ProxyMatrix.inner(y)));
    }

    @Override
    public void multiply(double alpha, Matrix x, Matrix y, double beta, Matrix out) {
        note(new Operation.Multiply(alpha, ProxyMatrix.inner(x), ProxyMatrix.inner(y), beta, ProxyMatrix.inner(out)));
    }

    @Override
    public void addQuotient(double alpha, Matrix x, double shift, Matrix y, Matrix target) {
        note(new Operation.AddQuotient(
                alpha, ProxyMatrix.inner(x), shift, ProxyMatrix.inner(y), ProxyMatrix.inner(target)));
    }

    @Override
    public void scaleRows(double[] scale, Matrix source, Matrix target) {
        note(new Operation.ScaleRows(scale.clone(), ProxyMatrix.inner(source), ProxyMatrix.inner(target)));
    }

    @Override
    public double[] kernelBlock(double alpha, Matrix a, Matrix b) {
        double[] block = new double[Math.multiplyExact(a.batch(), Math.multiplyExact(a.rows(), b.rows()))];
        return result(new Operation.KernelBlock(alpha, ProxyMatrix.inner(a), ProxyMatrix.inner(b), block), block);
    }

    @Override
    public double[] rowDot(Matrix x, Matrix y) {
        double[] sums = new double[Math.multiplyExact(x.batch(), x.rows())];
        return result(new Operation.RowDot(ProxyMatrix.inner(x), ProxyMatrix.inner(y), sums), sums);
    }

    @Override
    public void normal(long[] seeds, long stream, long firstIndex, Matrix out) {
        note(new Operation.Normal(seeds.clone(), stream, firstIndex, ProxyMatrix.inner(out)));
    }

    @Override
    public void addCoarseNoise(double[] scale, long[] seeds, long stream, long firstIndex, Matrix out) {
        note(new Operation.CoarseNoise(scale.clone(), seeds.clone(), stream, firstIndex, ProxyMatrix.inner(out)));
    }

    /** The computation is over; the backend itself stays open. */
    @Override
    public void close() {
        lockstep.leave(this);
    }

    /** A matrix of the backend, given back when everything noted is done. */
    private final class LaneMatrix extends ProxyMatrix {
        private boolean open = true;

        LaneMatrix(Matrix inner) {
            super(inner);
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                held.remove(ProxyMatrix.inner(this));
                closed.add(ProxyMatrix.inner(this));
            }
        }
    }
}
