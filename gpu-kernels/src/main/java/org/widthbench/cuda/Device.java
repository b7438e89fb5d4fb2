package org.widthbench.cuda;

import java.nio.ByteBuffer;
import org.widthbench.core.backend.FieldPrecision;

/**
 * What {@link CudaBackend} needs of a GPU: memory, copies, launches. Work is queued in order; {@link #read} waits. Every
 * failure is a {@link org.widthbench.core.SolverException} that names the call and the remedy. Not thread-safe.
 */
interface Device extends AutoCloseable {
    /** One line for people. */
    String description();

    /** Format of the fields that the kernels of this device work on. */
    FieldPrecision precision();

    /**
     * Memory of unspecified content.
     *
     * @param what names the purpose in errors, with its shape
     * @return its address; 0 is never a valid one
     */
    long allocate(long bytes, String what);

    /** Gives memory back, in the order of the queue: work queued before may still use it. */
    void free(long address);

    /** Fills memory with zero bytes. */
    void zero(long address, long bytes);

    /**
     * Host memory in native byte order for one {@link #write} or {@link #read}, valid until the next call of this method.
     */
    ByteBuffer staging(int bytes);

    /** Queues a copy of {@code [0, limit)} of the last staging buffer to the device. */
    void write(ByteBuffer staged, long address);

    /** Waits for all work, then fills {@code [0, limit)} of the last staging buffer. */
    void read(long address, ByteBuffer staged);

    /** Queues a launch. */
    void launch(Launch launch, Arguments arguments);

    /** Whether there is a vendor library for products. */
    boolean hasProducts();

    /**
     * Queues {@code c = alpha op(a) op(b) + beta c} on the vendor library.
     *
     * @param inner length of the sums
     * @return false if it cannot take these shapes; nothing is queued then
     */
    boolean product(
            double alpha,
            CudaMatrix a,
            boolean transposeA,
            CudaMatrix b,
            boolean transposeB,
            double beta,
            CudaMatrix c,
            int inner);

    /** Gives everything back; never fails, also after the device has failed. */
    @Override
    void close();
}
