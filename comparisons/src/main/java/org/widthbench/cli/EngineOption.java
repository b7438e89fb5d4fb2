package org.widthbench.cli;

import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Networks;
import org.widthbench.training.PrecisionChoice;
import picocli.CommandLine.Option;

/** What trains networks. */
final class EngineOption {
    /** What trains unless told: the archive without ND4J sets the property. */
    static final String STANDARD = "${" + Networks.ENGINE + ":-nd4j}";

    private static final String ND4J = "nd4j";
    private static final String BACKEND = "backend";

    @Option(
            names = "--engine",
            paramLabel = "nd4j|backend",
            defaultValue = STANDARD,
            description =
                    "What trains (default: ${DEFAULT-VALUE}): ND4J on the CPU, or the theory's own linear algebra on"
                            + " the --device, which serves every GPU from sm_75 up. Both take the same steps.")
    private String engine;

    /** @throws InvalidInputException unless the word is one of the two */
    Networks networks(DeviceOption device, PrecisionChoice precision) {
        return networks("--engine", engine, device, precision);
    }

    /** The same for an option of another name. */
    static Networks networks(String option, String word, DeviceOption device, PrecisionChoice precision) {
        InvalidInputException.require(BACKEND.equals(word) || ND4J.equals(word), option, word, "nd4j or backend");
        if (ND4J.equals(word)) {
            InvalidInputException.require(
                    Networks.haveNd4j(), option, word, "backend: this installation is the slim one, without ND4J");
            return new Networks(precision);
        }
        return Networks.on(device::open, precision);
    }
}
