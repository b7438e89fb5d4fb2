package org.widthbench.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        header = "Measure speed as ratios to a baseline in the same run.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchSolveCommand.class,
            BenchAlternatingCommand.class,
            BenchErrorCommand.class,
            BenchCoverageCommand.class,
            BenchNetworksCommand.class,
            BenchFuzzCommand.class,
            BenchGrowthCommand.class,
            BenchTrainCommand.class,
            BenchGpuCommand.class
        })
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a COMMAND is missing: bench solve, alternating, error, coverage, networks, fuzz, growth, train or gpu");
    }
}
