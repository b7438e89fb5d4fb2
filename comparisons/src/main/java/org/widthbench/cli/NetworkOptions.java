package org.widthbench.cli;

import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Networks;
import org.widthbench.training.PrecisionChoice;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Number format of networks, and how their matrices are held. The options are words so that reading the command line loads no ND4J. */
final class NetworkOptions {
    /** What trains unless told: the archive without ND4J sets the property. */
    static final String STANDARD = "${" + Networks.ENGINE + ":-nd4j}";

    private static final String ND4J = "nd4j";
    private static final String BACKEND = "backend";

    @Option(
            names = "--precision",
            paramLabel = "auto|float32|float64",
            defaultValue = "auto",
            description = "Format of the networks' weights and fields (default: ${DEFAULT-VALUE}): float32 where its"
                    + " resolution suffices, float64 elsewhere (docs/reference/precision.md).")
    private String precision;

    @Mixin
    private WeightsOption weights;

    /**
     * The networks that are asked for.
     *
     * @param option that names the engine
     * @param engine its word
     * @throws InvalidInputException naming the first option that has no such word
     */
    Networks networks(String option, String engine, DeviceOption device) {
        InvalidInputException.require(BACKEND.equals(engine) || ND4J.equals(engine), option, engine, "nd4j or backend");
        InvalidInputException.require(
                BACKEND.equals(engine) || Networks.haveNd4j(),
                option,
                engine,
                "backend: this installation is the slim one, without ND4J");
        PrecisionChoice choice = PrecisionChoice.of(precision);
        Networks drawn = ND4J.equals(engine) ? new Networks(choice) : Networks.on(device::open, choice);
        return weights.of(drawn, device);
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--precision", precision, "--weights", weights.word());
    }
}
