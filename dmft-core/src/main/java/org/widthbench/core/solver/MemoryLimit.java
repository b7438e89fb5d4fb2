package org.widthbench.core.solver;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Problem;
import org.widthbench.core.SolverException;

/** Refuses what cannot fit the Java heap, with the numbers, before anything is allocated. */
final class MemoryLimit {
    /** Part of the heap that a solver's own arrays may fill; the rest is for the result. */
    private static final double SHARE = 0.7;

    private MemoryLimit() {}

    /** @throws InvalidInputException unless the kernels of all recorded times fit */
    static void requireRecorded(Problem problem) {
        double rows = (double) problem.training().record().length
                * org.widthbench.core.PointSchedule.of(problem).rows()
                * problem.outputs();
        double bytes = 2.0 * problem.network().depth() * rows * rows * Double.BYTES;
        InvalidInputException.require(
                rows * rows <= Integer.MAX_VALUE && bytes <= heap(),
                "training.record",
                (long) rows + " times x points, kernels of " + megabytes(bytes),
                "fewer recorded times: a kernel has fewer than 2^31 entries and all of them fit " + megabytes(heap())
                        + " of heap (-Xmx)");
    }

    /**
     * @param solver its name
     * @param largest entries of its largest array
     * @param total entries of all its arrays
     * @param size what they come from, such as {@code "(50 steps x 20 points)^2 kernels"}
     * @throws SolverException unless they fit
     */
    static void require(String solver, double largest, double total, String size) {
        double bytes = total * Double.BYTES;
        double available = SHARE * heap();
        if (largest > Integer.MAX_VALUE || bytes > available) {
            throw new SolverException("the " + solver + " solver keeps " + size + ", " + megabytes(bytes) + " of "
                    + megabytes(available)
                    + "; lower training.steps, data.points or theory.samples, raise -Xmx, or use theory.solver causal");
        }
    }

    private static double heap() {
        return Runtime.getRuntime().maxMemory();
    }

    private static String megabytes(double bytes) {
        return Math.round(bytes / 1e6) + " MB";
    }
}
