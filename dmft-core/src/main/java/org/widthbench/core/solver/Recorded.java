package org.widthbench.core.solver;

import org.widthbench.core.Tensor;

/** Selects recorded times out of kernels that are known at all times. */
final class Recorded {
    private Recorded() {}

    /** {@code (R,Q,R,Q)} out of a (TQ x TQ) kernel. */
    static Tensor kernel(double[] full, int times, int points, int... record) {
        int rows = times * points;
        Tensor selected = Tensor.zeros(record.length, points, record.length, points);
        int at = 0;
        for (int t : record) {
            for (int mu = 0; mu < points; mu++) {
                for (int s : record) {
                    System.arraycopy(full, (t * points + mu) * rows + s * points, selected.data(), at, points);
                    at += points;
                }
            }
        }
        return selected;
    }

    /** {@code (R,Q,R,Q)} out of a (T x T) kernel that is the same for every pair of points. */
    static Tensor pointlessKernel(double[] full, int times, int points, int... record) {
        Tensor selected = Tensor.zeros(record.length, points, record.length, points);
        int at = 0;
        for (int t : record) {
            for (int mu = 0; mu < points; mu++) {
                for (int s : record) {
                    java.util.Arrays.fill(selected.data(), at, at + points, full[t * times + s]);
                    at += points;
                }
            }
        }
        return selected;
    }

    /** {@code (R,Q,R,Q)} out of a (Q x Q) kernel that does not move. */
    static Tensor constantKernel(double[] kernel, int points, int times) {
        Tensor selected = Tensor.zeros(times, points, times, points);
        for (int block = 0; block < times * points * times; block++) {
            int mu = block / times % points;
            System.arraycopy(kernel, mu * points, selected.data(), block * points, points);
        }
        return selected;
    }
}
