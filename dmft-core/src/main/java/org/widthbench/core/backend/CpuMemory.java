package org.widthbench.core.backend;

import java.nio.DoubleBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Off-heap memory that is used again: a fresh block costs a page fault per 4 KiB, and a solve asks for hundreds of megabytes
 * and thousands of small blocks.
 */
final class CpuMemory implements AutoCloseable {
    /** A free block serves a request of at least this share of its size. */
    private static final double SMALLEST_SHARE = 0.75;
    /** Free entries kept, 1 GiB; what comes back beyond that is returned to the system. */
    private static final long LARGEST_RESERVE = 1L << 27;

    private final TreeMap<Long, Deque<Block>> free = new TreeMap<>();
    private long reserve;

    /** @param entries capacity in doubles */
    record Block(long entries, DoublePointer pointer, DoubleBuffer buffer) {}

    /** A block of at least {@code entries} doubles, content unspecified. */
    Block take(long entries) {
        Map.Entry<Long, Deque<Block>> fitting = free.ceilingEntry(entries);
        if (fitting != null && fitting.getKey() * SMALLEST_SHARE <= entries) {
            Block block = fitting.getValue().pop();
            if (fitting.getValue().isEmpty()) {
                free.remove(fitting.getKey());
            }
            reserve -= block.entries();
            return block;
        }
        DoublePointer pointer = new DoublePointer(Math.max(1, entries));
        return new Block(entries, pointer, pointer.asBuffer());
    }

    /** Takes a block back. */
    void give(Block block) {
        if (reserve + block.entries() > LARGEST_RESERVE) {
            block.pointer().deallocate();
            return;
        }
        free.computeIfAbsent(block.entries(), size -> new ArrayDeque<>()).push(block);
        reserve += block.entries();
    }

    @Override
    public void close() {
        free.values().forEach(blocks -> blocks.forEach(block -> block.pointer().deallocate()));
        free.clear();
        reserve = 0;
    }
}
