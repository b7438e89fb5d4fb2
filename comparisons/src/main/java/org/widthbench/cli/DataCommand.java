package org.widthbench.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "data",
        header = "Fetch data sets, and export those of a configuration.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DataFetchCommand.class, DataExportCommand.class})
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing: data fetch or data export");
    }
}
