package org.widthbench.training;

import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Column-major ND4J arrays outside the Java heap, and the way of their entries to and from {@code double[]}. */
final class NativeMemory {
    /** Entries handled at a time: three scratch arrays of this length stay within a second-level cache. */
    static final int CHUNK = 4096;

    /** Fewer entries than this are not worth waking a second thread for. */
    private static final int PARALLEL_FROM = 4 * CHUNK;

    private NativeMemory() {}

    /** An array in column-major order with undefined entries; its owner closes it. */
    static INDArray allocate(Precision precision, long... shape) {
        return Nd4j.createUninitializedDetached(precision.type(), 'f', shape);
    }

    /** A column-major array of zeros; its owner closes it. */
    static INDArray zeros(Precision precision, long... shape) {
        return allocate(precision, shape).assign(0);
    }

    /** Makes entries that a device computed visible to {@link #read}; call once per array, not per chunk. */
    static void toHost(INDArray array) {
        Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
    }

    /** Tells a device that {@link #write} changed the array. */
    static void fromHost(INDArray array) {
        Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
    }

    /** {@code to[i] = from[offset + i]} for {@code i < n}, {@code from} in column-major order. */
    static void read(INDArray from, long offset, double[] to, int n) {
        if (from.dataType() == DataType.DOUBLE) {
            doubles(from, offset).get(to, 0, n);
            return;
        }
        FloatPointer source = floats(from, offset);
        float[] chunk = new float[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += CHUNK) {
            int count = Math.min(CHUNK, n - done);
            source.position(offset + done).get(chunk, 0, count);
            for (int i = 0; i < count; i++) {
                to[done + i] = chunk[i];
            }
        }
    }

    /** {@code to[offset + i] = from[i]}, rounded to the array's precision, for {@code i < n}. */
    static void write(double[] from, INDArray to, long offset, int n) {
        if (to.dataType() == DataType.DOUBLE) {
            doubles(to, offset).put(from, 0, n);
            return;
        }
        FloatPointer target = floats(to, offset);
        float[] chunk = new float[Math.min(n, CHUNK)];
        for (int done = 0; done < n; done += CHUNK) {
            int count = Math.min(CHUNK, n - done);
            for (int i = 0; i < count; i++) {
                chunk[i] = (float) from[done + i];
            }
            target.position(offset + done).put(chunk, 0, count);
        }
    }

    /** Part of a column. */
    @FunctionalInterface
    interface Segment {
        /**
         * @param column index of the column
         * @param from first row
         * @param count number of rows, at most {@link #CHUNK}
         */
        void accept(int column, int from, int count);
    }

    /** Calls {@code task} once for every piece of every column of a {@code rows x columns} matrix, on several threads. */
    static void forEachSegment(int rows, int columns, Segment task) {
        int pieces = (rows + CHUNK - 1) / CHUNK;
        IntStream all = IntStream.range(0, columns * pieces);
        if ((long) rows * columns >= PARALLEL_FROM) {
            all = all.parallel();
        }
        all.forEach(k -> {
            int from = k % pieces * CHUNK;
            task.accept(k / pieces, from, Math.min(CHUNK, rows - from));
        });
    }

    private static FloatPointer floats(INDArray array, long offset) {
        Pointer start = array.data().addressPointer();
        return new FloatPointer(start).position(offset);
    }

    private static DoublePointer doubles(INDArray array, long offset) {
        Pointer start = array.data().addressPointer();
        return new DoublePointer(start).position(offset);
    }
}
