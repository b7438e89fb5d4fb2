package org.widthbench.core.weights;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.random.InitialWeights;

/**
 * The randomness of one layer's initial weights.
 *
 * @param seeds one per network side by side
 * @param width number N of neurons per hidden layer
 * @param layer as in {@link InitialWeights}
 * @param reweighting null where all neurons count alike
 * @param to {@code sqrt(w_i)} of the neurons that are computed; empty where all count alike
 * @param from the same of those that are read
 */
public record InitialDraw(long[] seeds, int width, int layer, Reweighting reweighting, double[] to, double[] from) {
    /** Layers of one width have numbers below this, so that images have streams of their own. */
    private static final int LAYERS = 1 << 22;

    /** Of networks all of whose neurons count alike. */
    public InitialDraw(long[] seeds, int width, int layer) {
        this(seeds, width, layer, null, new double[0], new double[0]);
    }

    /** How many networks. */
    int networks() {
        return seeds.length;
    }

    /** Fills a drawn matrix, a row per neuron that is computed. */
    void matrix(Backend backend, Matrix matrix) {
        backend.normal(seeds, InitialWeights.stream(width, layer), 0, matrix);
        if (to.length > 0) {
            backend.scaleRows(to, matrix, matrix);
        }
    }

    /** Fills a drawn matrix, a column per neuron that is read. */
    void readOut(Backend backend, Matrix matrix) {
        backend.normal(seeds, InitialWeights.stream(width, layer), 0, matrix);
        weigh(backend, from, matrix);
    }

    /** Images of features, for weights that are never drawn: numbers {@code first} and on. */
    void featureImages(Backend backend, int first, Matrix images) {
        long stream = InitialWeights.stream(width, LAYERS + layer);
        backend.normal(seeds, stream, (long) first * images.columns(), images);
        weigh(backend, to, images);
    }

    /** Images of gradients. */
    void gradientImages(Backend backend, int first, Matrix images) {
        long stream = InitialWeights.stream(width, 2 * LAYERS + layer);
        backend.normal(seeds, stream, (long) first * images.columns(), images);
        weigh(backend, from, images);
    }

    private static void weigh(Backend backend, double[] roots, Matrix images) {
        if (roots.length > 0) {
            Reweighting.scaleColumns(backend, roots, images);
        }
    }

    /** How the features, or the gradients, that weights are asked become directions. */
    GaussianProcess law(boolean features, double tolerance) {
        PivotLog log = reweighting == null ? null : reweighting.log(layer, features);
        return new GaussianProcess(tolerance, Integer.MAX_VALUE, log);
    }
}
