package org.widthbench.bench;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;
import org.widthbench.comparison.EnsembleMean;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.ErrorBars;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.Solver;

/**
 * How often two {@link ErrorBars} hold the true error: that of the loss at the last time, the largest of the loss over all times, and
 * the relative ones of the kernels. The truth is the mean of {@value #REFERENCES} solves with {@value #REFINEMENT} times the samples and
 * much tighter tolerances; its own error, 18% of that of one solve, counts against the bars.
 */
public final class CoverageStudy {
    /** Bars that are to hold an error. */
    public static final int BARS = 2;

    private static final int REFERENCES = 8;
    private static final int REFINEMENT = 4;
    private static final double TOLERANCE_U = 1e-7;
    private static final double TOLERANCE_R = 1e-5;
    /** Seeds of references lie far from those that are judged. */
    private static final long REFERENCE_SEED = 1L << 50;
    /** The target of the loss' error is met from so many times fewer samples. */
    private static final int COARSENING = 4;

    private static final double CONFIDENCE = 0.95;

    private CoverageStudy() {}

    /**
     * How many errors lay within two bars.
     *
     * @param within of them
     * @param of all
     */
    public record Count(int within, int of) {
        /** Both counts together. */
        public Count plus(Count other) {
            return new Count(within + other.within, of + other.of);
        }

        private Count and(boolean holds) {
            return new Count(within + (holds ? 1 : 0), of + 1);
        }

        /** Lower and upper end of Wilson's 95% interval for the share. */
        public double[] interval() {
            ConfidenceInterval interval = new WilsonScoreInterval().createInterval(of, within, CONFIDENCE);
            return new double[] {interval.getLowerBound(), interval.getUpperBound()};
        }
    }

    /**
     * What one problem gave.
     *
     * @param name of the problem
     * @param replicates of the bars
     * @param samples of a replicate
     * @param counts errors of the loss at the last time; largest errors over all times; errors of every {@code Phi^l}; of every
     *     {@code G^l}; and those of the loss that are at most the target, of solves refined until two bars are
     * @param width root mean square bar of the last loss over the root mean square error
     */
    public record Coverage(String name, int replicates, int samples, List<Count> counts, double width) {}

    /** Names of the problems. */
    public static List<String> names() {
        return List.copyOf(CoveragePanel.problems().keySet());
    }

    /**
     * Solves every problem with every seed.
     *
     * @param names of the problems
     * @param samples S
     * @param seeds how many, from 0
     * @param report hears of each problem
     */
    public static void run(List<String> names, int samples, int seeds, Backend backend, Consumer<Coverage> report) {
        Map<String, Problem> panel = CoveragePanel.problems();
        for (String name : names) {
            report.accept(new Case(name, panel.get(name), samples, backend).coverage(seeds));
        }
    }

    /** One problem and the truth of it. */
    private static final class Case {
        private final String name;
        private final Problem problem;
        private final int samples;
        private final Backend backend;
        private final OrderParameters truth;

        Case(String name, Problem problem, int samples, Backend backend) {
            this.name = name;
            this.problem = problem;
            this.samples = samples;
            this.backend = backend;
            EnsembleMean references = new EnsembleMean();
            for (int k = 0; k < REFERENCES; k++) {
                references.add(new CausalSolver(REFINEMENT * samples, REFERENCE_SEED + k)
                        .withTolerances(TOLERANCE_U, TOLERANCE_R)
                        .solve(problem, backend)
                        .results());
            }
            this.truth = references.mean();
        }

        Coverage coverage(int seeds) {
            Count none = new Count(0, 0);
            Count[] counts = {none, none, none, none, none};
            double bars = 0;
            double errors = 0;
            double target = 0;
            int replicates = 0;
            int size = 0;
            for (int seed = 0; seed < seeds; seed++) {
                CausalSolver solver = new CausalSolver(samples, seed);
                Solution solution = solver.solve(problem, backend);
                ErrorBars found = bars(solver, solution);
                OrderParameters solved = solution.results();
                double error = Math.abs(solved.finalLoss() - truth.finalLoss());
                counts[0] = counts[0].and(error <= BARS * found.finalLoss());
                counts[1] = counts[1].and(ErrorNorms.loss(solved, truth) <= BARS * found.loss());
                counts[2] = kernels(counts[2], solved, OrderParameters::featureKernels, found.features());
                counts[3] = kernels(counts[3], solved, OrderParameters::gradientKernels, found.gradients());
                bars += found.finalLoss() * found.finalLoss();
                errors += error * error;
                target += BARS * found.loss() / seeds;
                replicates = found.replicates();
                size = found.samples();
            }
            for (int seed = 0; seed < seeds; seed++) {
                counts[4] = counts[4].and(ErrorNorms.loss(refined(target, seeds + seed), truth) <= target);
            }
            return new Coverage(name, replicates, size, List.of(counts), Math.sqrt(bars / errors));
        }

        private ErrorBars bars(Solver solver, Solution solution) {
            return solver.errorBars(problem, solution, backend, Progress.NONE).orElseThrow();
        }

        /** As {@code solve --target-error} does. */
        private OrderParameters refined(double target, int seed) {
            CausalSolver solver = new CausalSolver(samples / COARSENING, seed);
            while (true) {
                Solution solution = solver.solve(problem, backend);
                ErrorBars bars = bars(solver, solution);
                if (BARS * bars.loss() <= target) {
                    return solution.results();
                }
                solver = solver.withSamples(2 * solver.samples(), seed);
            }
        }

        private Count kernels(
                Count count, OrderParameters solved, Function<OrderParameters, List<Tensor>> kernels, double[] bars) {
            Count more = count;
            for (int l = 0; l < bars.length; l++) {
                Tensor kernel = kernels.apply(solved).get(l);
                more = more.and(ErrorNorms.relative(kernel, kernels.apply(truth).get(l)) <= BARS * bars[l]);
            }
            return more;
        }
    }
}
