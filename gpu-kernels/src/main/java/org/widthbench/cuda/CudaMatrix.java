package org.widthbench.cuda;

import java.util.Objects;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Matrix;

/** Row-major matrices in device memory: leading dimension {@code stride}, problems {@code batchStride} entries apart. */
final class CudaMatrix implements Matrix {
    private final Memory memory;
    private final boolean owner;
    private final long offset;
    private final int batch;
    private final long batchStride;
    private final int rows;
    private final int columns;
    private final long stride;

    /** One allocation, shared by all views of it. */
    private static final class Memory {
        private final Device device;
        private final int entryBytes;
        private final long bytes;
        private long address;

        Memory(Device device, long entries, String what) {
            this.device = device;
            this.entryBytes = device.precision() == FieldPrecision.FLOAT32 ? Float.BYTES : Double.BYTES;
            long bytes = Math.multiplyExact(Math.max(1, entries), (long) entryBytes);
            this.address = device.allocate(bytes, what);
            this.bytes = bytes;
        }

        void free() {
            if (address != 0) {
                device.free(address);
                address = 0;
            }
        }
    }

    /** Allocates memory of unspecified content. */
    CudaMatrix(Device device, int batch, int rows, int columns) {
        long entries = Math.multiplyExact(Math.multiplyExact((long) batch, rows), columns);
        this.memory = new Memory(
                device,
                entries,
                "a " + batch + " x " + rows + " x " + columns + " matrix of "
                        + (device.precision() == FieldPrecision.FLOAT32 ? "float32" : "float64"));
        this.owner = true;
        this.offset = 0;
        this.batch = batch;
        this.batchStride = (long) rows * columns;
        this.rows = rows;
        this.columns = columns;
        this.stride = columns;
    }

    private CudaMatrix(CudaMatrix parent, long offset, int rows, int columns) {
        this.memory = parent.memory;
        this.owner = false;
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

    /** Entries from one row to the next. */
    long stride() {
        return stride;
    }

    /** Entries from one problem to the next. */
    long batchStride() {
        return batchStride;
    }

    /** Entries of all problems. */
    long entries() {
        return (long) batch * rows * columns;
    }

    /** Bytes of one entry. */
    int entryBytes() {
        return memory.entryBytes;
    }

    /** True if all entries lie one after the other. */
    boolean isContiguous() {
        return (stride == columns || rows == 1) && (batchStride == (long) rows * columns || batch == 1);
    }

    /** Device address of entry (0,0) of the first problem. */
    long address() {
        if (memory.address == 0) {
            throw new IllegalStateException(this + " has been closed");
        }
        return memory.address + offset * memory.entryBytes;
    }

    /** Fills a matrix that is no view with zeros. */
    void clear() {
        memory.device.zero(memory.address, memory.bytes);
    }

    @Override
    public CudaMatrix block(int row, int blockRows, int column, int blockColumns) {
        Objects.checkFromIndexSize(row, blockRows, rows);
        Objects.checkFromIndexSize(column, blockColumns, columns);
        return new CudaMatrix(this, offset + row * stride + column, blockRows, blockColumns);
    }

    @Override
    public void close() {
        if (owner) {
            memory.free();
        }
    }

    @Override
    public String toString() {
        return batch + " x " + rows + " x " + columns;
    }
}
