package org.widthbench.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.widthbench.core.Dataset;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Lockstep;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.training.NetworkTrainer;

/**
 * What a device delivers: its ceilings for memory and arithmetic, then the operations of the solver, a whole solve and a
 * training against those ceilings; how narrow networks gain from being trained side by side; and how far the solve is from
 * the float64 CPU's.
 */
public final class DeviceBenchmark {

    /**
     * How much work.
     *
     * @param side of the square matrices that ceilings are measured on
     * @param samples S of the solve
     * @param steps T of the solve
     * @param width N of the trained network
     * @param trainingSteps its number of steps
     * @param ensembles numbers of seeds trained side by side, and of problems solved so
     */
    public record Size(int side, int samples, int steps, int width, int trainingSteps, int... ensembles) {
        /** Large enough to fill a GPU of any size; minutes on a CPU. */
        public static final Size FULL = new Size(8192, 4096, 100, 2000, 50, 1, 4, 16, 64);
        /** Seconds on a CPU; too small to fill a large GPU. */
        public static final Size QUICK = new Size(512, 512, 10, 300, 5, 1, 4);
    }

    /**
     * Networks trained side by side.
     *
     * @param networks how many
     * @param secondsPerNetwork time of all over their number
     */
    public record Ensemble(int networks, double secondsPerNetwork) {}

    /**
     * Problems solved side by side.
     *
     * @param problems how many, seeds and gamma0 differ
     * @param secondsPerProblem time of all over their number
     * @param callsPerProblem calls of the backend over their number
     */
    public record Batch(int problems, double secondsPerProblem, double callsPerProblem) {}

    /**
     * What was measured.
     *
     * @param ceilings of the device
     * @param work each operation, solve and training
     * @param ensembles batch scaling at {@link #NARROW} neurons
     * @param batches batch scaling of small solves
     * @param lossError largest distance of the loss from the float64 CPU's, same noise
     */
    public record Result(
            Roofline ceilings,
            List<Roofline.Work> work,
            List<Ensemble> ensembles,
            List<Batch> batches,
            double lossError) {
        /** Copies the lists. */
        public Result {
            work = List.copyOf(work);
            ensembles = List.copyOf(ensembles);
            batches = List.copyOf(batches);
        }
    }

    /** Width of the networks that are trained side by side: one of them alone leaves any GPU idle. */
    public static final int NARROW = 64;

    private static final int POINTS = 10;
    private static final int DIMENSION = 25;
    private static final int DEPTH = 3;
    /** The best of so many timings; the first one also warms up. */
    private static final int REPETITIONS = 5;
    /** Flops of one tanh with its derivative, counted as in the kernel's header. */
    private static final int TANH_FLOPS = 20;

    private final Backend backend;
    private final Size size;
    private final int entryBytes;
    private final List<Roofline.Work> work = new ArrayList<>();

    private DeviceBenchmark(Backend backend, Size size) {
        this.backend = backend;
        this.size = size;
        this.entryBytes = backend.description().contains("float32") ? Float.BYTES : Double.BYTES;
    }

    /** Measures a backend. */
    public static Result run(Backend backend, Size size) {
        return new DeviceBenchmark(backend, size).run();
    }

    private Result run() {
        Roofline ceilings = ceilings();
        operations();
        solveAndTrain();
        return new Result(ceilings, work, ensembles(), batches(), lossError());
    }

    private Roofline ceilings() {
        int n = size.side();
        double entries = (double) n * n;
        try (Matrix a = random(n, n);
                Matrix b = random(n, n);
                Matrix c = backend.allocate(1, n, n)) {
            double copy = time(() -> backend.copy(a, c), c);
            double product = time(() -> backend.gemm(1, a, false, b, false, 0, c), c);
            return new Roofline(2 * entries * entryBytes / copy, 2 * entries * n / product);
        }
    }

    /** The solver's own operations at its shapes, at the last step. */
    private void operations() {
        int rows = size.steps() * POINTS;
        int samples = size.samples();
        double history = (double) rows * samples;
        double block = (double) POINTS * samples;
        try (Matrix fields = random(rows, samples);
                Matrix target = random(POINTS, samples);
                Matrix slope = backend.allocate(1, rows, samples);
                Matrix weights = random(POINTS, rows)) {
            measure(
                    "memory sum " + POINTS + " x " + rows + " x " + samples,
                    history + 2 * block,
                    2.0 * POINTS * history,
                    () -> backend.gemm(1, weights, false, fields, false, 1, target),
                    target);
            measure(
                    "kernel row " + POINTS + " x " + rows + " over " + samples,
                    history + block,
                    2.0 * POINTS * history,
                    () -> backend.kernelBlock(1, target, fields),
                    target);
            Activation tanh = new Tanh(1);
            measure(
                    "tanh and slope of " + rows + " x " + samples,
                    3 * history,
                    TANH_FLOPS * history,
                    () -> backend.activate(tanh, fields, fields, slope),
                    slope);
            measure(
                    "normals " + rows + " x " + samples,
                    history,
                    0,
                    () -> backend.normal(new long[] {1}, 0, 0, slope),
                    slope);
        }
    }

