package org.widthbench.cuda;

import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Layout;
import org.widthbench.core.backend.Matrix;

/** Matrices in device memory. */
final class CudaMatrix implements Matrix {
    private final Memory memory;
    private final boolean owner;
    private final Layout layout;

    /** One allocation, shared by all views of it. */
    private static final class Memory {
        private final Device device;
        private final int entryBytes;
        private final long bytes;
        private long address;

        Memory(Device device, Layout layout) {
            boolean single = device.precision() == FieldPrecision.FLOAT32;
            this.device = device;
            this.entryBytes = single ? Float.BYTES : Double.BYTES;
            this.bytes = Math.multiplyExact(Math.max(1, layout.entries()), (long) entryBytes);
            this.address = device.allocate(bytes, "a " + layout + " matrix of " + (single ? "float32" : "float64"));
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
        this.layout = Layout.of(batch, rows, columns);
        this.memory = new Memory(device, layout);
        this.owner = true;
    }

    private CudaMatrix(CudaMatrix parent, Layout layout) {
        this.layout = layout;
        this.memory = parent.memory;
        this.owner = false;
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
    long stride() {
        return layout.stride();
    }

    /** Entries from one problem to the next. */
    long batchStride() {
        return layout.batchStride();
    }

    /** Bytes of one entry. */
    int entryBytes() {
        return memory.entryBytes;
    }

    /** True if all entries lie one after the other. */
    boolean isContiguous() {
        return layout.isContiguous();
    }

    /** Device address of entry (0,0) of the first problem. */
    long address() {
        if (memory.address == 0) {
            throw new IllegalStateException(this + " has been closed");
        }
        return memory.address + layout.offset() * memory.entryBytes;
    }

    /** Fills a matrix that is no view with zeros. */
    void clear() {
        memory.device.zero(memory.address, memory.bytes);
    }

    @Override
    public CudaMatrix block(int row, int blockRows, int column, int blockColumns) {
        return new CudaMatrix(this, layout.block(row, blockRows, column, blockColumns));
    }

    @Override
    public void close() {
        if (owner) {
            memory.free();
        }
    }

    @Override
    public String toString() {
        return layout.toString();
    }
}
