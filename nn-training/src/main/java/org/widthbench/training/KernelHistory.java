package org.widthbench.training;

import org.widthbench.core.Tensor;

/**
 * One field of one layer at all recorded times, {@code (N, R Q)} with a column per time and point, and the kernel that is
 * made of it, {@code docs/theory.md} section 2.
 */
final class KernelHistory implements AutoCloseable {
    private final int neurons;
    private final int times;
    private final int points;
    private final Precision precision;
    private final NativeMatrix columns;

    KernelHistory(Precision precision, int neurons, int times, int points) {
        this.neurons = neurons;
        this.times = times;
        this.points = points;
        this.precision = precision;
        this.columns = NativeMatrix.allocate(precision, neurons, (long) times * points);
    }

    /** Stores {@code values[0 .. n)} as neurons {@code first, first + 1, ...} of one time and point. */
    void put(int time, int point, int first, double[] values, int n) {
        columns.write(((long) time * points + point) * neurons + first, values, 0, n);
    }

    /** The average over neurons of products of the field with itself, {@code (R,Q,R,Q)}. */
    Tensor kernel() {
        columns.fromHost();
        return new Tensor(new int[] {times, points, times, points}, GramMatrix.of(columns, precision));
    }

    @Override
    public void close() {
        columns.close();
    }
}
