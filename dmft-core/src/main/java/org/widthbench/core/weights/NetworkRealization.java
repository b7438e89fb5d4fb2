package org.widthbench.core.weights;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.Optimizer;

/** Networks of finite width, one per seed, side by side. */
public class NetworkRealization implements Realization {
    private final Backend backend;
    private final Holding holding;
    private final long[] seeds;
    private final int width;
    private final Optimizer optimizer;
    private final List<Runnable> kept = new ArrayList<>();

    /**
     * @param holding how the weights between neurons are held; those that read the data are thin, and always dense
     * @param seeds one per network
     * @param width number N of neurons of a population
     */
    public NetworkRealization(Backend backend, Holding holding, long[] seeds, int width, Optimizer optimizer) {
        this.backend = backend;
        this.holding = holding;
        this.seeds = seeds.clone();
        this.width = width;
        this.optimizer = optimizer;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public int networks() {
        return seeds.length;
    }

    @Override
    public Neurons neurons(Activation activation) {
        return new Neurons(backend, width, activation);
    }

    @Override
    public Field field(int rows, int columns) {
        Matrix matrix = backend.allocate(seeds.length, rows, columns);
        kept.add(matrix::close);
        return Field.of(matrix);
    }

    @Override
    public Weights weights(int layer, Neurons from, int inputs, Neurons to, Images images) {
        Holding own = from == null ? Holding.DENSE : holding;
        Weights weights = own.weights(backend, draw(layer, from, to), to.count(), inputs, images, optimizer);
        kept.add(weights::close);
        return weights;
    }

    @Override
    public ReadOut readOut(int layer, Neurons from, int outputs) {
        Matrix weights = backend.allocateUnset(seeds.length, outputs, from.count());
        ReadOut readOut = new DenseReadOut(backend, optimizer, weights);
        kept.add(readOut::close);
        draw(layer, from, null).readOut(backend, weights);
        return readOut;
    }

    /**
     * The randomness of a layer's weights.
     *
     * @param from null for data
     * @param to null for the outputs
     */
    InitialDraw draw(int layer, Neurons from, Neurons to) {
        return new InitialDraw(seeds, width, layer);
    }

    @Override
    public FieldSpace space(Neurons neurons) {
        FieldSpace space = holding.space(backend, neurons.count());
        kept.add(space::close);
        return space;
    }

    @Override
    public void close() {
        kept.forEach(Runnable::run);
    }
}
