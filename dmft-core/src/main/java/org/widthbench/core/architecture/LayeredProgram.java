package org.widthbench.core.architecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.FieldSpace;
import org.widthbench.core.weights.Neurons;
import org.widthbench.core.weights.ReadOut;
import org.widthbench.core.weights.Realization;
import org.widthbench.core.weights.Weights;

/**
 * Layers one above the other, {@code docs/theory.md} sections 1, 1.1 and 6: with factors {@code s_l}, branch scale {@code b} and
 * {@code n_l} numbers that a neuron of layer l reads,
 *
 * <pre>
 * h^1 = s_0 W^0 x / sqrt(n_0)     h^{l+1} = [h^l +] b s_l W^l phi(h^l) / sqrt(n_l)      output = w . mean_pixels phi(h^L) / (gamma0 N)
 * z^L = w / pixels                z^l = s_l W^{l T} g^{l+1} / sqrt(n_l)                 g^l = [g^{l+1} +] b phi'(h^l) z^l
 * </pre>
 *
 * with what stands in brackets in a residual stream only, where {@code g^L = phi'(h^L) z^L}. With biases {@code h^l} gains {@code
 * b^l}; with C outputs {@code w} has C rows. W acts on patches of images; a vector is an image of one pixel. Layers are counted
 * from 0.
 */
public final class LayeredProgram implements Program {
    private final Realization realization;
    private final Backend backend;
    private final int capacity;
    private final int outputs;
    private final int pixels;
    /** Whether what a layer reads is its features as they are. */
    private final boolean plain;

    private final int channels;
    private final double gamma0;
    private final double branch;
    private final boolean residual;
    private final Tensor data;
    private final boolean columns;
    private final Field allInputs;
    private final List<Layer> layers = new ArrayList<>();
    private final Layer top;
    private final ReadOut readOut;
    /** {@code mean_pixels phi(h^L)} of all points; null for vectors. */
    private final Field pooledTop;
    /** A one per row: what biases multiply; null without biases. */
    private final Field ones;
    /** Scratch for the slopes of some points. */
    private final Field slopesOfSome;
    /** {@code 1 / pixels} and 1, {@code (1, pixels)}; null for vectors. */
    private final Matrix mean;

    private final Matrix sum;
    private Field inputs;
    private int present;
    private int[] selection = {};

    /**
     * @param capacity most points that are presented at a time
     * @param scales {@code s_l}
     */
    public LayeredProgram(
            Network network,
            Dataset dataset,
            double gamma0,
            Realization realization,
            int capacity,
            IntToDoubleFunction scales) {
        Architecture architecture = network.architecture();
        this.realization = realization;
        this.backend = realization.backend();
        this.capacity = capacity;
        this.outputs = dataset.outputs();
        this.data = dataset.inputs();
        Images images = architecture.images(data);
        this.pixels = images.pixels();
        this.plain = images.isVector();
        this.channels = architecture.channels(data);
        this.columns = !architecture.takesImages();
        this.gamma0 = gamma0;
        this.residual = architecture.residual().exists();
        this.branch = architecture.residual().branch(network.depth());
        this.allInputs = realization.field(capacity * pixels, channels);
        boolean bias = network.bias();
        this.ones = bias ? constant(1, capacity * outputs, 1) : null;
        int count = network.layers();
        Neurons neurons = null;
        for (int l = 0; l < count; l++) {
            Neurons below = neurons;
            // The neurons of a residual stream are the same in all layers.
            neurons = below != null && residual ? below : realization.neurons(network.activation());
            Weights weights = realization.weights(l, below, l == 0 ? channels : below.count(), neurons, images);
            Weights own = bias ? realization.weights(count + 1 + l, null, 1, neurons, Images.VECTOR) : null;
            layers.add(new Layer(l, neurons, weights, own, scales.applyAsDouble(l)));
        }
        this.top = layers.get(count - 1);
        this.readOut = realization.readOut(count, neurons, outputs);
        this.slopesOfSome = realization.field(capacity * outputs * pixels, neurons.count());
        this.pooledTop = pixels == 1 ? null : realization.field(capacity, neurons.count());
        this.mean = pixels == 1 ? null : constant(1.0 / pixels, 1, pixels).value();
        this.sum = pixels == 1 ? null : constant(1, 1, pixels).value();
    }

