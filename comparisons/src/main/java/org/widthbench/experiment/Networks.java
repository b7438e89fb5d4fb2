package org.widthbench.experiment;

import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.training.CnnTrainer;
import org.widthbench.training.MlpTrainer;
import org.widthbench.training.Precision;
import org.widthbench.training.Trainer;

/**
 * Trains networks with the trainer that fits the problem's architecture.
 *
 * @param precision format of weights and fields
 */
public record Networks(Precision precision) {

    /** float32 or float64. */
    public static Precision precision(String word) {
        return switch (word) {
            case "float32" -> Precision.FLOAT32;
            case "float64" -> Precision.FLOAT64;
            default -> throw InvalidInputException.key("--precision", word, "float32 or float64");
        };
    }

    /** @throws InvalidInputException unless the width is positive and the seed not negative */
    public static void requireSettings(int width, long seed) {
        InvalidInputException.require(width >= 1, "--width", width, "a whole number >= 1");
        InvalidInputException.require(seed >= 0, "--seed", seed, "a whole number >= 0");
    }

    /** Trains one network. */
    public OrderParameters train(Problem problem, int width, long seed, Progress progress) {
        return trainer(problem, width, seed).train(problem, progress);
    }

    /** What trains, for the record. */
    public String description() {
        return "ND4J " + Provenance.libraryVersion("org.nd4j", "nd4j-api") + " "
                + (precision == Precision.FLOAT32 ? "float32" : "float64") + ", CPU";
    }

    private Trainer trainer(Problem problem, int width, long seed) {
        return problem.network().architecture() == Network.Architecture.CNN
                ? new CnnTrainer(width, seed, precision)
                : new MlpTrainer(width, seed, precision);
    }
}
