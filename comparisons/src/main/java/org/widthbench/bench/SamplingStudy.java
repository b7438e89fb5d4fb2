package org.widthbench.bench;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.apache.commons.math3.util.MathArrays;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.SolverBatch;

/**
 * How the sampling error of the causal solver falls with the number of samples S: the spread of loss and kernels over
 * independent seeds, for several choices of the leading noise rows ({@code docs/theory.md} 4.1). Independent samples without
 * any such choice would give {@code S^(-1/2)}.
 */
public final class SamplingStudy {
    private SamplingStudy() {}

    /**
     * Spread over the seeds: standard deviations, unbiased in the square.
     *
     * @param samples S
     * @param loss root mean square over time
     * @param features of {@code Phi^1}, relative to its mean, in the Frobenius norm
     * @param deepFeatures of {@code Phi^L}, likewise
     * @param gradients of {@code G^1}, likewise
     */
    public record Spread(int samples, double loss, double features, double deepFeatures, double gradients) {

        /** Of solutions of one problem that differ in the seed alone, at least two. */
        static Spread of(int samples, List<OrderParameters> solutions) {
            int deepest = solutions.get(0).depth() - 1;
            List<double[]> loss = solutions.stream().map(OrderParameters::loss).toList();
            return new Spread(
                    samples,
                    Math.sqrt(variance(loss) / loss.get(0).length),
                    relative(layer(solutions, 0)),
                    relative(layer(solutions, deepest)),
                    relative(solutions.stream()
                            .map(solution -> solution.gradientKernels().get(0).data())
                            .toList()));
        }

        /** The four figures, in the order of the components. */
        public double[] figures() {
            return new double[] {loss, features, deepFeatures, gradients};
        }
    }

    /**
     * Solves every variant at every S with every seed.
     *
     * @param variants solvers by name; their samples and seeds are replaced
     * @param samples ascending
     * @param seeds how many, at least two
     * @param report hears of each spread
     */
    public static void run(
            Problem problem,
            Map<String, CausalSolver> variants,
            int[] samples,
            int seeds,
            Backend backend,
            BiConsumer<String, Spread> report) {
        variants.forEach((name, solver) -> {
            for (int size : samples) {
                List<CausalSolver> solvers = LongStream.range(0, seeds)
                        .mapToObj(seed -> solver.withSamples(size, seed))
                        .toList();
                List<OrderParameters> solutions =
                        SolverBatch.solveAll(solvers, Collections.nCopies(seeds, problem), backend, Progress.NONE)
                                .stream()
                                .map(Solution::results)
                                .toList();
                report.accept(name, Spread.of(size, solutions));
            }
        });
    }

    private static List<double[]> layer(List<OrderParameters> solutions, int layer) {
        return solutions.stream()
                .map(solution -> solution.featureKernels().get(layer).data())
                .toList();
    }

    /** Summed over the entries. */
    static double variance(List<double[]> values) {
        return SeedStatistics.along(values).stream()
                .mapToDouble(SeedStatistics::variance)
                .sum();
    }

    private static double relative(List<double[]> values) {
        return Math.sqrt(variance(values)) / MathArrays.safeNorm(SeedStatistics.mean(values));
    }
}
