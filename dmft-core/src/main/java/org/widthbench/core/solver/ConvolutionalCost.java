package org.widthbench.core.solver;

import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;

/**
 * What a {@link ConvolutionalCausalSolver} takes, known before it starts ({@code docs/theory.md} section 6 "Cost"): n = Q
 * pixels rows of every field a time, T times, S samples, L layers. Upper bounds, since the pivots are counted at their cap.
 *
 * @param rows n
 * @param steps T
 * @param samples S
 * @param depth L
 * @param fieldBytes memory of the backend
 * @param heapBytes memory of the Java heap
 * @param flops floating-point operations
 */
public record ConvolutionalCost(
        int rows, int steps, int samples, int depth, double fieldBytes, double heapBytes, double flops) {
    /** Field matrices that a layer keeps of the current time, as {@link CausalLayer} does. */
    private static final int CURRENT_FIELDS = 8;
    /** Matrices of n rows that are made while another of their kind is alive. */
    private static final int KERNEL_ROWS_AT_A_TIME = 3;
    /** Side of the product by which a backend's speed is measured: large enough to be at full speed, done in milliseconds. */
    private static final int PROBE = 768;

    /** Cost of solving a problem. */
    static ConvolutionalCost of(Problem problem, CausalSolver settings) {
        Tensor images = problem.dataset().inputs();
        double n = (double) problem.points() * images.size(1) * images.size(2);
        double t = problem.training().steps();
        double s = settings.samples();
        int layers = problem.network().depth();
        double pivots = Math.min(n * t, settings.pivotLimit(false));
        double recorded = problem.training().record().length;
        double links = layers - 1.0;
        double history = 2 * layers * n * t * s;
        double noise = 2 * links * pivots * s;
        double fields = history
                + noise
                + n * n * t
                + 2 * n * n
                + layers * (CURRENT_FIELDS * n * s + 2 * recorded * problem.points() * s);
        double heap = (2 * links + KERNEL_ROWS_AT_A_TIME) * n * n * t
                + 2 * links * 2 * pivots * pivots
                + KERNEL_ROWS_AT_A_TIME * n * n
                + 2 * layers * Math.pow(recorded * problem.points(), 2);
        double flops =
                links * (4 * s * Math.pow(n * t, 2) + 2 * t * (6 * n * pivots * s + 2 * n * pivots * (n + pivots)))
                        + links * 8 * pivots * pivots * s
                        + (4 * t + 4 * layers * recorded) * n * n * s;
        return new ConvolutionalCost(
                (int) Math.min(Integer.MAX_VALUE, n),
                problem.training().steps(),
                settings.samples(),
                layers,
                Double.BYTES * fields,
                Double.BYTES * heap,
                flops);
    }

    /** @throws InvalidInputException with the numbers and what to reduce, unless it fits */
    public void requireFits(Backend backend) {
        String reduce =
                "; lower theory.samples, training.steps, data.points or the images' side (pixels count squared)";
        InvalidInputException.require(
                (double) rows * rows * steps < Integer.MAX_VALUE,
                "data.points",
                rows + " points x pixels at " + steps + " steps, kernel rows of "
                        + gigabytes((double) rows * rows * steps * Double.BYTES),
                "(points x pixels)^2 x steps below 2^31" + reduce);
        double heap = Runtime.getRuntime().maxMemory();
        InvalidInputException.require(
                heapBytes < heap,
                "theory.solver",
                "causal on " + summary() + ", " + gigabytes(heapBytes) + " of Java heap",
                "at most " + gigabytes(heap) + reduce + ", or raise -Xmx");
        // What another device holds it knows best itself, and says so.
        double limit = backend instanceof CpuBackend ? Pointer.maxBytes() : Double.POSITIVE_INFINITY;
        InvalidInputException.require(
                fieldBytes < limit,
                "theory.solver",
                "causal on " + summary() + ", fields of " + gigabytes(fieldBytes),
                "at most " + gigabytes(limit) + reduce + ", or raise -Dorg.bytedeco.javacpp.maxbytes");
    }

    /** One line for people, with the time at the speed that a short product measures now. */
    public String text(Backend backend) {
        double speed = speed(backend);
        return String.format(
                Locale.ROOT,
                "infinite-channel theory on %s: fields of %s, Java heap %s, %.2g floating-point operations at most, about"
                        + " %.0f s at %.0f GFLOP/s",
                summary(),
                gigabytes(fieldBytes),
                gigabytes(heapBytes),
                flops,
                Math.ceil(flops / speed),
                speed / 1e9);
    }

    private String summary() {
        return rows + " points x pixels, " + steps + " steps, " + samples + " samples, " + depth + " layers";
    }

    private static String gigabytes(double bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    /** Operations a second of a square product, the second of two. */
    private static double speed(Backend backend) {
        try (Matrix a = backend.allocate(1, PROBE, PROBE);
                Matrix b = backend.allocate(1, PROBE, PROBE)) {
            double[] result = new double[PROBE * PROBE];
            long started = 0;
            for (int run = 0; run < 2; run++) {
                started = System.nanoTime();
                backend.gemm(1, a, false, a, false, 0, b);
                backend.download(b, result);
            }
            return 2 * Math.pow(PROBE, 3) / Math.max(1e-9, (System.nanoTime() - started) / 1e9);
        }
    }
}
