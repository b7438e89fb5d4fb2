package org.widthbench.core.backend;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A block of numbers outside the heap, all that {@link CpuBackend} does in the format of its fields; others see float64. */
abstract sealed class CpuNumbers {
    private final long count;

    private CpuNumbers(long count) {
        this.count = count;
    }

    /** Numbers of unspecified value. */
    static CpuNumbers allocate(FieldPrecision format, long count) {
        return format == FieldPrecision.FLOAT64 ? new Doubles(count) : new Floats(count);
    }

    /** How many. */
    long count() {
        return count;
    }

    /** The first of them, of the type of the format. */
    abstract Pointer pointer();

    /** Bytes of one. */
    abstract int bytes();

    /** {@code target[i] = numbers[index + i]} for {@code i < n}. */
    abstract void read(int index, double[] target, int at, int n);

    /** {@code numbers[index + i] = source[i]}, rounded, for {@code i < n}. */
    abstract void write(int index, double[] source, int at, int n);

    /** Copies numbers of the same format. */
    void copy(int index, CpuNumbers source, int from, int n) {
        Pointer.memcpy(at(index), source.at(from), (long) n * bytes());
    }

    /** Number {@code index} and those after it. */
    final Pointer at(long index) {
        return pointer().getPointer(index);
    }

    final void clear(long index, long n) {
        Pointer.memset(at(index), 0, n * bytes());
    }

    void free() {
        pointer().deallocate();
    }

    private static final class Doubles extends CpuNumbers {
        private final DoublePointer pointer;
        private final DoubleBuffer buffer;

        Doubles(long count) {
            super(count);
            pointer = new DoublePointer(Math.max(1, count));
            buffer = pointer.asBuffer();
        }

        @Override
        Pointer pointer() {
            return pointer;
        }

        @Override
        int bytes() {
            return Double.BYTES;
        }

        @Override
        void read(int index, double[] target, int at, int n) {
            buffer.get(index, target, at, n);
        }

        @Override
        void write(int index, double[] source, int at, int n) {
            buffer.put(index, source, at, n);
        }
    }

    private static final class Floats extends CpuNumbers {
        /** Numbers converted at a time. */
        private static final int CHUNK = 1024;

        private static final ThreadLocal<float[]> CONVERTED = ThreadLocal.withInitial(() -> new float[CHUNK]);

        private final FloatPointer pointer;
        private final FloatBuffer buffer;

        Floats(long count) {
            super(count);
            pointer = new FloatPointer(Math.max(1, count));
            buffer = pointer.asBuffer();
        }

        @Override
        Pointer pointer() {
            return pointer;
        }

        @Override
        int bytes() {
            return Float.BYTES;
        }

        @Override
        void read(int index, double[] target, int at, int n) {
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
            float[] chunk = CONVERTED.get();
            for (int from = 0; from < n; from += CHUNK) {
                int length = Math.min(CHUNK, n - from);
                for (int i = 0; i < length; i++) {
                    chunk[i] = (float) source[at + from + i];
                }
                buffer.put(index + from, chunk, 0, length);
            }
        }
    }
}
