package org.widthbench.core.weights;

import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;

/**
 * What a program is made of: one that makes {@linkplain NetworkRealization drawn or conditioned weights} makes it a network, one that makes
 * averages over samples makes it the theory. Everything made here is freed with it, also when something could not be had.
 */
public interface Realization extends AutoCloseable {
    /** Where everything lives. */
    Backend backend();

    /** How many networks there are side by side: the batch of every matrix. */
    int networks();

    /** Neurons of their own. */
    Neurons neurons(Activation activation);

    /** A zeroed {@code (rows, columns)} field. */
    Field field(int rows, int columns);

    /**
     * Weights at the start of training.
     *
     * @param layer what tells its randomness from that of others, {@link org.widthbench.core.random.InitialWeights}
     * @param from who feeds them; null for data
     * @param inputs numbers per row of what feeds them, of one pixel
     * @param images how filters run over the rows
     */
    Weights weights(int layer, Neurons from, int inputs, Neurons to, Images images);

    /** The last weights. */
    ReadOut readOut(int layer, Neurons from, int outputs);

    /** Where fields of these neurons that no such weights see get their coordinates. */
    FieldSpace space(Neurons neurons);

    /** Frees everything. */
    @Override
    void close();
}
