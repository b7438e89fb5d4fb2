package org.widthbench.core.solver;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Error bars of a causal solve with S samples, {@code docs/accuracy.md} "Error bars". Its variance is estimated from R further
 * solves with {@code s <= S} samples and independent noise, whose variance is {@code S/s} times as large, and from the solve's
 * own distance to their mean:
 *
 * <pre>  R var = (s/S) sum_r (x_r - x_mean)^2 + (x - x_mean)^2 / (1 + S/(s R)),   R degrees of freedom.</pre>
 *
 * A bar is the root of it times {@code t_R / 1.96}, with {@code t_R} the 97.5% quantile of Student's distribution, so that two bars
 * hold about 95% of all solves whatever R is. What the pivots leave to residual noise ({@link PivotReport#lossBias}), a bias
 * that all seeds share, is added in the square.
 *
 * @param finalLoss bar of the loss at the last time
 * @param loss largest bar of the loss over all times
 * @param features relative bar of {@code Phi^l} in the Frobenius norm, length L
 * @param gradients relative bar of {@code G^l} in the Frobenius norm, length L
 * @param replicates R
 * @param samples s
 * @param bias part of {@code loss} that more samples do not lower unless they allow more pivots
 */
public record ErrorBars(
        double finalLoss,
        double loss,
        double[] features,
        double[] gradients,
        int replicates,
        int samples,
        double bias) {
    /** Seeds of replicates lie this far from the solve's own, so that neighbouring seeds stay independent runs. */
    private static final long SEED_OFFSET = 1L << 40;

    /**
     * How many replicates, and with which part of the samples. The first two choices take about as long as the solve itself, the
     * third twice and the last three times as long.
     */
    private static final List<Choice> CHOICES =
            List.of(new Choice(8, 8), new Choice(4, 4), new Choice(4, 2), new Choice(3, 1));

    /**
     * Fewest samples of a replicate per pivot of the solve. Down to there the variance goes like 1/S within 20%: it was measured
     * from 0.9 to 40 samples per pivot.
     */
    private static final double SAMPLES_PER_PIVOT = 1.25;

    /** Fewest samples of a replicate: averages over fewer are not yet normal. */
    private static final int FEWEST = 32;

    private static final double TWO_SIDED = 0.975;

    /** @param part the replicates' number of samples is S over this */
    private record Choice(int replicates, int part) {}

    /** Makes solvers of the same estimator: a cap on pivots that the solver chose by its samples stays. */
    interface Replicates {
        /**
         * @param samples s
         * @param offset of the seed
         */
        Solver with(int samples, long offset);
    }

    /**
     * Solves again and again.
     *
     * @param size number S of samples of the solution
     * @param solution whose errors are wanted
     * @throws SolverException if not even as many samples as the solution has carry other noise
     */
    static ErrorBars estimate(
            int size, Replicates replicates, Problem problem, Solution solution, Backend backend, Progress progress) {
        double least = Math.max(FEWEST, SAMPLES_PER_PIVOT * solution.pivots().most());
        SolverException last = null;
        for (Choice choice : CHOICES) {
            int samples = size / choice.part;
            if (samples < least && choice.part > 1) {
                continue;
            }
            try {
                List<Solution> found = SolverBatch.solveAll(
                        LongStream.rangeClosed(1, choice.replicates)
                                .mapToObj(r -> replicates.with(samples, r * SEED_OFFSET))
                                .toList(),
                        Collections.nCopies(choice.replicates, problem),
                        backend,
                        progress);
                return of(size, solution, samples, found);
            } catch (SolverException e) {
                last = e;
            }
        }
        throw last;
    }

    private static ErrorBars of(int size, Solution solution, int samples, List<Solution> replicates) {
        Spread spread = new Spread(
                solution.results(), replicates.stream().map(Solution::results).toList(), (double) size / samples);
        double[] loss = spread.bars(OrderParameters::loss);
        double[] bias = solution.pivots().lossBias(solution.results().loss());
        double largest = 0;
        double largestBias = 0;
        for (int t = 0; t < loss.length; t++) {
            loss[t] = Math.hypot(loss[t], bias[t]);
            largest = Math.max(largest, loss[t]);
            largestBias = Math.max(largestBias, bias[t]);
        }
        double kernelBias = solution.pivots().kernelBias();
        return new ErrorBars(
                loss[loss.length - 1],
                largest,
                spread.kernels(OrderParameters::featureKernels, kernelBias),
                spread.kernels(OrderParameters::gradientKernels, kernelBias),
                replicates.size(),
                samples,
                largestBias);
    }

    /** What the bars are, for people. */
    public String method() {
        return String.format(
                Locale.ROOT,
                "one standard error, widened by Student's t so that two are a 95%% interval: spread of %d further solves with %d"
                        + " samples, and what pivots leave to noise (at most %.1e of the loss); loss: largest over times",
                replicates,
                samples,
                bias);
    }

    /**
     * How far a solution and its replicates lie apart.
     *
     * @param ratio {@code S/s}
     */
    private record Spread(OrderParameters solution, List<OrderParameters> replicates, double ratio) {
        /** {@code t_R / 1.96}. */
        private double widening() {
            return new TDistribution(replicates.size()).inverseCumulativeProbability(TWO_SIDED)
                    / new NormalDistribution().inverseCumulativeProbability(TWO_SIDED);
        }

        /** Bars of single numbers. */
        double[] bars(Function<OrderParameters, double[]> values) {
            double[] own = values.apply(solution);
            List<double[]> others = replicates.stream().map(values).toList();
            double[] bars = new double[own.length];
            for (int i = 0; i < own.length; i++) {
                bars[i] = widening() * Math.sqrt(variance(own, others, i));
            }
            return bars;
        }

        /** Relative bars of kernels in the Frobenius norm. */
        double[] kernels(Function<OrderParameters, List<Tensor>> kernels, double bias) {
            double[] bars = new double[solution.depth()];
            for (int l = 0; l < bars.length; l++) {
                int layer = l;
                double[] own = kernels.apply(solution).get(l).data();
                List<double[]> others = replicates.stream()
                        .map(replicate -> kernels.apply(replicate).get(layer).data())
                        .toList();
                double sum = 0;
                double square = 0;
                for (int i = 0; i < own.length; i++) {
                    sum += variance(own, others, i);
                    square += own[i] * own[i];
                }
                bars[l] = square == 0 ? 0 : Math.hypot(widening() * Math.sqrt(sum / square), bias);
            }
            return bars;
        }

        private double variance(double[] own, List<double[]> others, int at) {
            int n = others.size();
            double mean = 0;
            for (double[] other : others) {
                mean += other[at] / n;
            }
            double sum = 0;
            for (double[] other : others) {
                sum += (other[at] - mean) * (other[at] - mean) / ratio;
            }
            double apart = own[at] - mean;
            return (sum + apart * apart / (1 + ratio / n)) / n;
        }
    }
}
