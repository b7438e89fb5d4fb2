package org.widthbench.training.family;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.Problem;
import org.widthbench.training.stream.Samples;

/**
 * One network in training, mean-field parameterized as in {@code docs/theory.md} sections 1 and 6. Predictions are centred:
 * the output minus that of the same network at initialization. The loss of B samples is
 * {@code (1/2B) sum (y - f)^2}; what is reported is {@code (1/B) sum (y - f)^2}.
 *
 * <p>Gradients and Hessians are those of this loss with respect to all weights, times {@code gamma0^2 N}: in these units
 * gradient descent moves by {@code eta} and is stable up to a sharpness of {@code 2 / eta} at every width. Not thread-safe.
 */
public final class TrainableNetwork implements AutoCloseable {
    /** Entries of the patches of one layer that are held at a time, 64 MB; more inputs go through one part after another. */
    private static final int LARGEST_PATCHES = 1 << 23;

    private final NetworkFamily family;
    private final Problem problem;
    private final Backend backend;
    private final int width;
    private final Parameters parameters;
    private final Images images;
    /** Without companions, and with them once a Hessian was asked for. */
    private Lens plain;

    private Lens bent;
    /** Initial outputs of the inputs that were seen last. */
    private Tensor centredInputs;

    private double[] centre = {};
    /** Samples for whose present weights {@link #bent} holds the fields, and their residuals. */
    private Samples held;

    private double[] heldResiduals = {};

    TrainableNetwork(NetworkFamily family, int width, long seed) {
        this.family = family;
        this.problem = family.problem();
        this.backend = family.backend();
        this.width = width;
        this.parameters = new Parameters(backend, seed, width);
        this.images = family.network().architecture().images(problem.dataset().inputs());
        this.plain = new Lens(1, false);
    }

    /** A program of so many inputs, and what it is made of. */
    private final class Lens implements AutoCloseable {
        private final TangentRealization realization;
        private final Program program;

        Lens(int capacity, boolean moving) {
            realization = new TangentRealization(parameters, backend, width, moving);
            program = problem.program(realization, capacity);
        }

        private void backward(int count) {
            program.backward(IntStream.range(0, count).toArray());
        }

        @Override
        public void close() {
            realization.close();
        }
    }

    /** Number N of neurons or channels per hidden layer. */
    public int width() {
        return width;
    }

    /** Number L of hidden layers. */
    public int depth() {
        return family.network().layers();
    }

    /** Number of weights. */
    public int parameterCount() {
        return parameters.count();
    }

    /** All weights, first layer first, read-out last; within a layer in the order of {@link org.widthbench.core.random.InitialWeights}. */
    public double[] parameters() {
        return parameters.trained();
    }

    /** Sets all weights; predictions stay centred on the network at initialization. */
    public void setParameters(double[] values) {
        parameters.setTrained(values);
        held = null;
    }

    /** Centred predictions, {@code (B)}. */
    public double[] predict(Tensor inputs) {
        takeCentre(inputs);
        double[] outputs = outputs(inputs);
        for (int b = 0; b < outputs.length; b++) {
            outputs[b] -= centre[b];
        }
        return outputs;
    }

    /** Before the outputs themselves, so that what the fields hold afterwards is of the present weights. */
    @SuppressWarnings("ReferenceEquality")
    private void takeCentre(Tensor inputs) {
        if (inputs != centredInputs) {
            parameters.setUntrained(true);
            centre = outputs(inputs);
            parameters.setUntrained(false);
            centredInputs = inputs;
        }
    }

    private double[] outputs(Tensor inputs) {
        double[] outputs = new double[inputs.size(0)];
        forEachPart(inputs, (from, part) -> {
            double[] own = forward(plain(part.size(0)), part);
            System.arraycopy(own, 0, outputs, from, own.length);
        });
        return outputs;
    }

    private static double[] forward(Lens lens, Tensor inputs) {
        lens.program.present(inputs);
        lens.program.forward();
        return lens.program.outputs();
    }

    /**
     * One step of gradient descent, {@code W -= eta gamma0^2 N dloss/dW}.
     *
     * @return the batch's loss {@code (1/B) sum (y - f)^2} before the step
     */
    public double descend(Samples batch, double eta) {
        double loss = differentiate(batch);
        parameters.step(eta);
        return loss;
    }

    /** {@code gamma0^2 N dloss/dW}, in the order of {@link #parameters}. */
    public double[] gradient(Samples samples) {
        differentiate(samples);
        double[] uphill = parameters.gradient();
        for (int i = 0; i < uphill.length; i++) {
            uphill[i] = -uphill[i];
        }
        return uphill;
    }

