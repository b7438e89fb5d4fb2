package org.widthbench.core.solver;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.Problem;

/**
 * What a {@link CausalSolver} takes of images in either form, and which of them it runs in ({@code docs/theory.md} section 6
 * "Cost"). Upper bounds, since the pivots are counted at their cap.
 *
 * @param size of the problem
 * @param kernel what the kernel form takes
 * @param accumulator what the accumulator form takes
 * @param form KERNEL or ACCUMULATOR
 * @param asked whether the form was asked for rather than chosen
 * @param limit memory of the backend in bytes
 */
record ConvolutionalCost(
        Size size, Demand kernel, Demand accumulator, CausalSolver.Form form, boolean asked, double limit)
        implements Cost {
    /** Field matrices of n rows per layer: twelve of a program, and a layer's share of the static noise and memory sums. */
    private static final int CURRENT_FIELDS = 16;
    /** Matrices of n rows that are made while another of their kind is alive. */
    private static final int KERNEL_ROWS_AT_A_TIME = 3;
    /** Capacity of {@link org.widthbench.core.linalg.GrowingRows} over what it holds, at worst. */
    private static final double GROWTH = 2;
    /** Field matrices of an {@link ExactStart}. */
    private static final int FIELDS_OF_START = 3;
    /** Square matrices that {@link ExactStart} has at a time. */
    private static final int ROOTS_AT_A_TIME = 8;
    /** Operations of its two eigendecompositions and its products, over the cube of the rows. */
    private static final double FLOPS_OF_ROOTS = 35;
    /** What one array or one matrix of the CPU may have. */
    private static final double MOST_ENTRIES = Integer.MAX_VALUE;
    /** What was read back, room for more of it, and a copy while it is written. */
    private static final double CHECKPOINT_COPIES = 2.25;
    /** Side of the product by which a backend's speed is measured: large enough to be at full speed, done in milliseconds. */
    private static final int PROBE = 768;

    /**
     * Size of a problem.
     *
     * @param rows {@code n = Q pixels}
     * @param steps T
     * @param samples S
     * @param depth L
     * @param offsets {@code k^2}
     */
    public record Size(int rows, int steps, int samples, int depth, int offsets) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%d points x pixels, %d steps, %d samples, %d layers", rows, steps, samples, depth);
        }
    }

    /**
     * What one form takes.
     *
     * @param fieldBytes memory of the backend
     * @param heapBytes memory of the Java heap
     * @param flops floating-point operations
     * @param largest entries of the largest array or matrix
     * @param readOuts numbers read back in all, which every checkpoint holds
     */
    public record Demand(double fieldBytes, double heapBytes, double flops, double largest, double readOuts) {
        Demand plus(Demand other) {
            return new Demand(
                    fieldBytes + other.fieldBytes,
                    heapBytes + other.heapBytes,
                    flops + other.flops,
                    Math.max(largest, other.largest),
                    readOuts + other.readOuts);
        }

        boolean fits(double limit) {
            return largest < MOST_ENTRIES
                    && fieldBytes < limit
                    && heapBytes < Runtime.getRuntime().maxMemory();
        }

        @Override
        public String toString() {
            return "fields of " + gigabytes(fieldBytes) + ", Java heap " + gigabytes(heapBytes)
                    + String.format(Locale.ROOT, ", %.2g floating-point operations", flops);
        }
    }

    /** Cost of solving a problem on a backend. */
    static ConvolutionalCost of(Problem problem, CausalSolver settings, Backend backend) {
        Tensor images = problem.dataset().inputs();
        long rows = (long) problem.points() * images.size(1) * images.size(2);
        Size size = new Size(
                (int) Math.min(Integer.MAX_VALUE, rows),
                problem.training().steps(),
                settings.samples(),
                problem.network().layers(),
                problem.network().architecture().images(images).taps());
        Demand kernel = kernelForm(problem, settings, size);
        Demand accumulator = accumulatorForm(problem, settings, size);
        // What another device holds it knows best itself, and says so.
        double limit = backend instanceof CpuBackend ? Pointer.maxBytes() : Double.POSITIVE_INFINITY;
        boolean asked = settings.form() != CausalSolver.Form.AUTO;
        boolean accumulates = asked
                ? settings.form() == CausalSolver.Form.ACCUMULATOR
                : accumulator.fits(limit) && (!kernel.fits(limit) || accumulator.flops <= kernel.flops);
        return new ConvolutionalCost(
                size,
                kernel,
                accumulator,
                accumulates ? CausalSolver.Form.ACCUMULATOR : CausalSolver.Form.KERNEL,
                asked,
                limit);
    }

    private static double pivots(CausalSolver settings, Size size) {
        return Math.min((double) size.rows * size.steps, settings.cap(1));
    }

    /** Whether the kernels at t = 0 are made exact: of more rows than half the samples they are too noisy for it. */
    static boolean startsExactly(CausalSolver settings, int rows) {
        return settings.exactStart() && rows <= settings.samples() / 2;
    }

    /** Kernels of the untrained network and their roots; on the backend, the shift of both fields of every layer. */
    private static Demand exactStart(CausalSolver settings, Size size) {
        if (!startsExactly(settings, size.rows)) {
            return new Demand(0, 0, 0, 0, 0);
        }
        double n = size.rows;
        double fields = 2.0 * size.depth;
        return new Demand(
                Double.BYTES * (FIELDS_OF_START * fields * n * size.samples + n * n),
                Double.BYTES * (2 * fields + ROOTS_AT_A_TIME) * n * n,
                fields * FLOPS_OF_ROOTS * n * n * n,
                n * n,
                fields * n * (n + 2 * size.steps));
    }

    /** Numbers kept in either form: noise of the links, current fields, what is recorded. */
    private static double common(Problem problem, Size size, double pivots) {
        double n = size.rows;
        double s = size.samples;
        double recorded = (double) problem.training().record().length * problem.points();
        return GROWTH * 2 * (size.depth - 1) * pivots * s
                + 2 * n * n
                + size.depth * (CURRENT_FIELDS * n * s + 2 * recorded * s);
    }

    private static double commonHeap(Problem problem, Size size, double pivots) {
        double recorded = (double) problem.training().record().length * problem.points();
        return 2 * (size.depth - 1.0) * GROWTH * GROWTH * pivots * pivots
                + KERNEL_ROWS_AT_A_TIME * (double) size.rows * size.rows
                + 2 * size.depth * recorded * recorded;
    }

    /** Draws and responses of all times, noise, and what is read out. */
    private static double commonFlops(Problem problem, Size size, double pivots) {
        double n = size.rows;
        double s = size.samples;
        int recorded = problem.training().record().length;
        return (size.depth - 1.0)
                        * (2 * size.steps * (4 * n * pivots * s + 2 * n * pivots * (n + pivots))
                                + 8 * pivots * pivots * s)
                + (4.0 * size.steps + 4.0 * size.depth * recorded) * n * n * s;
    }

    /** Kernels at equal times, responses, read-outs. */
    private static double commonReadOuts(Size size, double pivots) {
        double n = size.rows;
        return size.steps * n * (4 * size.depth * n + 2 * (size.depth - 1) * pivots + 2)
                + 4 * size.depth * n * size.samples;
    }

    private static Demand kernelForm(Problem problem, CausalSolver settings, Size size) {
        double n = size.rows;
        double rows = n * size.steps;
        double s = size.samples;
        double links = size.depth - 1.0;
        double pivots = pivots(settings, size);
        return new Demand(
                        Double.BYTES * (2 * size.depth * rows * s + n * rows + common(problem, size, pivots)),
                        Double.BYTES
                                * ((2 * links + KERNEL_ROWS_AT_A_TIME) * n * rows + commonHeap(problem, size, pivots)),
                        links * 4 * s * rows * rows + commonFlops(problem, size, pivots),
                        Math.max(n * rows, rows * s),
                        links * rows * (rows + n) + commonReadOuts(size, pivots))
                .plus(exactStart(settings, size));
    }

    private static Demand accumulatorForm(Problem problem, CausalSolver settings, Size size) {
        double n = size.rows;
        double s = size.samples;
        double links = size.depth - 1.0;
        double pivots = pivots(settings, size);
        double reached = Math.min(n * size.steps, size.offsets * pivots);
        Training training = problem.training();
        int filters = training.momentum() == 0 && training.weightDecay() == 0 ? 1 : 2;
        double fields = links
                        * (filters * size.offsets * s * s
                                + 2 * GROWTH * reached * s
                                + KERNEL_ROWS_AT_A_TIME * n * (reached + s))
                + 4 * size.depth * n * s
                + common(problem, size, pivots);
        return new Demand(
                        Double.BYTES * fields,
                        Double.BYTES * (KERNEL_ROWS_AT_A_TIME * n * reached + commonHeap(problem, size, pivots)),
                        links * size.steps * (6 * size.offsets * n * s * s + 2 * 4 * n * reached * s)
                                + commonFlops(problem, size, pivots),
                        Math.max(Math.max(n * reached, GROWTH * reached * s), s * s),
                        2 * links * size.steps * n * (reached + 1) + commonReadOuts(size, pivots))
                .plus(exactStart(settings, size));
    }

    private Demand chosen() {
        return form == CausalSolver.Form.ACCUMULATOR ? accumulator : kernel;
    }

    @Override
    public void requireFits() {
        if (chosen().fits(limit)) {
            return;
        }
        String other = asked ? "" : "; in accumulator form " + accumulator;
        String what = "causal on " + size + ": in " + word(form) + " form " + chosen() + other;
        throw InvalidInputException.key(
                "theory.solver",
                what,
                "at most " + gigabytes(limit) + " of fields, "
                        + gigabytes((double) Runtime.getRuntime().maxMemory())
                        + " of Java heap and 2^31 entries in a matrix; lower theory.samples, training.steps, data.points or the"
                        + " images' side (pixels count squared), or raise -Dorg.bytedeco.javacpp.maxbytes and -Xmx");
    }

    /** With the time at the speed that a short product measures now. */
    @Override
    public Optional<String> text(Backend backend) {
        double speed = speed(backend);
        return Optional.of(String.format(
                Locale.ROOT,
                "infinite-channel theory on %s: %s form, %s at most, about %.0f s at %.0f GFLOP/s (%s)",
                size,
                word(form),
                chosen(),
                Math.ceil(chosen().flops / speed),
                speed / 1e9,
                reason()));
    }

    /** They hold all that was read back, so they grow with the number of steps in either form. */
    @Override
    public Optional<String> checkpoints() {
        Demand demand = chosen();
        double file = Double.BYTES * demand.readOuts + demand.fieldBytes;
        double heap = demand.heapBytes + CHECKPOINT_COPIES * file;
        boolean fits = heap < Runtime.getRuntime().maxMemory() && demand.readOuts < MOST_ENTRIES;
        InvalidInputException.require(
                fits,
                "--checkpoint-every",
                "checkpoints of up to " + gigabytes(file) + ", Java heap " + gigabytes(heap),
                "at most " + gigabytes((double) Runtime.getRuntime().maxMemory())
                        + " of heap and 2^31 numbers; solve without checkpoints, or lower training.steps, theory.samples or data.points");
        return Optional.of("checkpoints of up to " + gigabytes(file) + ", Java heap " + gigabytes(heap));
    }

    @Override
    public Map<String, Object> choices() {
        return Map.of("memory", word(form));
    }

    /** Why this form. */
    private String reason() {
        Demand other = form == CausalSolver.Form.ACCUMULATOR ? kernel : accumulator;
        CausalSolver.Form otherForm =
                form == CausalSolver.Form.ACCUMULATOR ? CausalSolver.Form.KERNEL : CausalSolver.Form.ACCUMULATOR;
        String why = asked ? "as asked" : other.fits(limit) ? "fewer operations" : "the other does not fit";
        return why + "; " + word(otherForm) + " form: " + other;
    }

    private static String word(CausalSolver.Form form) {
        return form.name().toLowerCase(Locale.ROOT);
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
