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
    /** The theory and everything else take the rest. */
    private static final double SHARE_OF_MEMORY = 0.7;

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

    /**
     * How many networks are best trained at once: as many as there are cores, if the memory carries them.
     *
     * @param widest width of the largest
     */
    public static int atOnce(Problem problem, int widest) {
        if (problem.network().architecture() == Network.Architecture.CNN) {
            // The convolution library shares its work out over all cores itself.
            return 1;
        }
        double carried = SHARE_OF_MEMORY * Runtime.getRuntime().maxMemory() / bytes(problem, widest);
        return (int) Math.max(1, Math.min(Runtime.getRuntime().availableProcessors(), carried));
    }

    /** Kernels with a copy of each, weights with gradients and velocities, field histories, in float64. */
    private static double bytes(Problem problem, double width) {
        double depth = problem.network().depth();
        double points = problem.points();
        double columns = problem.training().record().length * points;
        double kernels = 4 * depth * columns * columns;
        double weights =
                3 * (depth * width * width + width * problem.dataset().inputs().size(0));
        return Double.BYTES * (kernels + weights + depth * width * (2 * columns + 4 * points));
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
