package org.widthbench.cli;

import java.util.Arrays;
import java.util.Locale;
import org.widthbench.bench.SeedAverage;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.Solution;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "networks",
        header = "Measure theory against the mean of networks, both with standard errors.",
        description =
                "Solves the theory of a configuration with several seeds and trains the networks of its sweep. Prints the"
                        + " loss, averaged over equal parts of the training, as mean +- standard error and, for networks, in"
                        + " brackets how many standard errors of the difference they lie above the theory; then the root"
                        + " mean square distance of their mean predictions at the last time (in brackets what the standard"
                        + " errors alone would make), and the smallest alignment over the layers of the mean kernels.",
        footer = {
            "  widthbench bench networks examples/momentum.yaml --set sweep.widths=[500,1000]",
            "  widthbench bench networks examples/online.yaml --parts 5"
        })
final class BenchNetworksCommand extends ExperimentCommand {
    @Option(names = "--theories", paramLabel = "K", description = "Solves of the theory (default ${DEFAULT-VALUE}).")
    private int theories = 4;

    @Option(
            names = "--parts",
            paramLabel = "K",
            description = "Parts of the training, each of equally many steps (default ${DEFAULT-VALUE}).")
    private int parts = 3;

    @Mixin
    private EngineOption engine;

    @Override
    int run() {
        Experiment experiment = configuration.read();
        int steps = experiment.training().steps();
        requireCount("--theories", theories, 2);
        InvalidInputException.require(
                parts >= 1 && parts <= steps, "--parts", parts, "a whole number from 1 to training.steps, " + steps);
        requireCount("sweep.seeds", experiment.sweep().seeds(), 2);
        Problem problem = experiment.problem(reporter());
        try (Networks networks = engine.networks(device)) {
            SeedAverage theory = theory(experiment, problem);
            for (int width : experiment.sweep().widths()) {
                SeedAverage trained = reporter().stage("networks, N = " + width, progress -> {
                    SeedAverage average = new SeedAverage();
                    for (int seed = 0; seed < experiment.sweep().seeds(); seed++) {
                        average.add(networks.train(problem, width, seed, Progress.NONE));
                        progress.step(seed + 1, experiment.sweep().seeds());
                    }
                    return average;
                });
                print(width, trained, theory, steps);
            }
        }
        return Main.OK;
    }

    private SeedAverage theory(Experiment experiment, Problem problem) {
        int steps = problem.training().steps();
        SeedAverage theory = new SeedAverage();
        double[] captured = {1, 1};
        try (Backend backend = device.open()) {
            out().println(backend.description());
            reporter().stage("theory", progress -> {
                for (int k = 0; k < theories; k++) {
                    Solution solution = experiment
                            .theory()
                            .withSeed(experiment.theory().seed() + k)
                            .solver()
                            .solve(problem, backend);
                    captured[0] = least(captured[0], solution.pivots().forwardCaptured());
                    captured[1] = least(captured[1], solution.pivots().backwardCaptured());
                    theory.add(solution.results());
                    progress.step(k + 1, theories);
                }
                return theory;
            });
        }
        print(
                "theory %s, S=%d, %d solves: pivots explain %.4f of u, %.4f of r (worst layer and time)%n",
                experiment.theory().method().word(), experiment.theory().samples(), theories, captured[0], captured[1]);
        print("%-8s", "loss at");
        for (int part = 0; part < parts; part++) {
            print("%-29s", "      t = " + start(part, steps) + ".." + (start(part + 1, steps) - 1));
        }
        print("%n%-8s", "theory");
        for (int part = 0; part < parts; part++) {
            SeedStatistics loss = theory.loss(start(part, steps), start(part + 1, steps));
            print((part == 0 ? "" : "        ") + "%10.5f +- %.5f", loss.mean(), loss.standardError());
        }
        out().println();
        out().flush();
        return theory;
    }

    private static double least(double least, double... shares) {
        return Math.min(least, Arrays.stream(shares).min().orElse(1));
    }

    private int start(int part, int steps) {
        return (int) ((long) part * steps / parts);
    }

    private void print(int width, SeedAverage trained, SeedAverage theory, int steps) {
        print("%-8s", "N=" + width);
        for (int part = 0; part < parts; part++) {
            SeedStatistics loss = trained.loss(start(part, steps), start(part + 1, steps));
            SeedStatistics expected = theory.loss(start(part, steps), start(part + 1, steps));
            print(
                    "%10.5f +- %.5f %7s",
                    loss.mean(), loss.standardError(), String.format(Locale.ROOT, "(%.1f)", loss.apart(expected)));
        }
        double[] alignments = trained.alignments(theory);
        print(
                "%n        %d seeds; predictions %.4f apart (%.4f); alignment Phi %.5f, G %.5f, NTK %.5f%n",
                trained.count(),
                trained.predictionDistance(theory),
                trained.predictionError(theory),
                alignments[0],
                alignments[1],
                alignments[2]);
    }
}
