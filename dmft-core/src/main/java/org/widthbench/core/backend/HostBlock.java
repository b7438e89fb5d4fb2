package org.widthbench.core.backend;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Memory of the host that a {@link CpuBackend} computes in, from whoever lends it. */
public interface HostBlock {
    /** The first number. */
    Pointer pointer();

    /** Called before numbers are read: what a device has changed must be here then. */
    default void toHost() {}

    /** Called after numbers were written: what a device holds is out of date. */
    default void fromHost() {}

    /** Gives the memory back. */
    void free();

    /** Plain memory for so many numbers, content unspecified. */
    static HostBlock plain(FieldPrecision format, long count) {
        long size = Math.max(1, count);
        Pointer memory = format == FieldPrecision.FLOAT64 ? new DoublePointer(size) : new FloatPointer(size);
        return new HostBlock() {
            @Override
            public Pointer pointer() {
                return memory;
            }

            @Override
            public void free() {
                memory.deallocate();
            }
        };
    }
}
