package org.widthbench.cli;

import java.util.Arrays;
import org.widthbench.bench.Roofline;
import org.widthbench.core.Dataset;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Times the causal solver against a floor: the time that the machine's matrix product takes for {@code 4 L S (T Q)^2} flops,
 * the count of the memory sums and kernel rows in kernel form ({@code docs/theory.md} 4.1). Floor and solve alternate, so
 * that other work on the machine weighs on both.
 */
@Command(
        name = "solve",
        header = "Time the causal solver against the machine's own matrix product.",
        description =
                "Solves the default problem (gaussian, D=25, P=10, L=3, tanh) and prints its time beside the floor: what"
                        + " the matrix product alone takes for 4 L S (TP)^2 flops. Floor and solve alternate, so a busy"
                        + " machine weighs on both; quote the median ratio.",
        footer = "  widthbench bench solve --samples 4096 --rounds 5")
final class BenchSolveCommand extends Benchmark {
    private static final double SLOPE = 0.8;
    /** The second solve still runs code that is being compiled. */
    private static final int WARM_UP = 2;

    @Option(names = "--samples", paramLabel = "S", description = "Monte Carlo samples (default ${DEFAULT-VALUE}).")
    private int samples = CausalSolver.DEFAULT_SAMPLES;

    @Option(names = "--steps", paramLabel = "T", description = "Times (default ${DEFAULT-VALUE}).")
    private int steps = 100;

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description = "linear, relu, tanh, erf or softplus (default ${DEFAULT-VALUE}).")
    private String activation = "tanh";

    @Option(names = "--rounds", paramLabel = "K", description = "Pairs of timings (default ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Override
    void requireOptions() {
        requireCount("--rounds", rounds, 1);
    }

    @Override
    int measure(Backend backend) {
        Dataset data = new GaussianSource(25, 10, 0).load();
        Problem problem =
                new Problem(data, Network.mlp(3, Activation.of(activation, SLOPE)), Training.descent(1, 0.1, steps));
        CausalSolver solver = new CausalSolver(samples, 0);
        double flops = Roofline.solveFlops(problem, samples);
        print("floor: 4 L S (TP)^2 = %.3g flops of matrix product%n", flops);
        double[] ratios = new double[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            double floor = floor(problem, backend);
            double solve = Cost.of(() -> solver.solve(problem, backend)).seconds();
            if (i >= 0) {
                ratios[i] = solve / floor;
                print(
                        "floor %.3f s (%.1f GFLOP/s)   solve %.3f s   ratio %.2f%n",
                        floor, flops / floor / 1e9, solve, ratios[i]);
            }
        }
        Arrays.sort(ratios);
        print("median ratio %.2f%n", (ratios[rounds / 2] + ratios[(rounds - 1) / 2]) / 2);
        return Main.OK;
    }

    private double floor(Problem problem, Backend backend) {
        int rows = problem.training().steps() * problem.points();
        // One product of (TQ x S) and (S x TQ) is 2 S (TQ)^2 flops.
        int products = 2 * problem.network().depth();
        try (Matrix fields = backend.allocate(1, rows, samples);
                Matrix kernel = backend.allocate(1, rows, rows)) {
            backend.normal(new long[] {0}, 0, 0, fields);
            return Cost.of(() -> {
                        for (int i = 0; i < products; i++) {
                            backend.gemm(1.0 / samples, fields, false, fields, true, 0, kernel);
                        }
                        // Reading a row waits for a device that works ahead.
                        backend.rowDot(kernel.rows(0, 1), kernel.rows(0, 1));
                    })
                    .seconds();
        }
    }
}
