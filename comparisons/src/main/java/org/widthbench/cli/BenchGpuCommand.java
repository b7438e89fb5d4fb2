package org.widthbench.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.widthbench.bench.ErrorNorms;
import org.widthbench.bench.Roofline;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.Lockstep;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.training.NetworkTrainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a device delivers: its ceilings for memory and arithmetic, then the operations of the solver, a whole solve and a
 * training against those ceilings; how narrow networks gain from being trained side by side; and how far the solve is from
 * the float64 CPU's.
 */
@Command(
        name = "gpu",
        header = "Measure a device's ceilings and how close solver and training come to them.",
        description =
                "Measures copy bandwidth and the rate of a large matrix product, then the solver's operations, a whole solve"
                        + " and a training as shares of what these ceilings allow; networks of 64 neurons trained side by"
                        + " side, and small problems solved so, with the calls of the backend that each costs; and the"
                        + " distance of the loss from the float64 CPU's. Without a GPU the CPU is measured.",
        footer = {"  widthbench bench gpu", "  widthbench bench gpu --quick --device cpu"})
final class BenchGpuCommand extends Benchmark {
    /** Width of the networks that are trained side by side: one of them alone leaves any GPU idle. */
    private static final int NARROW = 64;

    private static final int POINTS = 10;
    private static final int DIMENSION = 25;
    private static final int DEPTH = 3;
    /** The best of so many timings; the first one also warms up. */
    private static final int REPETITIONS = 5;
    /** Flops of one tanh with its derivative, counted as in the kernel's header. */
    private static final int TANH_FLOPS = 20;

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
    private record Size(int side, int samples, int steps, int width, int trainingSteps, int... ensembles) {
        /** Large enough to fill a GPU of any size; minutes on a CPU. */
        static final Size FULL = new Size(8192, 4096, 100, 2000, 50, 1, 4, 16, 64);
        /** Seconds on a CPU; too small to fill a large GPU. */
        static final Size QUICK = new Size(512, 512, 10, 300, 5, 1, 4);
    }

    @Option(names = "--quick", description = "Small sizes: seconds on a CPU, but they do not fill a large GPU.")
    private boolean quick;

    private Backend backend;
    private Size size;
    private int entryBytes;
    private Roofline ceilings;

    @Override
    void requireOptions() {
        // Both values of the only one are good.
    }

    @Override
    int measure(Backend device) {
        backend = device;
        size = quick ? Size.QUICK : Size.FULL;
        entryBytes = backend.description().contains("float32") ? Float.BYTES : Double.BYTES;
        ceilings = measuredCeilings();
        print(
                "ceilings: copy %.1f GB/s, product %.1f GFLOP/s%n%n",
                ceilings.bytesPerSecond() / 1e9, ceilings.flopsPerSecond() / 1e9);
        print("%-36s %10s %9s %10s  %5s  %s%n", "work", "ms", "GB/s", "GFLOP/s", "share", "bound");
        operations();
        solveAndTrain();
        ensembles();
        batches();
        print("%nloss: at most %.1e from the float64 CPU, same noise%n", lossError());
        return Main.OK;
    }

    private void print(Roofline.Work work) {
        print(
                "%-36s %10.3f %9.1f %10.1f  %4.0f%%  %s%n",
                work.name(),
                work.seconds() * 1e3,
                work.bytes() / work.seconds() / 1e9,
                work.flops() / work.seconds() / 1e9,
                100 * ceilings.share(work),
                ceilings.limit(work));
    }

    private Roofline measuredCeilings() {
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
        print(new Roofline.Work(
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
        print(new Roofline.Work(
                "train, N=" + n + ", " + steps + " steps", 4 * hidden * entryBytes * steps, flops, seconds));
    }

    private void ensembles() {
        print("%n%-36s %10s %9s%n", "networks of " + NARROW + " neurons side by side", "ms each", "gain");
        Problem problem = problem(size.trainingSteps());
        double alone = Double.NaN;
        for (int networks : size.ensembles()) {
            long[] seeds = LongStream.range(0, networks).toArray();
            double each =
                    best(() -> NetworkTrainer.trainEnsemble(problem, NARROW, seeds, backend, Progress.NONE)) / networks;
            alone = Double.isNaN(alone) ? each : alone;
            print("%-36d %10.3f %9.1f%n", networks, each * 1e3, alone / each);
        }
    }

    private void batches() {
        print("%n%-36s %10s %9s %10s%n", "problems solved side by side", "ms each", "gain", "calls each");
        double single = Double.NaN;
        for (int problems : size.ensembles()) {
            List<Function<Backend, OrderParameters>> solves = new ArrayList<>();
            for (int i = 0; i < problems; i++) {
                Problem problem = smallProblem().withGamma0(i % 2 == 0 ? 1 : 0.5);
                CausalSolver solver = smallSolver().withSamples(smallSolver().samples(), i);
                solves.add(lane -> solver.solve(problem, lane).results());
            }
            Lockstep lockstep = new Lockstep(backend);
            double each = best(() -> lockstep.run(solves).forEach(Lockstep.Outcome::orThrow)) / problems;
            single = Double.isNaN(single) ? each : single;
            print(
                    "%-36d %10.3f %9.1f %10.0f%n",
                    problems, each * 1e3, single / each, (double) lockstep.calls() / REPETITIONS / problems);
        }
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
        OrderParameters here = solver.solve(problem, backend).results();
        try (Backend cpu = new CpuBackend()) {
            return ErrorNorms.loss(here, solver.solve(problem, cpu).results());
        }
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
        print(new Roofline.Work(name, entries * entryBytes, flops, time(operation, written)));
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
        return IntStream.range(0, REPETITIONS)
                .mapToDouble(i -> Cost.of(operation).seconds())
                .min()
                .orElseThrow();
    }
}
