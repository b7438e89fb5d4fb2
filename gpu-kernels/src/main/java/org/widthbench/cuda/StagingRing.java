package org.widthbench.cuda;

import static org.widthbench.cuda.CudaFailure.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory for copies that run beside the host: a ring of buffers, each with an event that tells when the
 * device has read it.
 */
final class StagingRing {
    /** Enough for the host to prepare one copy while the device still reads the last ones. */
    private static final int SLOTS = 4;
    /** Most copies are small; larger buffers are made when they are first asked for. */
    private static final int INITIAL_BYTES = 1 << 16;

    private static final class Slot {
        private final CUevent read = new CUevent();
        private Pointer pointer;
        private ByteBuffer buffer;
        private boolean pending;
    }

    private final CUstream stream;
    private final Supplier<String> earlier;
    private final Slot[] slots = new Slot[SLOTS];
    private int current;

    /** @param earlier says what was queued last: its failure may show in a copy */
    StagingRing(CUstream stream, Supplier<String> earlier) {
        this.stream = stream;
        this.earlier = earlier;
    }

    /** The next buffer that the device does not read any more, {@code [0, bytes)}. */
    ByteBuffer next(int bytes) {
        current = (current + 1) % SLOTS;
        if (slots[current] == null) {
            slots[current] = new Slot();
            check(
                    JCudaDriver.cuEventCreate(slots[current].read, CUevent_flags.CU_EVENT_DISABLE_TIMING),
                    "cuEventCreate");
        }
        Slot slot = slots[current];
        if (slot.pending) {
            check(JCudaDriver.cuEventSynchronize(slot.read), "cuEventSynchronize after " + earlier.get());
            slot.pending = false;
        }
        if (slot.buffer == null || slot.buffer.capacity() < bytes) {
            grow(slot, bytes);
        }
        return slot.buffer.clear().limit(bytes);
    }

    private static void grow(Slot slot, int bytes) {
        release(slot);
        int capacity = Math.max(INITIAL_BYTES, Integer.highestOneBit(bytes - 1) << 1);
        Pointer pointer = new Pointer();
        check(JCudaDriver.cuMemAllocHost(pointer, capacity), "cuMemAllocHost of " + capacity + " bytes");
        slot.pointer = pointer;
        slot.buffer = pointer.getByteBuffer(0, capacity).order(ByteOrder.nativeOrder());
    }

    private static void release(Slot slot) {
        if (slot.pointer != null) {
            JCudaDriver.cuMemFreeHost(slot.pointer);
            slot.pointer = null;
            slot.buffer = null;
        }
    }

    /** The memory behind the buffer that {@link #next} gave last. */
    Pointer pointer() {
        return slots[current].pointer;
    }

    /** Marks the last buffer as being read by the device. */
    void queued() {
        check(JCudaDriver.cuEventRecord(slots[current].read, stream), "cuEventRecord after a copy to the device");
        slots[current].pending = true;
    }

    /** Frees everything; return codes no longer matter. */
    void close() {
        for (Slot slot : slots) {
            if (slot != null) {
                release(slot);
                JCudaDriver.cuEventDestroy(slot.read);
            }
        }
    }
}
