package org.widthbench.core.backend;

import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.SolverException;

/** Off-heap float64 matrices. */
final class CpuMatrix implements Matrix {
    private final CpuMemory pool;
    /** Null for a view. */
    private CpuMemory.Block block;

    private final DoublePointer memory;
    private final DoubleBuffer buffer;
    private final Layout layout;

    /** Allocates zeroed memory. */
    CpuMatrix(CpuMemory pool, Layout layout) {
        long entries = layout.entries();
        if (entries > Integer.MAX_VALUE) {
            throw new SolverException(
                    "a matrix of " + layout + " entries has more than the 2^31 - 1 of the CPU; lower theory.samples,"
                            + " training.steps, data.points or the width");
        }
        this.pool = pool;
        this.block = pool.take(entries);
        this.memory = block.pointer();
        this.buffer = block.buffer();
        this.layout = layout;
        Pointer.memset(memory, 0, Math.max(1, entries) * Double.BYTES);
    }

    private CpuMatrix(CpuMatrix parent, Layout layout) {
        this.pool = parent.pool;
        this.block = null;
        this.memory = parent.memory;
        this.buffer = parent.buffer;
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

    /** Entries from one row to the next. */
    int stride() {
        return (int) layout.stride();
    }

    /** Memory address of entry (0,0) of one problem. */
    DoublePointer pointer(int problem) {
        return new DoublePointer(memory).position(layout.index(problem, 0, 0));
    }

    /** The whole allocation; index it with {@link #index}. */
    DoubleBuffer buffer() {
        return buffer;
    }

    /** Index of an entry in {@link #buffer}. */
    int index(int problem, int row, int column) {
        return (int) layout.index(problem, row, column);
    }

    @Override
    public CpuMatrix block(int row, int blockRows, int column, int blockColumns) {
        return new CpuMatrix(this, layout.block(row, blockRows, column, blockColumns));
    }

    @Override
    public void close() {
        if (block != null) {
            pool.give(block);
            block = null;
        }
    }

    @Override
    public String toString() {
        return layout.toString();
    }
}
