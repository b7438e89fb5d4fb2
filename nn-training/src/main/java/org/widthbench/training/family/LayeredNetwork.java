package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.training.stream.Samples;

/** A {@link LayeredFamily}'s network: an MLP or a CNN. Keeps its initial weights to centre predictions. */
final class LayeredNetwork implements TrainableNetwork {
    /** Entries of the patches of one layer that are held at a time, 64 MB; more inputs go through one part after another. */
    private static final int LARGEST_PATCHES = 1 << 23;

    private final LayeredFamily family;
    private final Backend backend;
    private final int width;
    private final int depth;
    private final Matrices memory;
    private final LayeredWeights initial;
    private final LayeredWeights weights;
    private final LayeredWeights gradient;
    /** A direction, made when first asked for. */
    private LayeredWeights along;

    private final Map<Integer, LayeredFields> fields = new HashMap<>();
    private final Map<Integer, LayeredTangents> tangents = new HashMap<>();
    /** Initial outputs of the inputs that were seen last, part by part. */
    private Tensor centredInputs;

    private double[] centre;
    /** Samples and weights for which {@link #hessianTimes} has its fields ready. */
    private Samples bent;

    private double[] bentResiduals = {};

    LayeredNetwork(LayeredFamily family, int width, long seed) {
        this.family = family;
        this.backend = family.backend();
        this.width = width;
        this.depth = family.network().depth();
        this.memory = new Matrices(backend);
        this.initial = new LayeredWeights(family, width, memory);
        this.weights = new LayeredWeights(family, width, memory);
        this.gradient = new LayeredWeights(family, width, memory);
        initial.initialize(seed);
        weights.initialize(seed);
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public int parameterCount() {
        return weights.count();
    }

    @Override
    public double[] parameters() {
        return weights.download();
    }

    @Override
    public void setParameters(double[] parameters) {
        weights.upload(parameters);
        bent = null;
    }

    @Override
    public double[] predict(Tensor inputs) {
        takeCentre(inputs);
        double[] outputs = outputs(inputs, weights);
        for (int b = 0; b < outputs.length; b++) {
            outputs[b] -= centre[b];
        }
        return outputs;
    }

    /** Before the outputs themselves, so that what the fields hold afterwards is of the present weights. */
    @SuppressWarnings("ReferenceEquality")
    private void takeCentre(Tensor inputs) {
        if (inputs != centredInputs) {
            centre = outputs(inputs, initial);
            centredInputs = inputs;
        }
    }

    private double[] outputs(Tensor inputs, LayeredWeights of) {
        double[] outputs = new double[inputs.size(0)];
        forEachPart(inputs, (from, held) -> {
            held.forward(of);
            double[] part = held.outputs(of);
            System.arraycopy(part, 0, outputs, from, part.length);
        });
        bent = null;
        return outputs;
    }

    @Override
    public double descend(Samples batch, double eta) {
        double loss = differentiate(batch);
        weights.add(eta, gradient);
        return loss;
    }

    @Override
    public double[] gradient(Samples samples) {
        differentiate(samples);
        double[] uphill = gradient.download();
        for (int i = 0; i < uphill.length; i++) {
            uphill[i] = -uphill[i];
        }
        return uphill;
    }

    /** Fills {@link #gradient} with the direction of descent; returns the loss. */
    private double differentiate(Samples samples) {
        Centred centred = centred(samples);
        double[] residuals = centred.residuals;
        double scale = family.gamma0() / residuals.length;
        forEachPart(samples.inputs(), (from, held) -> {
            if (!centred.isForwarded) {
                held.forward(weights);
            }
            held.backward(weights);
            held.accumulate(part(residuals, scale, from, held), from == 0 ? 0 : 1, gradient);
        });
        bent = null;
        double sum = 0;
        for (double residual : residuals) {
            sum += residual * residual;
        }
        return sum / residuals.length;
    }

    /** @param isForwarded whether the fields of all samples are at hand */
    private record Centred(double[] residuals, boolean isForwarded) {}

    private Centred centred(Samples samples) {
        double[] targets = samples.targets();
        takeCentre(samples.inputs());
        double[] residuals = outputs(samples.inputs(), weights);
        for (int b = 0; b < residuals.length; b++) {
            residuals[b] = targets[b] - (residuals[b] - centre[b]);
        }
        return new Centred(residuals, most() >= residuals.length);
    }

    private static double[] part(double[] residuals, double scale, int from, LayeredFields held) {
        int count = held.rows() / held.family().sites();
        double[] part = new double[count];
        for (int b = 0; b < count; b++) {
            part[b] = scale * residuals[from + b];
        }
        return part;
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public double[] hessianTimes(Samples samples, double[] direction) {
        if (along == null) {
            along = new LayeredWeights(family, width, memory);
        }
        along.upload(direction);
        boolean ready = bent == samples && most() >= samples.count();
        double[] residuals = ready ? null : centred(samples).residuals;
        double scale = family.gamma0() / samples.count();
        double[] known = ready ? bentResiduals : residuals;
        forEachPart(samples.inputs(), (from, held) -> {
            LayeredTangents moved = tangents.computeIfAbsent(held.rows(), rows -> new LayeredTangents(held));
            if (!ready) {
                held.forward(weights);
                held.backward(weights);
                moved.bend();
            }
            moved.hessianTimes(weights, along, part(known, 1, from, held), scale, from == 0 ? 0 : 1, gradient);
        });
        bent = samples;
        bentResiduals = known;
        return gradient.download();
    }

    @Override
    public KernelSnapshot kernels(Tensor inputs) {
        LayeredFields held = of(inputs.size(0));
        held.load(inputs);
        held.forward(weights);
        held.backward(weights);
        bent = null;
        return LayeredKernels.of(held);
    }

    @Override
    public List<double[]> preactivations(Tensor inputs) {
        LayeredFields held = of(inputs.size(0));
        held.load(inputs);
        held.forward(weights);
        bent = null;
        List<double[]> layers = new ArrayList<>();
        for (int l = 0; l < depth; l++) {
            Matrix h = held.preactivations(l);
            double[] values = new double[h.rows() * h.columns()];
            backend.download(h, values);
            layers.add(values);
        }
        return layers;
    }

    /** Work on the fields of some inputs, {@code from} the first of them. */
    @FunctionalInterface
    private interface PartWork {
        void run(int from, LayeredFields held);
    }

    /** Most inputs whose fields are held at a time. */
    private int most() {
        int widest = Math.max(family.fanIn(0, width), depth > 1 ? family.fanIn(1, width) : 1);
        return (int) Math.max(1, (long) LARGEST_PATCHES / ((long) family.sites() * widest));
    }

    private void forEachPart(Tensor inputs, PartWork work) {
        int count = inputs.size(0);
        if (count <= most()) {
            LayeredFields held = of(count);
            held.load(inputs);
            work.run(0, held);
            return;
        }
        Samples all = new Samples(inputs, new double[count]);
        for (int from = 0; from < count; from += most()) {
            Samples part = all.slice(from, Math.min(count, from + most()));
            LayeredFields held = of(part.count());
            held.load(part.inputs());
            work.run(from, held);
        }
    }

    private LayeredFields of(int count) {
        return fields.computeIfAbsent(count, images -> new LayeredFields(family, width, images));
    }

    @Override
    public void close() {
        fields.values().forEach(LayeredFields::close);
        fields.clear();
        tangents.clear();
        memory.close();
    }
}
