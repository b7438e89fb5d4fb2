package org.widthbench.cli;

import java.util.List;
import org.widthbench.experiment.Networks;
import org.widthbench.training.Precision;
import picocli.CommandLine.Option;

/** Number format of many networks. The option is a word so that reading the command line loads no ND4J. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "float32|float64",
            defaultValue = "float32",
            description = "Format of the networks' weights and fields (default: ${DEFAULT-VALUE}).")
    private String word;

    Precision value() {
        return Networks.precision(word);
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--precision", word);
    }
}
