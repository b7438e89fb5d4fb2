package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.Problem;

/**
 * Keeps phi and g of every recorded time and makes kernels of them, {@code docs/theory.md} section 2: per layer two
 * {@code (N, R Q)} histories, one column per recorded time and point, and one Gram matrix of each at the end.
 */
final class FieldRecorder implements AutoCloseable {
    /** Neurons whose h and z are kept as samples of the densities; more would not show in a histogram. */
    static final int SAMPLES = 4096;

    private final int recorded;
    private final int points;
    private final int samples;
    private final KernelHistory[] features;
    private final KernelHistory[] gradients;
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    FieldRecorder(Problem problem, int width, Precision precision) {
        this.recorded = problem.training().record().length;
        this.points = problem.points();
        this.samples = Math.min(width, SAMPLES);
        int depth = problem.network().depth();
        this.features = new KernelHistory[depth];
        this.gradients = new KernelHistory[depth];
        for (int l = 0; l < depth; l++) {
            features[l] = new KernelHistory(precision, width, recorded, points);
            gradients[l] = new KernelHistory(precision, width, recorded, points);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
        }
    }

    /** True if the densities want the pullback field of this recorded time. */
    boolean samples(int slot) {
        return slot == 0 || slot == recorded - 1;
    }

    /**
     * Takes over the fields of all points as recorded time number {@code slot}.
     *
     * @param pullbacks {@code z^l}, per layer flat {@code (Q, N)}; read only where {@link #samples(int)}
     */
    void record(int slot, Mlp network, double[][] pullbacks) {
        for (int l = 0; l < features.length; l++) {
            append(network.features(l), features[l], slot, network.panels());
            append(network.gradients(l), gradients[l], slot, network.panels());
            if (slot == 0) {
                sample(network, l, pullbacks[l], 0);
            }
            if (slot == recorded - 1) {
                sample(network, l, pullbacks[l], 1);
            }
        }
    }

    /** Transposes {@code (Q, N)} into the columns of one time. */
    private void append(NativeMatrix field, KernelHistory history, int slot, Panels panels) {
        field.toHost();
        panels.forEach(panel -> {
            int first = panels.from(panel);
            int n = panels.size(panel);
            double[] block = Scratch.VALUE.of(n * points);
            double[] column = Scratch.COLUMN.of(n);
            field.read((long) first * points, block, 0, n * points);
            for (int mu = 0; mu < points; mu++) {
                for (int i = 0; i < n; i++) {
                    column[i] = block[i * points + mu];
                }
                history.put(slot, mu, first, column, n);
            }
        });
    }

    private void sample(Mlp network, int l, double[] pullback, int time) {
        Tensor h = preactivations.get(l);
        Tensor z = pullbacks.get(l);
        double[] neuron = new double[points];
        network.preactivations(l).toHost();
        for (int i = 0; i < samples; i++) {
            network.preactivations(l).read((long) i * points, neuron, 0, points);
            for (int mu = 0; mu < points; mu++) {
                h.set(neuron[mu], time, mu, i);
                z.set(pullback[mu * network.width() + i], time, mu, i);
            }
        }
    }

    /** {@code Phi^l}, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> featureKernels() {
        return Arrays.stream(features).map(KernelHistory::kernel).toList();
    }

    /** {@code G^l}, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> gradientKernels() {
        return Arrays.stream(gradients).map(KernelHistory::kernel).toList();
    }

    /** Samples of h at the first and the last recorded time, L tensors {@code (2,Q,S')}, {@code S' = min(N, 4096)}. */
    List<Tensor> preactivations() {
        return preactivations;
    }

    /** Samples of z at the first and the last recorded time, L tensors {@code (2,Q,S')}. */
    List<Tensor> pullbacks() {
        return pullbacks;
    }

    @Override
    public void close() {
        for (int l = 0; l < features.length; l++) {
            features[l].close();
            gradients[l].close();
        }
    }
}
