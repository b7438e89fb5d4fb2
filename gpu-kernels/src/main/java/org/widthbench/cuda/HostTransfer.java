package org.widthbench.cuda;

import java.nio.ByteBuffer;
import org.widthbench.core.backend.FieldPrecision;

/** Moves host arrays to the device and back in pieces, converting float64 to the format of the fields on the way. */
final class HostTransfer {
    /** Bytes per piece: large enough for full bus bandwidth, small enough to pin. */
    private static final int PIECE_BYTES = 4 << 20;

    private final Device device;
    private final boolean single;

    HostTransfer(Device device) {
        this.device = device;
        this.single = device.precision() == FieldPrecision.FLOAT32;
    }

    /** Copies the first {@code count} values to consecutive entries of a field. */
    void writeField(double[] values, long count, long address) {
        if (!single) {
            writeDoubles(values, count, address);
            return;
        }
        for (long from = 0; from < count; from += PIECE_BYTES / Float.BYTES) {
            int n = (int) Math.min(count - from, PIECE_BYTES / Float.BYTES);
            ByteBuffer staged = device.staging(n * Float.BYTES);
            for (int i = 0; i < n; i++) {
                staged.putFloat(i * Float.BYTES, (float) values[(int) from + i]);
            }
            device.write(staged, address + from * Float.BYTES);
        }
    }

    /** Copies consecutive entries of a field to the start of {@code values}. */
    void readField(long address, double[] values, long count) {
        if (!single) {
            readDoubles(address, values, count);
            return;
        }
        for (long from = 0; from < count; from += PIECE_BYTES / Float.BYTES) {
            int n = (int) Math.min(count - from, PIECE_BYTES / Float.BYTES);
            ByteBuffer staged = device.staging(n * Float.BYTES);
            device.read(address + from * Float.BYTES, staged);
            for (int i = 0; i < n; i++) {
                values[(int) from + i] = staged.getFloat(i * Float.BYTES);
            }
        }
    }

    private void writeDoubles(double[] values, long count, long address) {
        for (long from = 0; from < count; from += PIECE_BYTES / Double.BYTES) {
            int n = (int) Math.min(count - from, PIECE_BYTES / Double.BYTES);
            ByteBuffer staged = device.staging(n * Double.BYTES);
            staged.asDoubleBuffer().put(values, (int) from, n);
            device.write(staged, address + from * Double.BYTES);
        }
    }

    /** Copies consecutive float64 numbers to the start of {@code values}. */
    void readDoubles(long address, double[] values, long count) {
        for (long from = 0; from < count; from += PIECE_BYTES / Double.BYTES) {
            int n = (int) Math.min(count - from, PIECE_BYTES / Double.BYTES);
            ByteBuffer staged = device.staging(n * Double.BYTES);
            device.read(address + from * Double.BYTES, staged);
            staged.asDoubleBuffer().get(values, (int) from, n);
        }
    }

    /** A float64 array on the device; the caller frees it. */
    long doubles(double[] values, String what) {
        long address = device.allocate(Math.max(1L, values.length) * Double.BYTES, what);
        writeDoubles(values, values.length, address);
        return address;
    }

    /** A 64-bit integer array on the device; the caller frees it. */
    long words(long[] values, String what) {
        long address = device.allocate(Math.max(1L, values.length) * Long.BYTES, what);
        for (long from = 0; from < values.length; from += PIECE_BYTES / Long.BYTES) {
            int n = (int) Math.min(values.length - from, PIECE_BYTES / Long.BYTES);
            ByteBuffer staged = device.staging(n * Long.BYTES);
            staged.asLongBuffer().put(values, (int) from, n);
            device.write(staged, address + from * Long.BYTES);
        }
        return address;
    }
}
