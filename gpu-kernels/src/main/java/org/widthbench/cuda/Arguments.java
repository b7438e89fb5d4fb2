package org.widthbench.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The parameters of one launch, eight bytes each, in the order of the kernel's signature. Reused from launch to launch. */
final class Arguments {
    /** More than the longest signature. */
    static final int CAPACITY = 24;

    private final ByteBuffer slots =
            ByteBuffer.allocateDirect(CAPACITY * Long.BYTES).order(ByteOrder.nativeOrder());

    /** Starts anew. */
    Arguments clear() {
        slots.clear();
        return this;
    }

    /** A {@code double} parameter. */
    Arguments number(double value) {
        slots.putDouble(value);
        return this;
    }

    /** An {@code int64} or a pointer parameter; 0 is the null pointer. */
    Arguments word(long value) {
        slots.putLong(value);
        return this;
    }

    /** A flag. */
    Arguments flag(boolean value) {
        return word(value ? 1 : 0);
    }

    /** The three parameters of a matrix; null gives a null pointer. */
    Arguments matrix(CudaMatrix m) {
        return m == null
                ? word(0).word(0).word(0)
                : word(m.address()).word(m.stride()).word(m.batchStride());
    }

    /** The sizes that end most signatures. */
    Arguments shape(int batch, int rows, int columns) {
        return word(batch).word(rows).word(columns);
    }

    /** Parameters so far. */
    int count() {
        return slots.position() / Long.BYTES;
    }

    /** All slots, in native memory. */
    ByteBuffer slots() {
        return slots;
    }
}