    /** Sums up the direction of descent; returns the loss. */
    private double differentiate(Samples samples) {
        double[] residuals = residuals(samples);
        boolean forwarded = most() >= residuals.length;
        double scale = family.gamma0() / residuals.length;
        parameters.clearGradient();
        forEachPart(samples.inputs(), (from, part) -> {
            Lens lens = plain(part.size(0));
            if (!forwarded) {
                forward(lens, part);
            }
            lens.backward(part.size(0));
            lens.program.gather(part(residuals, scale, from, part.size(0)));
        });
        held = null;
        double sum = 0;
        for (double residual : residuals) {
            sum += residual * residual;
        }
        return sum / residuals.length;
    }

    private double[] residuals(Samples samples) {
        double[] residuals = predict(samples.inputs());
        double[] targets = samples.targets();
        Arrays.setAll(residuals, b -> targets[b] - residuals[b]);
        return residuals;
    }

    private static double[] part(double[] residuals, double scale, int from, int count) {
        double[] part = Arrays.copyOfRange(residuals, from, from + count);
        Arrays.setAll(part, b -> scale * part[b]);
        return part;
    }

    /** {@code gamma0^2 N (d^2 loss / dW dW) direction}, exact to rounding, in the order of {@link #parameters}. */
    @SuppressWarnings("ReferenceEquality")
    public double[] hessianTimes(Samples samples, double[] direction) {
        parameters.setDirection(direction);
        boolean ready = held == samples;
        double[] residuals = ready ? heldResiduals : residuals(samples);
        double scale = family.gamma0() / samples.count();
        parameters.clearGradient();
        forEachPart(samples.inputs(), (from, part) -> {
            int count = part.size(0);
            bent = large(bent, count, true);
            bent.realization.setHeld(ready);
            if (!ready) {
                bent.program.present(part);
            }
            bent.program.forward();
            bent.program.outputs();
            bent.backward(count);
            double[] change = bent.realization.movedOutputs();
            gather(bent, false, part(change, scale / family.gamma0(), 0, count));
            gather(bent, true, part(residuals, -scale, from, count));
        });
        held = most() >= samples.count() ? samples : null;
        heldResiduals = residuals;
        return parameters.gradient();
    }

    private static void gather(Lens lens, boolean tangent, double[] drive) {
        lens.realization.setTangent(tangent);
        lens.program.gather(drive);
    }

    /** Kernels between B inputs. */
    public KernelSnapshot kernels(Tensor inputs) {
        Lens lens = plain(inputs.size(0));
        forward(lens, inputs);
        lens.backward(inputs.size(0));
        return KernelSnapshot.of(backend, images.pixels(), lens.program.sites(), lens.realization.linears());
    }

    /**
     * {@code h^l} of every input, site (pixel) and neuron.
     *
     * @return one array per layer, length {@code B * sites * N}
     */
    public List<double[]> preactivations(Tensor inputs) {
        Lens lens = plain(inputs.size(0));
        forward(lens, inputs);
        List<double[]> layers = new ArrayList<>();
        for (Site site : lens.program.sites()) {
            Matrix h = site.preactivations().value();
            double[] values = new double[Math.toIntExact(h.entries())];
            backend.download(h, values);
            layers.add(values);
        }
        return layers;
    }

    /** Work on some inputs, {@code from} the first of them. */
    @FunctionalInterface
    private interface PartWork {
        void run(int from, Tensor inputs);
    }

    /** Most inputs whose fields are held at a time. */
    private int most() {
        int[] sample = family.sample();
        int widest = images.taps() * Math.max(sample[sample.length - 1], depth() > 1 ? width : 1);
        return (int) Math.max(1, (long) LARGEST_PATCHES / ((long) images.pixels() * widest));
    }

    private void forEachPart(Tensor inputs, PartWork work) {
        Samples all = new Samples(inputs, new double[inputs.size(0)]);
        for (int from = 0; from < all.count(); from += most()) {
            work.run(from, all.slice(from, Math.min(all.count(), from + most())).inputs());
        }
    }

    private Lens plain(int count) {
        plain = large(plain, count, false);
        return plain;
    }

    /** The known program, or one that is large enough. */
    private Lens large(Lens known, int count, boolean moving) {
        if (known != null && known.program.capacity() >= count) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        return new Lens(count, moving);
    }

    @Override
    public void close() {
        plain.close();
        if (bent != null) {
            bent.close();
        }
        parameters.close();
    }
}
