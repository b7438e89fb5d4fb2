package org.widthbench.core.backend;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Off-heap memory that is used again: a fresh block costs a page fault per 4 KiB, and a solve asks for hundreds of megabytes
 * and thousands of small blocks.
 */
final class CpuMemory implements AutoCloseable {
    /** A free block serves a request of at least this share of its size. */
    private static final double SMALLEST_SHARE = 0.75;
    /** Free entries kept, 512 MiB of float64; what comes back beyond that is returned to the system. */
    private static final long LARGEST_RESERVE = 1L << 26;

    private final FieldPrecision format;
    private final LongFunction<HostBlock> lender;
    private final TreeMap<Long, Deque<CpuNumbers>> free = new TreeMap<>();
    private long reserve;

    /**
     * @param format of all blocks
     * @param lender makes memory for so many numbers
     */
    CpuMemory(FieldPrecision format, LongFunction<HostBlock> lender) {
        this.format = format;
        this.lender = lender;
    }

    FieldPrecision format() {
        return format;
    }

    /** A block of at least {@code entries} numbers, content unspecified. */
    CpuNumbers take(long entries) {
        Map.Entry<Long, Deque<CpuNumbers>> fitting = free.ceilingEntry(entries);
        if (fitting != null && fitting.getKey() * SMALLEST_SHARE <= entries) {
            CpuNumbers block = fitting.getValue().pop();
            if (fitting.getValue().isEmpty()) {
                free.remove(fitting.getKey());
            }
            reserve -= block.count();
            return block;
        }
        return CpuNumbers.of(format, lender.apply(entries), entries);
    }

    /** Takes a block back. */
    void give(CpuNumbers block) {
        if (reserve + block.count() > LARGEST_RESERVE) {
            block.free();
            return;
        }
        free.computeIfAbsent(block.count(), size -> new ArrayDeque<>()).push(block);
        reserve += block.count();
    }

    @Override
    public void close() {
        free.values().forEach(blocks -> blocks.forEach(CpuNumbers::free));
        free.clear();
        reserve = 0;
    }
}
