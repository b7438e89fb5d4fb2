package org.widthbench.cuda;

import java.nio.ByteBuffer;
import org.widthbench.core.backend.FieldPrecision;

/** Moves host arrays to the device and back in pieces, converting float64 to the format of the fields on the way. */
final class HostTransfer {
    /** Bytes per piece: large enough for full bus bandwidth, small enough to pin. */
    static final int PIECE_BYTES = 4 << 20;

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

    /** Copies bytes as they are. */
    void writeBytes(ByteBuffer bytes, long address) {
        long start = bytes.position();
        while (bytes.hasRemaining()) {
            long from = bytes.position() - start;
            int n = Math.min(bytes.remaining(), PIECE_BYTES);
            ByteBuffer staged = device.staging(n);
            staged.duplicate().put(bytes.duplicate().limit(bytes.position() + n));
            bytes.position(bytes.position() + n);
            device.write(staged, address + from);
        }
    }
}
