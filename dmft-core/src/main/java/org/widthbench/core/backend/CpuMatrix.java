package org.widthbench.core.backend;

import java.nio.DoubleBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;

/** Off-heap float64 matrices: row-major, leading dimension {@code stride}, problems {@code batchStride} apart. */
final class CpuMatrix implements Matrix {
    private final CpuMemory pool;
    /** Null for a view. */
    private CpuMemory.Block block;

    private final DoublePointer memory;
    private final DoubleBuffer buffer;
    private final int offset;
    private final int batch;
    private final int batchStride;
    private final int rows;
    private final int columns;
    private final int stride;

    /** Allocates zeroed memory. */
    CpuMatrix(CpuMemory pool, int batch, int rows, int columns) {
        long entries = Math.multiplyExact(Math.multiplyExact((long) batch, rows), columns);
        if (entries > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(batch + " x " + rows + " x " + columns
                    + " entries exceed 2^31; use fewer samples or the accumulator form");
        }
        this.pool = pool;
        this.block = pool.take(entries);
        this.memory = block.pointer();
        this.buffer = block.buffer();
        Pointer.memset(memory, 0, Math.max(1, entries) * Double.BYTES);
        this.offset = 0;
        this.batch = batch;
        this.batchStride = rows * columns;
        this.rows = rows;
        this.columns = columns;
        this.stride = columns;
    }

    private CpuMatrix(CpuMatrix parent, int offset, int rows, int columns) {
        this.pool = parent.pool;
        this.block = null;
        this.memory = parent.memory;
        this.buffer = parent.buffer;
        this.offset = offset;
        this.batch = parent.batch;
        this.batchStride = parent.batchStride;
        this.rows = rows;
        this.columns = columns;
        this.stride = parent.stride;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    int stride() {
        return stride;
    }

    /** Memory address of entry (0,0) of one problem. */
    DoublePointer pointer(int problem) {
        return new DoublePointer(memory).position(offset + (long) problem * batchStride);
    }

    /** The whole allocation; index it with {@link #index}. */
    DoubleBuffer buffer() {
        return buffer;
    }

    /** Index of an entry in {@link #buffer}. */
    int index(int problem, int row, int column) {
        return offset + problem * batchStride + row * stride + column;
    }

    @Override
    public CpuMatrix block(int row, int blockRows, int column, int blockColumns) {
        Objects.checkFromIndexSize(row, blockRows, rows);
        Objects.checkFromIndexSize(column, blockColumns, columns);
        return new CpuMatrix(this, offset + row * stride + column, blockRows, blockColumns);
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
        return batch + " x " + rows + " x " + columns;
    }
}