    private void solveAndTrain() {
        Problem problem = problem(size.steps());
        CausalSolver solver = new CausalSolver(size.samples(), 0);
        double rows = (double) size.steps() * POINTS;
        double solve = best(() -> solver.solve(problem, backend));
        // Kernel form streams half of phi's and g's history twice in every step and layer.
        double streamed = 2.0 * DEPTH * size.samples() * size.steps() * rows * entryBytes;
        work.add(new Roofline.Work(
                "solve, L=" + DEPTH + ", S=" + size.samples() + ", TP=" + (int) rows,
                streamed,
                Roofline.solveFlops(problem, size.samples()),
                solve));
        int n = size.width();
        int steps = size.trainingSteps();
        Problem trained = problem(steps);
        double seconds = best(() -> new NetworkTrainer(n, 0, backend).train(trained));
        double hidden = (DEPTH - 1.0) * n * n;
        double flops = (6 * hidden * POINTS + 4.0 * n * DIMENSION * POINTS) * steps;
        work.add(new Roofline.Work(
                "train, N=" + n + ", " + steps + " steps", 4 * hidden * entryBytes * steps, flops, seconds));
    }

    private List<Ensemble> ensembles() {
        List<Ensemble> ensembles = new ArrayList<>();
        Problem problem = problem(size.trainingSteps());
        for (int networks : size.ensembles()) {
            long[] seeds = LongStream.range(0, networks).toArray();
            double seconds = best(() -> NetworkTrainer.trainEnsemble(problem, NARROW, seeds, backend, Progress.NONE));
            ensembles.add(new Ensemble(networks, seconds / networks));
        }
        return ensembles;
    }

    private List<Batch> batches() {
        List<Batch> batches = new ArrayList<>();
        for (int problems : size.ensembles()) {
            List<Function<Backend, OrderParameters>> solves = new ArrayList<>();
            for (int i = 0; i < problems; i++) {
                Problem problem = smallProblem().withGamma0(i % 2 == 0 ? 1 : 0.5);
                CausalSolver solver = smallSolver().withSamples(smallSolver().samples(), i);
                solves.add(lane -> solver.solve(problem, lane));
            }
            Lockstep lockstep = new Lockstep(backend);
            double seconds = best(() -> lockstep.run(solves).forEach(Lockstep.Outcome::orThrow));
            batches.add(new Batch(problems, seconds / problems, (double) lockstep.calls() / REPETITIONS / problems));
        }
        return batches;
    }

    private Problem smallProblem() {
        return problem(Math.min(size.steps(), Size.QUICK.steps()));
    }

    private CausalSolver smallSolver() {
        return new CausalSolver(Math.min(size.samples(), Size.QUICK.samples()), 0);
    }

    private double lossError() {
        Problem problem = smallProblem();
        CausalSolver solver = smallSolver();
        OrderParameters here = solver.solve(problem, backend);
        double largest = 0;
        try (Backend cpu = new CpuBackend()) {
            double[] reference = solver.solve(problem, cpu).loss();
            for (int t = 0; t < reference.length; t++) {
                largest = Math.max(largest, Math.abs(here.loss()[t] - reference[t]));
            }
        }
        return largest;
    }

    private static Problem problem(int steps) {
        Dataset data = new GaussianSource(DIMENSION, POINTS, 0).load();
        return new Problem(data, Network.mlp(DEPTH, new Tanh(1)), Training.descent(1, 0.1, steps));
    }

    private Matrix random(int rows, int columns) {
        Matrix matrix = backend.allocate(1, rows, columns);
        backend.normal(new long[] {0}, 0, 0, matrix);
        return matrix;
    }

    private void measure(String name, double entries, double flops, Runnable operation, Matrix written) {
        work.add(new Roofline.Work(name, entries * entryBytes, flops, time(operation, written)));
    }

    /** Best time of an operation, reading one number so that a device that works ahead has finished. */
    private double time(Runnable operation, Matrix written) {
        Matrix corner = written.block(0, 1, 0, 1);
        return best(() -> {
            operation.run();
            backend.rowDot(corner, corner);
        });
    }

    private static double best(Runnable operation) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < REPETITIONS; i++) {
            long started = System.nanoTime();
            operation.run();
            best = Math.min(best, (System.nanoTime() - started) / 1e9);
        }
        return best;
    }
}
