package org.widthbench.core.solver;

import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/** One field over time, as far as later times need it, and the kernel {@code <v v^T>} measured on it. */
sealed interface FieldHistory extends AutoCloseable permits FullHistory, PivotHistory, ShiftedHistory {

    /**
     * Kernel of the newest rows.
     *
     * @param cross with the pivots, {@code (Q, k)}
     * @param block among themselves, {@code (Q, Q)}
     * @param lag each with its own row of the time before, {@code (Q)}; zeros at time 0
     */
    record KernelBlock(double[] cross, double[] block, double[] lag) {}

    /** The rows of the newest time, {@code (Q, S)}: written once, then read. */
    Matrix at(int step);

    /** What the process with this kernel needs to draw its rows of {@code step}. */
    KernelBlock kernelBlock(int step, GaussianProcess law);

    /** Told after a draw: these points of {@code step} became pivots. */
    void keepPivots(int step, int[] rows);

    /** Told when all fields of {@code step} are final; what can look back at any time needs no telling. */
    default void record(int step) {}

    /** Kernel of the newest time, {@code (Q, Q)}. */
    double[] equalTime(int step);

    /** The kernel at the recorded times, {@code (R, Q, R, Q)}. */
    Tensor kernel();

    @Override
    void close();

    /** {@code <a_i b_i>} of every row i. */
    static double[] rowOverlap(Backend backend, Matrix a, Matrix b) {
        double[] overlap = backend.rowDot(a, b);
        for (int i = 0; i < overlap.length; i++) {
            overlap[i] /= a.columns();
        }
        return overlap;
    }

    /** {@code a b^T / S} on the host, {@code (rows of a, rows of b)}. */
    static double[] overlap(Backend backend, Matrix a, Matrix b) {
        return backend.kernelBlock(1.0 / a.columns(), a, b);
    }
}
