package org.widthbench.cli;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import picocli.CommandLine.Option;

/** Where the infinite-width equations are solved. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:n]",
            defaultValue = "auto",
            description = "Where the theory is solved; auto takes a CUDA device where one can be used.")
    private String device;

    Backend open() {
        return Backends.open(device);
    }
}
