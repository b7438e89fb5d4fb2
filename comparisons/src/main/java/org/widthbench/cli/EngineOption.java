package org.widthbench.cli;

import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
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

    /**
     * The networks of an experiment.
     *
     * @throws InvalidInputException if the engine cannot train them
     */
    Networks networks(Network network, DeviceOption device, PrecisionChoice precision) {
        return networks("--engine", engine, List.of(network), device, precision);
    }

    /** @throws InvalidInputException unless networks of this kind can be trained without drawing their matrices */
    static void requireConditioned(Network network) {
        InvalidInputException.require(
                !network.architecture().takesImages(),
                "--weights",
                "conditioned",
                "dense or auto for convolutional networks");
    }

    /** Networks whose matrices are never drawn, of a kind that {@link #requireConditioned} takes. */
    static Networks conditioned(DeviceOption device, PrecisionChoice precision) {
        return Networks.conditioned(device::open, precision);
    }

    /** The same for an option of another name, and the networks of several experiments. */
    static Networks networks(
            String option, String word, List<Network> networks, DeviceOption device, PrecisionChoice precision) {
        InvalidInputException.require(BACKEND.equals(word) || ND4J.equals(word), option, word, "nd4j or backend");
        if (ND4J.equals(word)) {
            InvalidInputException.require(
                    Networks.haveNd4j(), option, word, "backend: this installation is the slim one, without ND4J");
            return new Networks(precision);
        }
        InvalidInputException.require(
                networks.stream().allMatch(network -> !network.architecture().takesImages()),
                option,
                word,
                "nd4j for convolutional networks");
        return Networks.on(device::open, precision);
    }
}
