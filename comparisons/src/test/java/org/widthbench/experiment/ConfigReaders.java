package org.widthbench.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Fuzzer;

/** What the fuzzer calls: an input that begins with o is an override ({@code --set}), any other a configuration file. */
public final class ConfigReaders {
    static final String FULL = """
            data:     {source: gaussian, dimension: 25, points: 10, seed: 0}
            network:  {architecture: mlp, depth: 3, activation: softplus, beta: 0.8}
            training: {gamma0: 1.0, eta: 0.1, steps: 20, momentum: 0.5, weightDecay: 1.0e-3, batch: 5, record: [0, 19]}
            theory:   {solver: causal, samples: 4096, seed: 0, toleranceU: 1.0e-5, toleranceR: 1.0e-3}
            sweep:
              widths: [50, 100]
              seeds: 10
              grid: {training.gamma0: [0.5, 1], network.depth: [1, 2]}
            """;

    private static final Fuzzer.Input CONFIGURATION = new Fuzzer.Input("configuration.yaml");
    private static final Fuzzer.Input OVERRIDDEN = new Fuzzer.Input("overridden.yaml");

    private ConfigReaders() {}

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        if (input[0] == 'o') {
            List<String> overrides = List.of(new String(bytes, StandardCharsets.UTF_8));
            OVERRIDDEN.read(
                    FULL.getBytes(StandardCharsets.UTF_8),
                    "overridden.yaml",
                    file -> check(ExperimentReader.readGrid(file, overrides)));
        } else {
            CONFIGURATION.read(bytes, "configuration.yaml", file -> check(ExperimentReader.readGrid(file, List.of())));
        }
    }

    /** Jazzer's last call. */
    public static void fuzzerTearDown() {
        CONFIGURATION.report();
        OVERRIDDEN.report();
    }

    private static void check(ExperimentGrid grid) {
        if (grid.points().isEmpty() || Json.text(grid.toMap()).contains("NaN")) {
            throw new IllegalStateException("accepted " + grid.toMap());
        }
    }
}
