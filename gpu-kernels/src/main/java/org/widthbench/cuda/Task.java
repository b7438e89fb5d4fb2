package org.widthbench.cuda;

import java.nio.ByteBuffer;

/**
 * What one operation asks of a kernel: the members of the kernel's task struct, in order, and the extent of the work. The
 * memory that a {@link Submission} sends and receives gets its place last, so members may point into it by offset.
 */
final class Task {
    /** More than the members of any task. */
    static final int CAPACITY = 24;

    /** Where a member points to. */
    private enum Base {
        NOTHING,
        SENT,
        RECEIVED
    }

    private final String kernel;
    private final Launch.Geometry geometry;
    private final long depth;
    private final int rows;
    private final long columns;
    private final long[] members = new long[CAPACITY];
    private final Base[] bases = new Base[CAPACITY];
    private int count;

    /**
     * @param geometry how threads are laid out for work of this extent
     * @param depth problems of the batch, times the parts that each is cut into
     */
    Task(String kernel, Launch.Geometry geometry, long depth, int rows, long columns) {
        this.kernel = kernel;
        this.geometry = geometry;
        this.depth = depth;
        this.rows = rows;
        this.columns = columns;
    }

    String kernel() {
        return kernel;
    }

    Launch.Geometry geometry() {
        return geometry;
    }

    long depth() {
        return depth;
    }

    int rows() {
        return rows;
    }

    long columns() {
        return columns;
    }

    /** True if there is nothing to compute; the driver refuses empty grids. */
    boolean isEmpty() {
        return depth == 0 || rows == 0 || columns == 0;
    }

    /** Bytes of the struct. */
    int bytes() {
        return count * Long.BYTES;
    }

    /** A {@code double}. */
    Task number(double value) {
        return word(Double.doubleToRawLongBits(value));
    }

    /** An {@code int64} or an absolute address; 0 is the null pointer. */
    Task word(long value) {
        return member(value, Base.NOTHING);
    }

    /** A flag. */
    Task flag(boolean value) {
        return word(value ? 1 : 0);
    }

    /** A pointer into what the submission sends. */
    Task sent(long offset) {
        return member(offset, Base.SENT);
    }

    /** A pointer into what the submission receives. */
    Task received(long offset) {
        return member(offset, Base.RECEIVED);
    }

    /** A matrix; null gives a null pointer. */
    Task matrix(CudaMatrix m) {
        return m == null
                ? word(0).word(0).word(0)
                : word(m.address()).word(m.stride()).word(m.batchStride());
    }

    /** The sizes that end most structs. */
    Task shape(int batch, int shapeRows, int shapeColumns) {
        return word(batch).word(shapeRows).word(shapeColumns);
    }

    private Task member(long value, Base base) {
        members[count] = value;
        bases[count++] = base;
        return this;
    }

    /** Turns offsets into addresses. */
    void place(long sent, long received) {
        for (int i = 0; i < count; i++) {
            members[i] += bases[i] == Base.SENT ? sent : bases[i] == Base.RECEIVED ? received : 0;
            bases[i] = Base.NOTHING;
        }
    }

    /** Appends the struct, once it has its place. */
    void writeTo(ByteBuffer buffer) {
        for (int i = 0; i < count; i++) {
            buffer.putLong(members[i]);
        }
    }
}
