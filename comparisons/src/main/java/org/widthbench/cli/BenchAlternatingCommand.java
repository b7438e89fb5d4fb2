package org.widthbench.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.widthbench.bench.ErrorNorms;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.AlternatingSolver;
import org.widthbench.core.solver.CausalSolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Time and error of the alternating solver of the paper ({@code docs/theory.md} 4.2) and of the causal solver (4.1) on the
 * same problems with the same number of samples, over a growing number {@code T P} of kernel rows. Their solves alternate in
 * one run, so that other work on the machine weighs on both. Errors are distances from a causal solve with many more samples
 * and other noise, as means over seeds: those of single seeds scatter by a third and more, and the same seed is as bad or good
 * at every size, so that one seed shows trends that are none.
 */
@Command(
        name = "alternating",
        header = "Time the causal solver against the paper's alternating one.",
        description =
                "Solves tanh networks (gaussian data, D=25, P=4, gamma0=1) with both Monte Carlo solvers and the same number of"
                        + " samples, over a growing number TP of times and points. Errors are distances from a causal solve"
                        + " with 32768 samples, means over seeds with standard errors. Times are of the fastest solve; ratio and exponents are of processor time, which"
                        + " other work on the machine hardly changes.",
        footer = {
            "  widthbench bench alternating",
            "  widthbench bench alternating --rows 12,20,40,80,120 --seeds 8      many minutes"
        })
final class BenchAlternatingCommand extends Benchmark {
    /** Points P of every problem; more rows are more times. */
    private static final int POINTS = 4;

    private static final double SLOPE = 0.8;
    private static final double ETA = 0.2;
    private static final CausalSolver REFERENCE = new CausalSolver(1 << 15, 1000);
    /** The compiler is done with the hot loops after as many solves of a problem. */
    private static final int WARM_UP = 5;
    /** Causal solves a round: one takes milliseconds, less than the clock of processor time can tell. */
    private static final int CAUSAL_SOLVES = 50;

    @Option(
            names = "--rows",
            paramLabel = "TP",
            split = ",",
            description = "Three or more ascending multiples of 4 (default: 20,40,80).")
    private int[] rows = {20, 40, 80};

    @Option(names = "--depth", paramLabel = "L", description = "Hidden layers (default ${DEFAULT-VALUE}).")
    private int depth = 2;

    @Option(
            names = "--samples",
            paramLabel = "S",
            description = "Samples of both solvers, at least twice the largest TP (default ${DEFAULT-VALUE}).")
    private int samples = 1024;

    @Option(
            names = "--seeds",
            paramLabel = "K",
            description = "Seeds of the noise, each solved by both (default ${DEFAULT-VALUE}).")
    private int seeds = 4;

    @Override
    void requireOptions() {
        InvalidInputException.require(
                canBeFitted(rows, 1) && Arrays.stream(rows).allMatch(count -> count % POINTS == 0),
                "--rows",
                Arrays.toString(rows),
                "three or more ascending multiples of " + POINTS);
        requireCount("--depth", depth, 1);
        int most = rows[rows.length - 1];
        InvalidInputException.require(
                samples >= 2L * most, "--samples", samples, "at least twice the largest TP, " + 2L * most);
        requireCount("--seeds", seeds, 2);
    }

    @Override
    int measure(Backend backend) {
        print(
                "%6s %12s %15s %10s %11s %36s %36s%n",
                "TP",
                "causal s",
                "alternating s",
                "cpu ratio",
                "iterations",
                "loss error: causal, alternating",
                "kernel error: causal, alternating");
        new AlternatingSolver(samples, 0).solve(problem(rows[0]), backend);
        double[][] processorSeconds = new double[3][rows.length];
        for (int i = 0; i < rows.length; i++) {
            Problem problem = problem(rows[i]);
            OrderParameters reference = REFERENCE.solve(problem, backend).results();
            for (int k = 0; k < WARM_UP; k++) {
                new CausalSolver(samples, 0).solve(problem, backend);
            }
            Measured causal = new Measured(reference);
            Measured alternating = new Measured(reference);
            int[] iterations = new int[1];
            for (int seed = 0; seed < seeds; seed++) {
                CausalSolver byTime = new CausalSolver(samples, seed);
                AlternatingSolver byIteration = new AlternatingSolver(samples, seed);
                causal.add(CAUSAL_SOLVES, () -> byTime.solve(problem, backend).results());
                alternating.add(1, () -> byIteration
                        .solve(problem, backend, Progress.NONE, iteration -> iterations[0] = iteration.number())
                        .results());
            }
            processorSeconds[0][i] = causal.processorSeconds / causal.solves;
            processorSeconds[1][i] = alternating.processorSeconds / alternating.solves;
            processorSeconds[2][i] = processorSeconds[1][i] / processorSeconds[0][i];
            print(
                    "%6d %12.4f %15.3f %10.1f %11d %s %s  %s %s%n",
                    rows[i],
                    causal.fastest,
                    alternating.fastest,
                    processorSeconds[2][i],
                    iterations[0],
                    text(causal.loss),
                    text(alternating.loss),
                    text(causal.kernels),
                    text(alternating.kernels));
        }
        String[] names = {"causal", "alternating", "ratio"};
        for (int k = 0; k < names.length; k++) {
            PowerLaw law = PowerLaw.fit(Arrays.stream(rows).asDoubleStream().toArray(), processorSeconds[k]);
            print("%s grows like (TP)^(%s)%n", names[k], law.text());
        }
        return Main.OK;
    }

    private Problem problem(int count) {
        return new Problem(
                new GaussianSource(25, POINTS, 0).load(),
                Network.mlp(depth, new Tanh(SLOPE)),
                Training.descent(1, ETA, count / POINTS));
    }

    private static String text(List<Double> errors) {
        SeedStatistics error = SeedStatistics.of(
                errors.stream().mapToDouble(Double::doubleValue).toArray());
        return String.format(Locale.ROOT, "%8.1e +- %.0e", error.mean(), error.standardError());
    }

    /** Wall and processor time of one solver's solves, and their errors. */
    private static final class Measured {
        private final OrderParameters reference;
        private final List<Double> loss = new ArrayList<>();
        private final List<Double> kernels = new ArrayList<>();
        /** Other work on the machine only ever adds. */
        private double fastest = Double.POSITIVE_INFINITY;

        private double processorSeconds;
        private int solves;

        Measured(OrderParameters reference) {
            this.reference = reference;
        }

        /** Times a solve, repeated, with the noise of one more seed. */
        void add(int times, Supplier<OrderParameters> solve) {
            OrderParameters[] last = new OrderParameters[1];
            processorSeconds += Cost.of(() -> {
                        for (int i = 0; i < times; i++) {
                            fastest = Math.min(
                                    fastest,
                                    Cost.of(() -> last[0] = solve.get()).seconds());
                        }
                    })
                    .processorSeconds();
            solves += times;
            loss.add(ErrorNorms.loss(last[0], reference));
            kernels.add(ErrorNorms.kernels(last[0], reference));
        }
    }
}
