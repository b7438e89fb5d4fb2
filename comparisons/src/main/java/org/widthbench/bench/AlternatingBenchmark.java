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
 * and other noise, as means over seeds: those of single seeds scatter by a third and more, and the same seed is as bad or good
 * at every size, so that one seed shows trends that are none.
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
     * @param seeds number of seeds of the noise, at least two; both solvers solve with each
     */
    public record Plan(int[] rows, int depth, int samples, int seeds) {}

    /**
     * One solver on one problem.
     *
     * @param seconds of the fastest solve, since other work on the machine only ever adds
     * @param processorSeconds of all cores together, mean over the solves: other work on the machine hardly changes it
     * @param loss largest distance of the loss from the reference over all times
     * @param kernels largest relative distance of a kernel from the reference, Frobenius norm
     */
    public record Outcome(
            double seconds, double processorSeconds, SeedAverage.Estimate loss, SeedAverage.Estimate kernels) {}

    /**
     * Both solvers on one problem.
     *
     * @param rows {@code T P}
     * @param iterations that the alternating solver took with the last seed
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
        new AlternatingSolver(plan.samples, 0).solve(problem(plan, plan.rows[0]), backend);
        List<Size> sizes = new ArrayList<>();
        for (int rows : plan.rows) {
            Size size = size(problem(plan, rows), plan, backend);
            sizes.add(size);
            report.accept(size);
        }
        return sizes;
    }

    private static Size size(Problem problem, Plan plan, Backend backend) {
        OrderParameters reference = new CausalSolver(REFERENCE_SAMPLES, REFERENCE_SEED).solve(problem, backend);
        for (int i = 0; i < WARM_UP; i++) {
            new CausalSolver(plan.samples, 0).solve(problem, backend);
        }
        Measured causal = new Measured(reference);
        Measured alternating = new Measured(reference);
        int[] iterations = new int[1];
        for (int seed = 0; seed < plan.seeds; seed++) {
            CausalSolver byTime = new CausalSolver(plan.samples, seed);
            AlternatingSolver byIteration = new AlternatingSolver(plan.samples, seed);
            causal.add(CAUSAL_SOLVES, () -> byTime.solve(problem, backend));
            alternating.add(
                    1,
                    () -> byIteration.solve(
                            problem, backend, Progress.NONE, iteration -> iterations[0] = iteration.number()));
        }
        return new Size(
                problem.training().steps() * problem.points(), causal.outcome(), alternating.outcome(), iterations[0]);
    }

    private static Problem problem(Plan plan, int rows) {
        DataSource data = new GaussianSource(DIMENSION, POINTS, 0);
        return new Problem(
                data.load(), Network.mlp(plan.depth, new Tanh(BETA)), Training.descent(1, ETA, rows / POINTS));
    }

    /** Wall and processor time of one solver's solves, and their errors. */
    private static final class Measured {
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        /** The system counts processor time in ticks of this many seconds: less than one cannot be told from none. */
        private static final double TICK = 0.01;

        private final OrderParameters reference;
        private final List<Double> loss = new ArrayList<>();
        private final List<Double> kernels = new ArrayList<>();
        private double fastest = Double.POSITIVE_INFINITY;
        private double processor;
        private int solves;

        Measured(OrderParameters reference) {
            this.reference = reference;
        }

        /** Times a solve, repeated, with the noise of one more seed. */
        void add(int times, Supplier<OrderParameters> solve) {
            OrderParameters last = null;
            long processorStarted = SYSTEM.getProcessCpuTime();
            for (int i = 0; i < times; i++) {
                long started = System.nanoTime();
                last = solve.get();
                fastest = Math.min(fastest, (System.nanoTime() - started) / 1e9);
            }
            processor += Math.max(TICK, (SYSTEM.getProcessCpuTime() - processorStarted) / 1e9);
            solves += times;
            loss.add(ErrorNorms.loss(last, reference));
            kernels.add(ErrorNorms.kernels(last, reference));
        }

        private static SeedAverage.Estimate estimate(List<Double> seeds) {
            return SeedAverage.estimate(
                    seeds.stream().mapToDouble(Double::doubleValue).toArray());
        }

        Outcome outcome() {
            return new Outcome(fastest, processor / solves, estimate(loss), estimate(kernels));
        }
    }
}
