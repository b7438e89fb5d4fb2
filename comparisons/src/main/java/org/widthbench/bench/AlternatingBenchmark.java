package org.widthbench.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.solver.AlternatingSolver;
import org.widthbench.core.solver.CausalSolver;

/**
 * Time and error of the alternating solver of the paper ({@code docs/theory.md} 4.2) and of the causal solver (4.1) on the
 * same problems with the same number of samples, over a growing number {@code T P} of kernel rows. Their solves alternate in
 * one run, so that other work on the machine weighs on both. Errors are distances from a causal solve with many more samples
 * and other noise.
 */
public final class AlternatingBenchmark {
    /** Points P of every problem; more rows are more times. */
    public static final int POINTS = 4;

    private static final int DIMENSION = 25;
    private static final double BETA = 0.8;
    private static final double ETA = 0.2;
    private static final int REFERENCE_SAMPLES = 1 << 15;
    private static final long REFERENCE_SEED = 1000;

    /** The compiler is done with the hot loops after as many solves of a problem. */
    private static final int WARM_UP = 5;
    /** Causal solves a round: one takes milliseconds, less than the clock of processor time can tell. */
    private static final int CAUSAL_SOLVES = 50;

    private AlternatingBenchmark() {}

    /**
     * What is solved.
     *
     * @param rows the numbers {@code T P}, multiples of {@link #POINTS}
     * @param depth L
     * @param samples S of both solvers, at least twice the largest number of rows
     * @param rounds timings of each solver; the fastest counts, since other work on the machine only ever adds
     */
    public record Plan(int[] rows, int depth, int samples, int rounds) {}

    /**
     * One solver on one problem.
     *
     * @param seconds of the fastest solve
     * @param processorSeconds of all cores together, mean over the solves: other work on the machine hardly changes it
     * @param loss largest distance of the loss from the reference over all times
     * @param kernels largest relative distance of a kernel from the reference, Frobenius norm
     */
    public record Outcome(double seconds, double processorSeconds, double loss, double kernels) {}

    /**
     * Both solvers on one problem.
     *
     * @param rows {@code T P}
     * @param iterations that the alternating solver took
     */
    public record Size(int rows, Outcome causal, Outcome alternating, int iterations) {
        /** How many times the causal solver's processor time the alternating one takes. */
        public double ratio() {
            return alternating.processorSeconds / causal.processorSeconds;
        }
    }

    /**
     * Solves problem after problem.
     *
     * @param report hears of each problem when both solvers are done with it
     */
    public static List<Size> run(Plan plan, Backend backend, Consumer<Size> report) {
        CausalSolver causal = new CausalSolver(plan.samples, 0);
        AlternatingSolver alternating = new AlternatingSolver(plan.samples, 0);
        alternating.solve(problem(plan, plan.rows[0]), backend);
        List<Size> sizes = new ArrayList<>();
        for (int rows : plan.rows) {
            Size size = size(problem(plan, rows), causal, alternating, plan.rounds, backend);
            sizes.add(size);
            report.accept(size);
        }
        return sizes;
    }

    private static Size size(
            Problem problem, CausalSolver causal, AlternatingSolver alternating, int rounds, Backend backend) {
        OrderParameters reference = new CausalSolver(REFERENCE_SAMPLES, REFERENCE_SEED).solve(problem, backend);
        for (int i = 0; i < WARM_UP; i++) {
            causal.solve(problem, backend);
        }
        Clock causalClock = new Clock();
        Clock alternatingClock = new Clock();
        int[] iterations = new int[1];
        OrderParameters byCausal = null;
        OrderParameters byAlternating = null;
        for (int round = 0; round < rounds; round++) {
            byCausal = causalClock.time(CAUSAL_SOLVES, () -> causal.solve(problem, backend));
            byAlternating = alternatingClock.time(
                    1,
                    () -> alternating.solve(
                            problem, backend, Progress.NONE, iteration -> iterations[0] = iteration.number()));
        }
        return new Size(
                problem.training().steps() * problem.points(),
                outcome(causalClock, byCausal, reference),
                outcome(alternatingClock, byAlternating, reference),
                iterations[0]);
    }

    private static Outcome outcome(Clock clock, OrderParameters solution, OrderParameters reference) {
        return new Outcome(
                clock.fastest,
                clock.processor / clock.solves,
                ErrorNorms.loss(solution, reference),
                ErrorNorms.kernels(solution, reference));
    }

    private static Problem problem(Plan plan, int rows) {
        DataSource data = new GaussianSource(DIMENSION, POINTS, 0);
        return new Problem(
                data.load(), Network.mlp(plan.depth, new Tanh(BETA)), Training.descent(1, ETA, rows / POINTS));
    }

    /** Wall and processor time of repeated solves. */
    private static final class Clock {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        /** The system counts processor time in ticks of this many seconds: less than one cannot be told from none. */
        private static final double TICK = 0.01;

        private double fastest = Double.POSITIVE_INFINITY;
        private double processor;
        private int solves;

        OrderParameters time(int times, Supplier<OrderParameters> solve) {
            OrderParameters last = null;
            long processorStarted = SYSTEM.getProcessCpuTime();
            for (int i = 0; i < times; i++) {
                long started = System.nanoTime();
                last = solve.get();
                fastest = Math.min(fastest, (System.nanoTime() - started) / 1e9);
            }
            processor += Math.max(TICK, (SYSTEM.getProcessCpuTime() - processorStarted) / 1e9);
            solves += times;
            return last;
        }
    }
}
