package org.widthbench.cli;

import java.util.List;
import org.widthbench.training.PrecisionChoice;
import picocli.CommandLine.Option;

/** Number format of networks. The option is a word so that reading the command line loads no ND4J. */
final class PrecisionOption {
    @Option(
            names = "--precision",
            paramLabel = "auto|float32|float64",
            defaultValue = "auto",
            description = "Format of the networks' weights and fields (default: ${DEFAULT-VALUE}): float32 where its"
                    + " resolution suffices, float64 elsewhere (docs/reference/precision.md).")
    private String word;

    PrecisionChoice value() {
        return PrecisionChoice.of(word);
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--precision", word);
    }
}