    private Field constant(double value, int rows, int width) {
        Field field = realization.field(rows, width);
        double[] values = new double[Math.toIntExact(field.value().entries())];
        Arrays.fill(values, value);
        backend.upload(values, field.value());
        return field;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public void present(int... points) {
        int dimension = channels * pixels;
        double[] rows = new double[realization.networks() * points.length * dimension];
        for (int i = 0; i < rows.length; i++) {
            int entry = i % dimension;
            int point = points[i / dimension % points.length];
            rows[i] = data.data()[columns ? entry * data.size(1) + point : point * dimension + entry];
        }
        present(points.length, rows);
    }

    @Override
    public void present(Tensor shown) {
        double[] rows = new double[realization.networks() * shown.data().length];
        for (int b = 0; b < realization.networks(); b++) {
            System.arraycopy(shown.data(), 0, rows, b * shown.data().length, shown.data().length);
        }
        present(shown.size(0), rows);
    }

    private void present(int points, double[] rows) {
        present = points;
        inputs = allInputs.rows(0, present * pixels);
        backend.upload(rows, inputs.value());
        layers.forEach(Layer::lookAtPresent);
    }

    @Override
    public void forward() {
        layers.forEach(Layer::forward);
    }

    @Override
    public double[] outputs() {
        Field pooled = pixels == 1 ? top.phi : pool(mean, top.phi, pooledTop.rows(0, present));
        double[] values = readOut.outputs(pooled);
        for (int i = 0; i < values.length; i++) {
            values[i] /= gamma0;
        }
        return values;
    }

    /** {@code target_i = sum_a weights_a field_{i,a}} over the pixels a of every row i of the target. */
    private Field pool(Matrix weights, Field field, Field target) {
        for (int i = 0; i < target.count(); i++) {
            field.rows(i * pixels, pixels)
                    .with(target.rows(i, 1), (from, to) -> backend.gemm(1, weights, false, from, false, 0, to));
        }
        return target;
    }

    @Override
    public void backward(int... chosen) {
        if (!Arrays.equals(chosen, selection) || top.z == null) {
            selection = chosen.clone();
            layers.forEach(Layer::lookAtSelection);
        }
        int[] output = IntStream.range(0, chosen.length * outputs * pixels)
                .map(row -> row / pixels % outputs)
                .toArray();
        readOut.pullBack(1.0 / pixels, output, top.z);
        for (int l = layers.size() - 1; l >= 0; l--) {
            layers.get(l).backward();
        }
    }

    /** Row of the fields of the forward pass for each row of those of the backward pass. */
    private int[] forwardRows() {
        int perPoint = outputs * pixels;
        return IntStream.range(0, selection.length * perPoint)
                .map(row -> selection[row / perPoint] * pixels + row % pixels)
                .toArray();
    }

    @Override
    public void gather(double[] drive) {
        int[] rows = forwardRows();
        layers.forEach(layer -> layer.gather(rows, drive));
        readOut.gather(ofPresent(drive));
    }

    @Override
    public void learn(double[] drive, double rate) {
        int[] rows = forwardRows();
        layers.forEach(layer -> layer.learn(rows, drive, rate));
        readOut.learn(ofPresent(drive), rate);
    }

    /** {@code (networks, C, points presented)} from {@code (networks, points selected, C)}. */
    private double[] ofPresent(double[] drive) {
        double[] spread = new double[realization.networks() * outputs * present];
        int size = selection.length * outputs;
        for (int i = 0; i < drive.length; i++) {
            int place = selection[i % size / outputs];
            spread[(i / size * outputs + i % outputs) * present + place] += drive[i];
        }
        return spread;
    }

    @Override
    public List<? extends Site> sites() {
        return layers;
    }

    @Override
    public Map<String, Matrix> state() {
        Map<String, Matrix> state = new LinkedHashMap<>();
        for (Layer layer : layers) {
            layer.weights.state().forEach((name, matrix) -> state.put(name + "_" + layer.index, matrix));
            if (layer.bias != null) {
                layer.bias.state().forEach((name, matrix) -> state.put("bias_" + name + "_" + layer.index, matrix));
            }
        }
        state.putAll(readOut.state());
        return state;
    }

    /** One hidden layer. */
    private final class Layer implements Site {
        private final int index;
        private final Neurons neurons;
        private final Weights weights;
        private final Weights bias;
        /** {@code s_l}, and that times the branch. */
        private final double scale;

        private final double factor;
        private final Field[] forward = new Field[3];
        private final Field[] backward = new Field[2];
        private final FieldSpace features;
        private final FieldSpace pulled;
        private final Field pooled;
        private final Field summed;
        private Field h;
        private Field phi;
        private Field slope;
        private Field z;
        private Field g;

        Layer(int index, Neurons neurons, Weights weights, Weights bias, double scale) {
            this.index = index;
            this.neurons = neurons;
            this.weights = weights;
            this.bias = bias;
            this.scale = scale;
            this.factor = index == 0 ? scale : scale * branch;
            Arrays.setAll(forward, i -> realization.field(capacity * pixels, neurons.count()));
            Arrays.setAll(backward, i -> realization.field(capacity * outputs * pixels, neurons.count()));
            this.features = realization.space(neurons);
            this.pulled = realization.space(neurons);
            this.pooled = pixels == 1 ? null : realization.field(capacity, neurons.count());
            this.summed = pixels == 1 ? null : realization.field(capacity * outputs, neurons.count());
        }

        private void lookAtPresent() {
            h = forward[0].rows(0, present * pixels);
            phi = forward[1].rows(0, present * pixels);
            slope = forward[2].rows(0, present * pixels);
        }

        private void lookAtSelection() {
            z = backward[0].rows(0, selection.length * outputs * pixels);
            g = backward[1].rows(0, selection.length * outputs * pixels);
        }

        private Field below() {
            return index == 0 ? inputs : layers.get(index - 1).phi;
        }

        private void forward() {
            double keep = 0;
            if (residual && index > 0) {
                layers.get(index - 1).h.with(h, backend::copy);
                keep = 1;
            }
            if (bias != null) {
                bias.forward(ones.rows(0, present), 1, keep, h);
                keep = 1;
            }
            weights.forward(below(), factor, keep, h);
            neurons.activate(h, phi, slope, freeMoved());
        }

        private boolean freeMoved() {
            return index > 0 || weights.freeMoved() || (bias != null && bias.freeMoved());
        }

        /** Fills g of this layer and z of the one below. */
        private void backward() {
            boolean stream = residual && this != top;
            if (stream) {
                layers.get(index + 1).g.with(g, backend::copy);
            }
            neurons.pullBack(stream ? branch : 1, slopesOfSelection(), z, stream ? 1 : 0, g);
            weights.backward(g, scale, 0, index == 0 ? null : layers.get(index - 1).z);
            if (bias != null) {
                bias.backward(g, 1, 0, null);
            }
        }

        private Field slopesOfSelection() {
            int[] rows = forwardRows();
            if (rows.length <= slope.count() && IntStream.range(0, rows.length).allMatch(i -> rows[i] == i)) {
                return slope.rows(0, rows.length);
            }
            Field some = slopesOfSome.rows(0, rows.length);
            slope.with(some, (from, to) -> backend.gatherRows(from, rows, to));
            return some;
        }

        private void gather(int[] rows, double[] drive) {
            weights.gather(rows, driven(drive, factor));
            if (bias != null) {
                bias.gather(rows, drive);
            }
        }

        private void learn(int[] rows, double[] drive, double rate) {
            weights.learn(rows, driven(drive, factor), rate);
            if (bias != null) {
                bias.learn(rows, drive, rate);
            }
        }

        /** Every entry times a factor, once per pixel. */
        private double[] driven(double[] drive, double by) {
            double[] driven = new double[drive.length * pixels];
            Arrays.setAll(driven, i -> by * drive[i / pixels]);
            return driven;
        }

        @Override
        public Field preactivations() {
            return h;
        }

        @Override
        public Field activations() {
            return phi;
        }

        @Override
        public Field pullbacks() {
            return z;
        }

        @Override
        public Field gradients() {
            return g;
        }

        @Override
        public Coordinates featureCoordinates() {
            if (pixels > 1) {
                return features.of(pool(mean, phi, pooled.rows(0, present)).value());
            }
            // Weights that read the features know their coordinates.
            return this == top || !plain
                    ? features.of(phi.value())
                    : layers.get(index + 1).weights.features();
        }

        @Override
        public Coordinates gradientCoordinates() {
            if (pixels > 1) {
                return pulled.of(
                        pool(sum, g, summed.rows(0, selection.length * outputs)).value());
            }
            return index == 0 ? pulled.of(g.value()) : weights.gradients();
        }

        @Override
        public Weights weights() {
            return weights;
        }

        @Override
        public double factor() {
            return factor;
        }
    }
}
