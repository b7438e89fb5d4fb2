package org.widthbench.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps freed device memory for the next request of its size class: the solver allocates the same small matrices in every
 * step, and the driver's own allocation waits for the device. Since all work runs in one queue, memory may be handed on
 * while work that uses it is still queued.
 */
final class MemoryPool {
    /** Steps from one power of two to the next: at most an eighth of a block is wasted. */
    private static final int STEPS_PER_OCTAVE = 8;
    /** What the driver aligns to. */
    private static final long SMALLEST = 512;

    /** Where memory comes from. */
    interface Source {
        /** @return an address, or 0 if there is not enough memory */
        long allocate(long bytes);

        /** Gives one allocation back. */
        void free(long address);
    }

    private final Source source;
    private final Map<Long, Deque<Long>> spare = new HashMap<>();
    private final Map<Long, Long> sizes = new HashMap<>();

    MemoryPool(Source source) {
        this.source = source;
    }

    /** @return an address, or 0 if the memory is exhausted even without what the pool keeps */
    long allocate(long bytes) {
        long size = sizeClass(bytes);
        Deque<Long> free = spare.get(size);
        if (free != null && !free.isEmpty()) {
            return free.pop();
        }
        long address = source.allocate(size);
        if (address == 0) {
            trim();
            address = source.allocate(size);
        }
        if (address != 0) {
            sizes.put(address, size);
        }
        return address;
    }

    /** Keeps the memory for later. */
    void free(long address) {
        Long size = sizes.get(address);
        if (size == null) {
            throw new IllegalArgumentException("not an allocation of this pool: " + address);
        }
        spare.computeIfAbsent(size, key -> new ArrayDeque<>()).push(address);
    }

    /** Gives back what is not in use. */
    void trim() {
        for (Deque<Long> free : spare.values()) {
            for (long address : free) {
                source.free(address);
                sizes.remove(address);
            }
        }
        spare.clear();
    }

    /** Gives back everything, in use or not. */
    void close() {
        sizes.keySet().forEach(source::free);
        sizes.clear();
        spare.clear();
    }

    /** The number of bytes that a request is served with. */
    static long sizeClass(long bytes) {
        long wanted = Math.max(SMALLEST, bytes);
        long step = Math.max(SMALLEST, Long.highestOneBit(wanted) / STEPS_PER_OCTAVE);
        return (wanted + step - 1) / step * step;
    }
}
