package org.widthbench.core.backend;

import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.SolverException;

/** Off-heap matrices. */
final class CpuMatrix implements Matrix {
    private final CpuMemory pool;
    private final CpuNumbers numbers;
    private final Layout layout;
    /** False for a view, and once closed. */
    private boolean owner;

    /** Takes memory of unspecified content. */
    CpuMatrix(CpuMemory pool, Layout layout) {
        if (layout.entries() > Integer.MAX_VALUE) {
            throw new SolverException(
                    "a matrix of " + layout + " entries has more than the 2^31 - 1 of the CPU; lower theory.samples,"
                            + " training.steps, data.points or the width");
        }
        this.pool = pool;
        this.numbers = pool.take(layout.entries());
        this.layout = layout;
        this.owner = true;
    }

    private CpuMatrix(CpuMatrix parent, Layout layout) {
        this.pool = parent.pool;
        this.numbers = parent.numbers;
        this.layout = layout;
    }

    @Override
    public int batch() {
        return layout.batch();
    }

    @Override
    public int rows() {
        return layout.rows();
    }

    @Override
    public int columns() {
        return layout.columns();
    }

    /** Entries from one row to the next, as products want it. */
    int stride() {
        return (int) Math.max(1, layout.stride());
    }

    /** True if the rows of a problem lie one after the other. */
    boolean isContiguous() {
        return layout.stride() == layout.columns() || layout.rows() == 1;
    }

    /** Format of the entries. */
    FieldPrecision format() {
        return pool.format();
    }

    HostBlock block() {
        return numbers.block();
    }

    Layout layout() {
        return layout;
    }

    /** Memory of entry (0,0) of one problem. */
    Pointer pointer(int problem) {
        return numbers.at(layout.index(problem, 0, 0));
    }

    /** Copies neighbours in a row to an array. */
    void read(int problem, int row, int column, double[] target, int at, int n) {
        numbers.read(index(problem, row, column), target, at, n);
    }

    /** Sets neighbours in a row, rounded to the format. */
    void write(int problem, int row, int column, double[] source, int at, int n) {
        numbers.write(index(problem, row, column), source, at, n);
    }

    /** Copies a row of a matrix of the same format and width. */
    void copyRow(int problem, int row, CpuMatrix from, int fromRow) {
        copy(problem, row, 0, from, fromRow, columns());
    }

    /** Copies so many entries from the start of a row, and of those that follow it, of a matrix of the same format. */
    void copy(int problem, int row, int column, CpuMatrix from, int fromRow, int n) {
        numbers.copy(index(problem, row, column), from.numbers, from.index(problem, fromRow, 0), n);
    }

    /** Copies neighbours in a row of a matrix of the same format. */
    void copy(int problem, int row, int column, CpuMatrix from, int n) {
        numbers.copy(index(problem, row, column), from.numbers, from.index(problem, row, column), n);
    }

    /** Adds alpha times the same neighbours of a matrix of the same format. */
    void add(int problem, int row, int column, double alpha, CpuMatrix x, int n, double[][] room) {
        numbers.add(index(problem, row, column), alpha, x.numbers, x.index(problem, row, column), n, room);
    }

    /** The sum of their products with the same neighbours of a matrix of the same format. */
    double dot(int problem, int row, int column, CpuMatrix x, int n, double[][] room) {
        return numbers.dot(index(problem, row, column), x.numbers, x.index(problem, row, column), n, room);
    }

    /** Sets all to zero. */
    void clear() {
        boolean whole = isContiguous();
        for (int problem = 0; problem < batch(); problem++) {
            for (int row = 0; row < (whole ? Math.min(1, rows()) : rows()); row++) {
                numbers.clear(index(problem, row, 0), (long) (whole ? rows() : 1) * columns());
            }
        }
    }

    private int index(int problem, int row, int column) {
        return (int) layout.index(problem, row, column);
    }

    @Override
    public CpuMatrix block(int row, int blockRows, int column, int blockColumns) {
        return new CpuMatrix(this, layout.block(row, blockRows, column, blockColumns));
    }

    /** All entries of a contiguous matrix as one row. */
    CpuMatrix asRow() {
        int length = rows() * columns();
        return new CpuMatrix(
                this, new Layout(layout.offset(), batch(), layout.batchStride(), Math.min(1, rows()), length, length));
    }

    @Override
    public void close() {
        if (owner) {
            pool.give(numbers);
            owner = false;
        }
    }

    @Override
    public String toString() {
        return layout.toString();
    }
}
