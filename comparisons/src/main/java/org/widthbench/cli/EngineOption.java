package org.widthbench.cli;

import org.widthbench.experiment.Networks;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What trains networks, and which. */
final class EngineOption {
    @Option(
            names = "--engine",
            paramLabel = "nd4j|backend",
            defaultValue = NetworkOptions.STANDARD,
            description =
                    "What trains (default: ${DEFAULT-VALUE}): ND4J on the CPU, or the theory's own linear algebra on"
                            + " the --device, which serves every GPU from sm_75 up. Both take the same steps.")
    private String engine;

    @Mixin
    private NetworkOptions options;

    Networks networks(DeviceOption device) {
        return options.networks("--engine", engine, device);
    }
}
