package org.widthbench.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.widthbench.comparison.PowerLaw;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.OneHiddenLayerSolver;
import org.widthbench.core.solver.Solver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Time and memory of a solver on one problem over a growing number T of steps ({@code docs/theory.md} 4.1, 4.4). */
@Command(
        name = "growth",
        header = "Measure how time and memory of a solve grow with the number of steps.",
        description =
                "Solves a problem (gaussian data, D=25, gamma0=1, eta=0.1, kernels at the first and last time) over growing"
                        + " numbers of steps: with the causal solver, or by forward integration for one hidden layer. Prints"
                        + " time on the clock and of all cores together, the peak of resident memory up to then, and the"
                        + " fitted exponent of processor time, which other work on the machine hardly changes.",
        footer = {
            "  widthbench bench growth                                    T = 2000, P = 64: minutes",
            "  widthbench bench growth --depth 1 --activation relu --points 1000 --steps 250,500,1000"
        })
final class BenchGrowthCommand extends Benchmark {
    private static final double SLOPE = 0.8;
    private static final double ETA = 0.1;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            description = "linear, relu, tanh, erf or softplus (default ${DEFAULT-VALUE}).")
    private String activation = "tanh";

    @Option(names = "--depth", paramLabel = "L", description = "Hidden layers (default ${DEFAULT-VALUE}).")
    private int depth = 3;

    @Option(names = "--points", paramLabel = "P", description = "Points, even (default ${DEFAULT-VALUE}).")
    private int points = 64;

    @Option(names = "--samples", paramLabel = "S", description = "Monte Carlo samples (default ${DEFAULT-VALUE}).")
    private int samples = 1000;

    @Option(
            names = "--steps",
            paramLabel = "T",
            split = ",",
            description = "Three or more ascending numbers of steps (default: 250,500,1000,2000).")
    private int[] steps = {250, 500, 1000, 2000};

    @Override
    void requireOptions() {
        InvalidInputException.require(
                canBeFitted(steps, 2), "--steps", Arrays.toString(steps), "three or more ascending whole numbers >= 2");
        requireCount("--depth", depth, 1);
        InvalidInputException.require(points >= 2 && points % 2 == 0, "--points", points, "an even whole number >= 2");
    }

    @Override
    int measure(Backend backend) {
        Dataset data = new GaussianSource(25, points, 0).load();
        Network network = Network.mlp(depth, Activation.of(activation, SLOPE));
        Solver solver = depth == 1 ? new OneHiddenLayerSolver(samples, 0) : new CausalSolver(samples, 0);
        print(
                "%s, L=%d, P=%d, S=%d, %s%n%6s %10s %10s %14s %12s%n",
                activation,
                depth,
                points,
                samples,
                depth == 1 ? "forward integration" : "causal solver",
                "T",
                "s",
                "cpu s",
                "peak GB so far",
                "final loss");
        double[] processorSeconds = new double[steps.length];
        // The first solve, for the smallest T, warms the compiler up.
        for (int i = -1; i < steps.length; i++) {
            int count = steps[Math.max(i, 0)];
            Problem problem =
                    new Problem(data, network, Training.descent(1, ETA, count).withRecord(0, count - 1));
            OrderParameters[] solved = new OrderParameters[1];
            Cost cost = Cost.of(() -> solved[0] = solver.solve(problem, backend).results());
            if (i >= 0) {
                processorSeconds[i] = cost.processorSeconds();
                print(
                        "%6d %10.2f %10.2f %14.2f %12.5f%n",
                        count, cost.seconds(), cost.processorSeconds(), peakBytes() / 1e9, solved[0].finalLoss());
            }
        }
        PowerLaw law = PowerLaw.fit(Arrays.stream(steps).asDoubleStream().toArray(), processorSeconds);
        print("processor time grows like T^(%s)%n", law.text());
        return Main.OK;
    }

    /** Largest resident memory of the process up to now, 0 where the system does not say. */
    private static double peakBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(PEAK))
                    .mapToDouble(line -> 1024 * Double.parseDouble(line.split("\\s+")[1]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
