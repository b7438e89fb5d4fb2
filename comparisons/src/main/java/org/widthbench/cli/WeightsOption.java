package org.widthbench.cli;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.weights.Holding;
import org.widthbench.experiment.Networks;
import picocli.CommandLine.Option;

/** How the matrices of networks are held. */
final class WeightsOption {
    private static final String NAME = "--weights";
    private static final String AUTO = "auto";

    @Option(
            names = NAME,
            paramLabel = "dense|conditioned|auto",
            defaultValue = "dense",
            description =
                    "How the N x N matrices are held (default: ${DEFAULT-VALUE}). conditioned never draws them: a network of"
                            + " the same law that keeps 2 N numbers for each direction it sees instead of N^2, by the backend engine in"
                            + " float64. auto takes it where it is certainly cheaper.")
    private String weights;

    /** The word that chooses the same again. */
    String word() {
        return weights;
    }

    /**
     * Networks with their matrices held as asked.
     *
     * @throws InvalidInputException naming the option if it has no such word
     */
    Networks of(Networks drawn, DeviceOption device) {
        Holding wanted = weights.equals(AUTO) ? null : Holding.of(NAME, weights);
        return wanted == Holding.DENSE ? drawn : drawn.holding(wanted, device::open);
    }
}
