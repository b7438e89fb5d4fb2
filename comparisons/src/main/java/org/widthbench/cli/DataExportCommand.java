package org.widthbench.cli;

import java.nio.file.Path;
import org.widthbench.core.Dataset;
import org.widthbench.core.io.Npz;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.ResultFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        header = "Write the data of a configuration as a NumPy archive.",
        description =
                "The archive holds X and y as the configuration's networks get them (labels as numbers, images chosen and scaled), so"
                        + " that another program can train on the same. A configuration with data.source npz reads it.",
        footer = {"  widthbench data export examples/tanh.yaml --out data.npz"})
final class DataExportCommand extends Subcommand {
    @Mixin
    private ExperimentOptions experimentOptions;

    @Option(names = "--out", paramLabel = "FILE.npz", required = true, description = "Where to.")
    private Path file;

    @Override
    public Integer call() {
        Dataset data = experimentOptions.naming(() -> {
            Experiment experiment = experimentOptions.read();
            return experiment.problem(reporter()).dataset();
        });
        Npz.write(file, ResultFiles.arrays(data));
        out().println(file);
        return Main.OK;
    }
}
