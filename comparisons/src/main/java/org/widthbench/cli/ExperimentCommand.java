package org.widthbench.cli;

import picocli.CommandLine.Mixin;

/** A command that works on the experiment of a configuration, on a device. */
abstract class ExperimentCommand extends Subcommand {
    @Mixin
    ExperimentOptions configuration;

    @Mixin
    DeviceOption device;

    @Override
    public final Integer call() {
        return configuration.naming(this::run);
    }

    /** @return the exit code */
    abstract int run();
}
