package org.widthbench.core.problem;

import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.io.NativeLibraries;
import org.widthbench.core.measure.Observables;

/**
 * Refuses what cannot fit, with the numbers, before anything is allocated. Sizes are products of whole numbers of up to 2^31 each, so
 * they are formed in floating point, which does not wrap around.
 */
public final class MemoryLimit {
    /** What one Java array, and one matrix of the CPU, may have. */
    public static final double MOST_ENTRIES = Integer.MAX_VALUE;

    /** Part of the heap that a solver's own arrays may fill; the rest is for the result. */
    private static final double SHARE = 0.7;

    private MemoryLimit() {}

    /**
     * @param key of the number that is too large
     * @param largest entries of the largest array
     * @param bytes of all arrays, on the Java heap
     * @param what they are, such as {@code "10 points of dimension 25"}
     * @param remedy what to lower
     * @throws InvalidInputException unless they fit
     */
    public static void requireHeap(String key, Object value, double largest, double bytes, String what, String remedy) {
        InvalidInputException.require(
                largest <= MOST_ENTRIES && bytes <= heap(),
                key,
                value + " (" + what + " take " + size(bytes) + ")",
                remedy + ": an array has fewer than 2^31 entries and all of them fit " + size(heap())
                        + " of Java heap (-Xmx)");
    }

    /** @throws InvalidInputException unless the predictions of all times and the kernels of all recorded times fit the heap */
    public static void requireRecorded(Problem problem) {
        double outputs = (double) PointSchedule.of(problem).rows() * problem.outputs();
        double predictions = problem.training().steps() * outputs;
        requireHeap(
                "training.steps",
                problem.training().steps(),
                predictions,
                3 * Double.BYTES * predictions,
                "predictions and residuals of " + (long) outputs + " points x outputs",
                "fewer steps, points or outputs");
        double rows = problem.training().record().length * outputs;
        requireHeap(
                "training.record",
                (long) rows + " times x points",
                rows * rows,
                2.0 * problem.network().layers() * rows * rows * Double.BYTES,
                "kernels of " + problem.network().layers() + " layers",
                "fewer recorded times, points or layers");
        if (problem.observables().contains(Observables.PIXEL_KERNELS)) {
            int pixels = problem.network()
                    .architecture()
                    .images(problem.dataset().inputs())
                    .pixels();
            requirePixelKernels(problem.network().layers(), (double) problem.points() * pixels);
        }
    }

    /**
     * @param samples S'
     * @throws InvalidInputException unless the field samples of every layer at the first and the last recorded time fit the heap
     */
    public static void requireDensities(Problem problem, int samples) {
        double rows = 2.0 * PointSchedule.of(problem).rows() * problem.outputs();
        double layers = 2.0 * problem.network().layers();
        requireSamples(
                samples,
                rows,
                layers * rows,
                0,
                heap(),
                "fields of " + problem.network().layers() + " layers at two times",
                "-Xmx");
    }

    /** {@link #requireSamples} of arrays outside the Java heap, as much as JavaCPP allows. */
    public static void requireNativeSamples(int samples, double largest, double linear, double square, String what) {
        requireSamples(samples, largest, linear, square, nativeBytes(), what, "-Dorg.bytedeco.javacpp.maxbytes");
    }

    /**
     * @param samples S
     * @param largest entries of the largest array over S; if there are matrices of S x S, they are looked at too
     * @param linear entries of all arrays over S
     * @param square entries of all matrices of S x S over S^2
     * @param available bytes
     * @param what takes them
     * @param option that raises what is available
     * @throws InvalidInputException naming how many samples there is room for, unless there is for these
     */
    private static void requireSamples(
            int samples, double largest, double linear, double square, double available, String what, String option) {
        double room = available / Double.BYTES;
        // The root of square S^2 + linear S = room, in the form that holds for square = 0 too.
        double fitting = 2 * room / (linear + Math.sqrt(linear * linear + 4 * square * room));
        double addressable = Math.min(MOST_ENTRIES / largest, square > 0 ? Math.sqrt(MOST_ENTRIES) : MOST_ENTRIES);
        double s = samples;
        InvalidInputException.require(
                s <= Math.min(fitting, addressable),
                "theory.samples",
                samples + " (" + what + " take " + size(Double.BYTES * s * (linear + square * s)) + ")",
                "at most " + (long) Math.min(fitting, addressable)
                        + ": an array has fewer than 2^31 entries and all of them fit " + size(available) + " ("
                        + option
                        + "); lower training.steps, data.points or network.depth for more");
    }

    /** @throws InvalidInputException unless the kernels of every pixel of every point, {@code columns} in all, fit the heap */
    public static void requirePixelKernels(int depth, double columns) {
        requireHeap(
                "data.points",
                (long) columns + " pixels in all",
                columns * columns,
                depth * columns * columns * Double.BYTES,
                "kernels of " + depth + " layers",
                "fewer points or smaller images");
    }

    /**
     * @param largest entries of a network's largest array
     * @param bytes what it needs outside the Java heap
     * @throws InvalidInputException if that is more than JavaCPP allows
     */
    public static void requireNative(int width, double largest, double bytes) {
        double limit = nativeBytes();
        InvalidInputException.require(
                largest <= MOST_ENTRIES && bytes < limit,
                "width",
                width + " (needs " + size(bytes) + " outside the Java heap)",
                "at most " + size(limit)
                        + " and 2^31 entries in an array: lower the width, record fewer times, or raise -Dorg.bytedeco.javacpp.maxbytes");
    }

    /**
     * @param solver its name
     * @param largest entries of its largest array
     * @param total entries of all its arrays
     * @param size what they come from, such as {@code "(50 steps x 20 points)^2 kernels"}
     * @throws SolverException unless they fit
     */
    public static void require(String solver, double largest, double total, String size) {
        double bytes = total * Double.BYTES;
        double available = SHARE * heap();
        if (largest > MOST_ENTRIES || bytes > available) {
            throw new SolverException("the " + solver + " solver keeps " + size + ", " + size(bytes) + " of "
                    + size(available)
                    + "; lower training.steps, data.points or theory.samples, raise -Xmx, or use theory.solver causal");
        }
    }

    private static double nativeBytes() {
        NativeLibraries.require("javacpp");
        return Pointer.maxBytes();
    }

    private static double heap() {
        return Runtime.getRuntime().maxMemory();
    }

    private static String size(double bytes) {
        return bytes < 1e10 ? Math.round(bytes / 1e6) + " MB" : String.format(Locale.ROOT, "%.4g GB", bytes / 1e9);
    }
}
