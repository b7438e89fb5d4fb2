package org.widthbench.training;

import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Problem;

/** Refuses what cannot fit, with the numbers, before anything is allocated. */
final class MemoryLimit {
    private MemoryLimit() {}

    /** @throws InvalidInputException unless the kernels of all recorded times fit the Java heap */
    static void requireKernels(Problem problem) {
        double columns = (double) problem.training().record().length
                * org.widthbench.core.PointSchedule.of(problem).rows()
                * problem.outputs();
        double bytes = 2.0 * problem.network().depth() * columns * columns * Double.BYTES;
        double heap = Runtime.getRuntime().maxMemory();
        InvalidInputException.require(
                columns * columns < Integer.MAX_VALUE && bytes < heap,
                "training.record",
                (long) columns + " times x points, kernels of " + megabytes(bytes),
                "fewer recorded times: a kernel has fewer than 2^31 entries and all of them fit " + megabytes(heap)
                        + " of Java heap (-Xmx)");
    }

    /** @throws InvalidInputException unless the kernels of every pixel of every point, {@code columns} in all, fit the heap */
    static void requirePixelKernels(int depth, double columns) {
        double bytes = depth * columns * columns * Double.BYTES;
        double heap = Runtime.getRuntime().maxMemory();
        InvalidInputException.require(
                columns * columns < Integer.MAX_VALUE && bytes < heap,
                "data.points",
                (long) columns + " pixels in all, kernels of " + megabytes(bytes),
                "fewer points or smaller images: a kernel has fewer than 2^31 entries and all of them fit "
                        + megabytes(heap) + " of Java heap (-Xmx)");
    }

    /**
     * @param bytes what the network needs outside the Java heap
     * @throws InvalidInputException if that is more than JavaCPP allows
     */
    static void requireNative(int width, double bytes) {
        double limit = Pointer.maxBytes();
        InvalidInputException.require(
                bytes < limit,
                "width",
                width + " (needs " + megabytes(bytes) + " outside the Java heap)",
                "at most " + megabytes(limit)
                        + ": lower the width, record fewer times, or raise -Dorg.bytedeco.javacpp.maxbytes");
    }

    private static String megabytes(double bytes) {
        return Math.round(bytes / 1e6) + " MB";
    }
}
