package org.widthbench.reproduce;

import java.util.stream.IntStream;
import org.widthbench.core.Tensor;

/** Cuts through a kernel {@code (R,Q,R,Q)}, index order (t, mu, s, alpha). */
final class Kernels {
    private Kernels() {}

    /** {@code (P,P)}: the first {@code points} points at one recorded time. */
    static double[][] at(Tensor kernel, int slot, int points) {
        double[][] block = new double[points][points];
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                block[mu][al] = kernel.get(slot, mu, slot, al);
            }
        }
        return block;
    }

    /** The same at the last recorded time. */
    static double[][] last(Tensor kernel, int points) {
        return at(kernel, kernel.size(0) - 1, points);
    }

    /** {@code (R,R)}: the sum over the first {@code points} points of the kernel's diagonal in the points. */
    static double[][] traced(Tensor kernel, int points) {
        int times = kernel.size(0);
        double[][] trace = new double[times][times];
        for (int t = 0; t < times; t++) {
            for (int s = 0; s < times; s++) {
                for (int mu = 0; mu < points; mu++) {
                    trace[t][s] += kernel.get(t, mu, s, mu);
                }
            }
        }
        return trace;
    }

    /** About {@code count} of the times {@code 0..steps-1}, evenly spread, both ends among them. */
    static int[] spread(int steps, int count) {
        int slots = Math.min(steps, count);
        return IntStream.range(0, slots)
                .map(i -> slots == 1 ? 0 : (int) Math.round(i * (steps - 1.0) / (slots - 1)))
                .toArray();
    }

    /** {@code 0, 1, ..., steps-1}. */
    static double[] times(int steps) {
        return IntStream.range(0, steps).asDoubleStream().toArray();
    }
}
