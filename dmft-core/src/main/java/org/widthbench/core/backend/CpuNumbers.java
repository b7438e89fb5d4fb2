package org.widthbench.core.backend;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ddot;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A block of numbers outside the heap, all that {@link CpuBackend} does in the format of its fields; others see float64. */
abstract sealed class CpuNumbers {
    private final HostBlock block;
    private final long count;
    private final Pointer pointer;

    private CpuNumbers(HostBlock block, long count, Pointer pointer) {
        this.block = block;
        this.count = count;
        this.pointer = pointer;
    }

    /** The numbers of a block. */
    static CpuNumbers of(FieldPrecision format, HostBlock block, long count) {
        long size = Math.max(1, count);
        return format == FieldPrecision.FLOAT64
                ? new Doubles(block, count, new DoublePointer(block.pointer()).capacity(size))
                : new Floats(block, count, new FloatPointer(block.pointer()).capacity(size));
    }

    /** How many. */
    long count() {
        return count;
    }

    HostBlock block() {
        return block;
    }

    /** Bytes of one. */
    abstract int bytes();

    /** {@code target[at + i] = numbers[index + i]} for {@code i < n}. */
    abstract void read(int index, double[] target, int at, int n);

    /** {@code numbers[index + i] = source[at + i]}, rounded, for {@code i < n}. */
    abstract void write(int index, double[] source, int at, int n);

    /**
     * {@code numbers[index + i] += alpha source[from + i]} for {@code i < n}, computed in float64.
     *
     * @param source of the same format
     * @param room two arrays of n
     */
    abstract void add(int index, double alpha, CpuNumbers source, int from, int n, double[][] room);

    /** {@code sum_i numbers[index + i] other[from + i]} for {@code i < n}, alike. */
    abstract double dot(int index, CpuNumbers other, int from, int n, double[][] room);

    /** Copies numbers of the same format. */
    abstract void copy(int index, CpuNumbers source, int from, int n);

    /** Number {@code index} and those after it, as a pointer to numbers of the format. */
    final Pointer at(long index) {
        return pointer.getPointer(index);
    }

    final void clear(long index, long n) {
        block.toHost();
        Pointer.memset(at(index), 0, n * bytes());
        block.fromHost();
    }

    void free() {
        block.free();
    }

    private static final class Doubles extends CpuNumbers {
        private final DoubleBuffer buffer;

        Doubles(HostBlock block, long count, DoublePointer pointer) {
            super(block, count, pointer);
            buffer = pointer.asBuffer();
        }

        @Override
        int bytes() {
            return Double.BYTES;
        }

        @Override
        void copy(int index, CpuNumbers source, int from, int n) {
            source.block().toHost();
            block().toHost();
            buffer.put(index, ((Doubles) source).buffer, from, n);
            block().fromHost();
        }

        @Override
        void read(int index, double[] target, int at, int n) {
            block().toHost();
            buffer.get(index, target, at, n);
        }

        @Override
        void write(int index, double[] source, int at, int n) {
            block().toHost();
            buffer.put(index, source, at, n);
            block().fromHost();
        }

        // Where they lie: taking them to an array first takes two to three times as long as the work.
        @Override
        void add(int index, double alpha, CpuNumbers source, int from, int n, double[][] room) {
            source.block.toHost();
            block().toHost();
            cblas_daxpy(n, alpha, (DoublePointer) source.at(from), 1, (DoublePointer) at(index), 1);
            block().fromHost();
        }

        @Override
        double dot(int index, CpuNumbers other, int from, int n, double[][] room) {
            other.block.toHost();
            block().toHost();
            return cblas_ddot(n, (DoublePointer) at(index), 1, (DoublePointer) other.at(from), 1);
        }
    }

    private static final class Floats extends CpuNumbers {
        /** Numbers converted at a time. */
        private static final int CHUNK = 1024;

        private static final ThreadLocal<float[]> CONVERTED = ThreadLocal.withInitial(() -> new float[CHUNK]);

        private final FloatBuffer buffer;

        Floats(HostBlock block, long count, FloatPointer pointer) {
            super(block, count, pointer);
            buffer = pointer.asBuffer();
        }

        @Override
        int bytes() {
            return Float.BYTES;
        }

        @Override
        void copy(int index, CpuNumbers source, int from, int n) {
            source.block().toHost();
            block().toHost();
            buffer.put(index, ((Floats) source).buffer, from, n);
            block().fromHost();
        }

        @Override
        void read(int index, double[] target, int at, int n) {
            block().toHost();
            float[] chunk = CONVERTED.get();
            for (int from = 0; from < n; from += CHUNK) {
                int length = Math.min(CHUNK, n - from);
                buffer.get(index + from, chunk, 0, length);
                for (int i = 0; i < length; i++) {
                    target[at + from + i] = chunk[i];
                }
            }
        }

        @Override
        void write(int index, double[] source, int at, int n) {
            block().toHost();
            float[] chunk = CONVERTED.get();
            for (int from = 0; from < n; from += CHUNK) {
                int length = Math.min(CHUNK, n - from);
                for (int i = 0; i < length; i++) {
                    chunk[i] = (float) source[at + from + i];
                }
                buffer.put(index + from, chunk, 0, length);
            }
            block().fromHost();
        }

        @Override
        void add(int index, double alpha, CpuNumbers source, int from, int n, double[][] room) {
            read(index, room[0], 0, n);
            source.read(from, room[1], 0, n);
            for (int i = 0; i < n; i++) {
                room[0][i] += alpha * room[1][i];
            }
            write(index, room[0], 0, n);
        }

        @Override
        double dot(int index, CpuNumbers other, int from, int n, double[][] room) {
            double[] x = room[0];
            double[] y = room[1];
            read(index, x, 0, n);
            other.read(from, y, 0, n);
            // Four sums at a time: each addition waits for the one before it.
            double first = 0;
            double second = 0;
            double third = 0;
            double fourth = 0;
            int i = 0;
            for (; i + 3 < n; i += 4) {
                first += x[i] * y[i];
                second += x[i + 1] * y[i + 1];
                third += x[i + 2] * y[i + 2];
                fourth += x[i + 3] * y[i + 3];
            }
            for (; i < n; i++) {
                first += x[i] * y[i];
            }
            return (first + second) + (third + fourth);
        }
    }
}
