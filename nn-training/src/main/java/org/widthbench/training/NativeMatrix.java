package org.widthbench.training;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.widthbench.core.Tensor;

/**
 * A column-major ND4J matrix outside the Java heap whose entries can be moved to and from {@code double[]} from several
 * threads. Whoever makes one closes it.
 */
final class NativeMatrix implements AutoCloseable {
    /** From this many float32 entries on, a block copy and a conversion in the heap beat entry by entry. */
    private static final int BULK = 128;
    /** Entries per block: 16 KB stay in a first-level cache. */
    private static final int CHUNK = 4096;

    private static final ThreadLocal<float[]> BLOCK = ThreadLocal.withInitial(() -> new float[CHUNK]);

    private final INDArray array;
    private final Pointer start;
    /** One of the two indexers is null, depending on the precision. */
    private final FloatIndexer floats;

    private final DoubleIndexer doubles;

    private NativeMatrix(Precision precision, INDArray array) {
        this.array = array;
        this.start = new Pointer(array.data().addressPointer());
        long size = array.length();
        boolean single = precision == Precision.FLOAT32;
        this.floats = single ? FloatIndexer.create(new FloatPointer(start).capacity(size)) : null;
        this.doubles = single ? null : DoubleIndexer.create(new DoublePointer(start).capacity(size));
    }

    /** A matrix with undefined entries. */
    static NativeMatrix allocate(Precision precision, long rows, long columns) {
        return new NativeMatrix(precision, Nd4j.createUninitializedDetached(precision.type(), 'f', rows, columns));
    }

    /** A matrix of zeros. */
    static NativeMatrix zeros(Precision precision, long rows, long columns) {
        NativeMatrix matrix = allocate(precision, rows, columns);
        matrix.array.assign(0);
        return matrix;
    }

    /** What ND4J computes with. */
    INDArray array() {
        return array;
    }

    /** Columns {@code [from, to)} as ND4J sees them; a view, not to be closed. */
    INDArray columns(long from, long to) {
        return from == 0 && to == columns() ? array : array.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }

    int rows() {
        return array.rows();
    }

    int columns() {
        return array.columns();
    }

    /** Address of the entries in main memory, for copies; a fresh object, so that threads may move it. */
    Pointer address() {
        return new Pointer(start);
    }

    /** Makes entries that a device computed visible to {@link #read}; nothing to do on a CPU. */
    void toHost() {
        Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    }

    /** Tells a device that {@link #write} changed entries; nothing to do on a CPU. */
    void fromHost() {
        Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
    }

    /** {@code to[at + i] = entry[offset + i]} for {@code i < n}, entries counted in column-major order. */
    void read(long offset, double[] to, int at, int n) {
        if (doubles != null) {
            for (int i = 0; i < n; i++) {
                to[at + i] = doubles.get(offset + i);
            }
        } else if (n < BULK) {
            for (int i = 0; i < n; i++) {
                to[at + i] = floats.get(offset + i);
            }
        } else {
            float[] chunk = BLOCK.get();
            FloatPointer source = new FloatPointer(start);
            for (int done = 0; done < n; done += CHUNK) {
                int count = Math.min(CHUNK, n - done);
                source.position(offset + done).get(chunk, 0, count);
                for (int i = 0; i < count; i++) {
                    to[at + done + i] = chunk[i];
                }
            }
        }
    }

    /** {@code entry[offset + i] = from[at + i]}, rounded to the precision, for {@code i < n}. */
    void write(long offset, double[] from, int at, int n) {
        if (doubles != null) {
            for (int i = 0; i < n; i++) {
                doubles.put(offset + i, from[at + i]);
            }
        } else if (n < BULK) {
            for (int i = 0; i < n; i++) {
                floats.put(offset + i, (float) from[at + i]);
            }
        } else {
            float[] chunk = BLOCK.get();
            FloatPointer target = new FloatPointer(start);
            for (int done = 0; done < n; done += CHUNK) {
                int count = Math.min(CHUNK, n - done);
                for (int i = 0; i < count; i++) {
                    chunk[i] = (float) from[at + done + i];
                }
                target.position(offset + done).put(chunk, 0, count);
            }
        }
    }

    /** All entries in column-major order, {@code (columns, rows)}. */
    Tensor copy() {
        Tensor copy = Tensor.zeros(columns(), rows());
        toHost();
        read(0, copy.data(), 0, copy.data().length);
        return copy;
    }

    /** Takes the entries of a {@link #copy}. */
    void fill(Tensor copy) {
        write(0, copy.data(), 0, copy.data().length);
        fromHost();
    }

    @Override
    public void close() {
        array.close();
    }
}
