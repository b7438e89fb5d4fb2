package org.widthbench.cli;

import org.widthbench.bench.SolveBenchmark;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.Problem;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.solver.CausalSolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "solve",
        header = "Time the causal solver against the machine's own matrix product.",
        description =
                "Solves the default problem (gaussian, D=25, P=10, L=3, tanh) and prints its time beside the floor: what"
                        + " the matrix product alone takes for 4 L S (TP)^2 flops. Floor and solve alternate, so a busy"
                        + " machine weighs on both; quote the median ratio.",
        footer = "  widthbench bench solve --samples 4096 --rounds 5")
final class BenchSolveCommand extends Subcommand {
    private static final double SLOPE = 0.8;

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

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        InvalidInputException.require(rounds >= 1, "--rounds", rounds, "a whole number >= 1");
        Dataset data = new GaussianSource(25, 10, 0).load();
        Problem problem =
                new Problem(data, Network.mlp(3, Activation.of(activation, SLOPE)), Training.descent(1, 0.1, steps));
        CausalSolver solver = new CausalSolver(samples, 0);
        try (Backend backend = device.open()) {
            out().println(backend.description());
            print("floor: 4 L S (TP)^2 = %.3g flops of matrix product%n", SolveBenchmark.floorFlops(problem, samples));
            SolveBenchmark.Round[] kept = SolveBenchmark.run(problem, solver, backend, rounds, round -> {
                print(
                        "floor %.3f s (%.1f GFLOP/s)   solve %.3f s   ratio %.2f%n",
                        round.floorSeconds(), round.gigaflops(), round.solveSeconds(), round.ratio());
            });
            print("median ratio %.2f%n", SolveBenchmark.medianRatio(kept));
        }
        return Main.OK;
    }
}
