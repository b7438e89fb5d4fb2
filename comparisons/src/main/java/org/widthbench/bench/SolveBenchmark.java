package org.widthbench.bench;

import java.util.Arrays;
import java.util.function.Consumer;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.solver.CausalSolver;

/**
 * Times the causal solver against a floor: the time that the machine's matrix product takes for {@code 4 L S (T Q)^2} flops,
 * the count of the memory sums and kernel rows in kernel form ({@code docs/theory.md} 4.1). Floor and solve alternate, so
 * that other work on the machine weighs on both.
 */
public final class SolveBenchmark {

    /**
     * One pair of timings.
     *
     * @param floorSeconds the products alone
     * @param solveSeconds the whole solve
     * @param gigaflops rate of the products, in 1e9 flops a second
     */
    public record Round(double floorSeconds, double solveSeconds, double gigaflops) {
        /** Solve over floor. */
        public double ratio() {
            return solveSeconds / floorSeconds;
        }
    }

    /** The second solve still runs code that is being compiled. */
    private static final int WARM_UP = 2;

    private SolveBenchmark() {}

    /** {@code 4 L S (T Q)^2}. */
    public static double floorFlops(Problem problem, int samples) {
        double rows = (double) problem.training().steps() * problem.points();
        return 4.0 * problem.network().depth() * samples * rows * rows;
    }

    /**
     * Alternates floor and solve, after rounds that warm machine and compiler up and are not kept.
     *
     * @param report hears of each kept round as it ends
     */
    public static Round[] run(
            Problem problem, CausalSolver solver, Backend backend, int rounds, Consumer<Round> report) {
        Round[] kept = new Round[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            double floor = floor(problem, solver.samples(), backend);
            long started = System.nanoTime();
            solver.solve(problem, backend);
            double solve = seconds(started);
            if (i >= 0) {
                kept[i] = new Round(floor, solve, floorFlops(problem, solver.samples()) / floor / 1e9);
                report.accept(kept[i]);
            }
        }
        return kept;
    }

    /** Median of the ratios. */
    public static double medianRatio(Round... rounds) {
        double[] ratios =
                Arrays.stream(rounds).mapToDouble(Round::ratio).sorted().toArray();
        int middle = ratios.length / 2;
        return ratios.length % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
    }

    private static double floor(Problem problem, int samples, Backend backend) {
        int rows = problem.training().steps() * problem.points();
        // One product of (TQ x S) and (S x TQ) is 2 S (TQ)^2 flops.
        int products = 2 * problem.network().depth();
        try (Matrix fields = backend.allocate(1, rows, samples);
                Matrix kernel = backend.allocate(1, rows, rows)) {
            backend.normal(new long[] {0}, 0, 0, fields);
            long started = System.nanoTime();
            for (int i = 0; i < products; i++) {
                backend.gemm(1.0 / samples, fields, false, fields, true, 0, kernel);
            }
            // Reading a row waits for a device that works ahead.
            backend.rowDot(kernel.rows(0, 1), kernel.rows(0, 1));
            return seconds(started);
        }
    }

    private static double seconds(long started) {
        return (System.nanoTime() - started) / 1e9;
    }
}
