package org.widthbench.core.weights;

import java.util.Locale;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.optimize.Optimizer;

/** How the matrices between neurons of a network are held. The law of the network is the same. */
public enum Holding {
    /** Drawn and kept: {@code N^2} numbers a matrix. */
    DENSE {
        @Override
        public Weights weights(
                Backend backend, InitialDraw draw, int outputs, int channels, Images images, Optimizer optimizer) {
            return new DenseWeights(backend, draw, outputs, channels, images, optimizer);
        }

        @Override
        public FieldSpace space(Backend backend, int neurons) {
            return Coordinates::of;
        }
    },
    /** Never drawn: {@code 2 N} numbers for each direction of features and gradients that training queries. One network at a time. */
    CONDITIONED {
        @Override
        public Weights weights(
                Backend backend, InitialDraw draw, int outputs, int channels, Images images, Optimizer optimizer) {
            if (draw.networks() != 1) {
                throw new IllegalArgumentException("conditioned weights of " + draw.networks() + " networks at once");
            }
            if (!(optimizer instanceof LinearOptimizer linear)) {
                throw InvalidInputException.key("--weights", word(), "dense with training.optimizer adam");
            }
            Weights weights =
                    new ConditionedWeights(backend, draw, outputs, images.taps() * channels, linear, TOLERANCE);
            return images.taps() == 1 ? weights : new Convolution(backend, images, weights);
        }

        @Override
        public FieldSpace space(Backend backend, int neurons) {
            return new Span(backend, neurons, TOLERANCE);
        }
    };

    /**
     * Share of the mean square of a block of fields that may be left out of any one of them. Losses move by as much as is left
     * out, relatively: far below the 1/N of a network's own scatter.
     */
    private static final double TOLERANCE = 1e-8;

    /**
     * Weights at the start of training.
     *
     * @param outputs neurons that are computed
     * @param channels numbers per pixel of what they read
     * @param images how filters run over it
     */
    public abstract Weights weights(
            Backend backend, InitialDraw draw, int outputs, int channels, Images images, Optimizer optimizer);

    /** Where fields that no such weights see get their coordinates. */
    public abstract FieldSpace space(Backend backend, int neurons);

    /** The name in options and results. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InvalidInputException naming {@code key} if {@code word} is none of the names */
    public static Holding of(String key, String word) {
        for (Holding holding : values()) {
            if (holding.word().equals(word)) {
                return holding;
            }
        }
        throw InvalidInputException.key(key, word, "dense, conditioned or auto");
    }
}
