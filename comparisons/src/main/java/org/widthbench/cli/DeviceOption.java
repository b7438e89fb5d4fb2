package org.widthbench.cli;

import java.util.List;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.backend.FieldPrecision;
import picocli.CommandLine.Option;

/** Where the infinite-width equations are solved, and networks of the backend engine trained. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:n]",
            defaultValue = "auto",
            completionCandidates = Completions.Devices.class,
            description = "What computes; auto takes a CUDA device where one can be used.")
    private String device;

    Backend open() {
        return Backends.open(device);
    }

    Backend open(FieldPrecision precision) {
        return Backends.open(device, precision);
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--device", device);
    }
}
