package org.widthbench.core.weights;

import org.widthbench.core.random.InitialWeights;

/**
 * The randomness of one layer's initial weights.
 *
 * @param seeds one per network side by side
 * @param width number N of neurons per hidden layer
 * @param layer as in {@link InitialWeights}
 */
public record InitialDraw(long[] seeds, int width, int layer) {
    /** Layers of one width have numbers below this, so that images have streams of their own. */
    private static final int LAYERS = 1 << 22;

    /** How many networks. */
    int networks() {
        return seeds.length;
    }

    /** Noise stream of the entries. */
    long stream() {
        return InitialWeights.stream(width, layer);
    }

    /** Noise stream of the images of features, for weights that are never drawn. */
    long featureImages() {
        return InitialWeights.stream(width, LAYERS + layer);
    }

    /** Noise stream of the images of gradients. */
    long gradientImages() {
        return InitialWeights.stream(width, 2 * LAYERS + layer);
    }
}
