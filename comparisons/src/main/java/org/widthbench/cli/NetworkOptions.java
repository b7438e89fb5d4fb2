package org.widthbench.cli;

import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.weights.Holding;
import org.widthbench.experiment.Networks;
import org.widthbench.training.PrecisionChoice;
import picocli.CommandLine.Option;

/** Number format of networks, and how their matrices are held. The options are words so that reading the command line loads no ND4J. */
final class NetworkOptions {
    /** What trains unless told: the archive without ND4J sets the property. */
    static final String STANDARD = "${" + Networks.ENGINE + ":-nd4j}";

    private static final String ND4J = "nd4j";
    private static final String BACKEND = "backend";
    private static final String AUTO = "auto";

    @Option(
            names = "--precision",
            paramLabel = "auto|float32|float64",
            defaultValue = "auto",
            description = "Format of the networks' weights and fields (default: ${DEFAULT-VALUE}): float32 where its"
                    + " resolution suffices, float64 elsewhere (docs/reference/precision.md).")
    private String precision;

    @Option(
            names = "--weights",
            paramLabel = "dense|conditioned|auto",
            defaultValue = "dense",
            description =
                    "How the N x N matrices are held (default: ${DEFAULT-VALUE}). conditioned never draws them: a network of"
                            + " the same law that keeps 2 N numbers for each direction it sees instead of N^2, by the backend engine in"
                            + " float64. auto takes it where it is certainly cheaper.")
    private String weights;

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
        Holding wanted = weights.equals(AUTO) ? null : Holding.of("--weights", weights);
        return wanted == Holding.DENSE ? drawn : drawn.holding(wanted, device::open);
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--precision", precision, "--weights", weights);
    }
}
