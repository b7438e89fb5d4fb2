package org.widthbench.bench;

import org.widthbench.core.problem.Problem;

/**
 * What a device can do at best: no work that moves bytes and does flops is faster than the slower of the two
 * (Williams, Waterman and Patterson, "Roofline", CACM 2009).
 *
 * @param bytesPerSecond rate of a large copy, read and written bytes counted
 * @param flopsPerSecond rate of a large matrix product
 */
public record Roofline(double bytesPerSecond, double flopsPerSecond) {

    /**
     * One piece of work with its time.
     *
     * @param name for the table
     * @param bytes that it has to move
     * @param flops that it has to do
     * @param seconds that it took
     */
    public record Work(String name, double bytes, double flops, double seconds) {}

    /** {@code 4 L S (T Q)^2}: memory sums and kernel rows of a causal solve in kernel form. */
    public static double solveFlops(Problem problem, int samples) {
        double rows = (double) problem.training().steps() * problem.points();
        return 4.0 * problem.network().depth() * samples * rows * rows;
    }

    /** Seconds below which the work cannot be done. */
    public double bound(Work work) {
        return Math.max(work.bytes() / bytesPerSecond, work.flops() / flopsPerSecond);
    }

    /** Bound over time: 1 is the roof. */
    public double share(Work work) {
        return bound(work) / work.seconds();
    }

    /** What the bound comes from: {@code memory} or {@code arithmetic}. */
    public String limit(Work work) {
        return work.bytes() / bytesPerSecond > work.flops() / flopsPerSecond ? "memory" : "arithmetic";
    }
}
