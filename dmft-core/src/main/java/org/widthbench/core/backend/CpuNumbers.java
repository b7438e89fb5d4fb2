package org.widthbench.core.backend;

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

    /** Copies numbers of the same format. */
    void copy(int index, CpuNumbers source, int from, int n) {
        source.block.toHost();
        block.toHost();
        Pointer.memcpy(at(index), source.at(from), (long) n * bytes());
        block.fromHost();
    }

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
    }
}
