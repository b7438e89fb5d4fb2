package org.widthbench.training;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;

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
    private final Precision precision;
    private final INDArray[] features;
    private final INDArray[] gradients;
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    FieldRecorder(Problem problem, int width, Precision precision) {
        this.recorded = problem.training().record().length;
        this.points = problem.points();
        this.samples = Math.min(width, SAMPLES);
        this.precision = precision;
        int depth = problem.network().depth();
        this.features = new INDArray[depth];
        this.gradients = new INDArray[depth];
        for (int l = 0; l < depth; l++) {
            features[l] = NativeMemory.allocate(precision, width, (long) recorded * points);
            gradients[l] = NativeMemory.allocate(precision, width, (long) recorded * points);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
        }
    }

    /** Takes over the fields of all points as recorded time number {@code slot}. */
    void record(int slot, Mlp network) {
        for (int l = 0; l < features.length; l++) {
            block(features[l], slot).assign(network.features(l));
            block(gradients[l], slot).assign(network.gradients(l));
            if (slot == 0) {
                sample(network.preactivations(l), preactivations.get(l), 0);
                sample(network.pullbacks(l), pullbacks.get(l), 0);
            }
            if (slot == recorded - 1) {
                sample(network.preactivations(l), preactivations.get(l), 1);
                sample(network.pullbacks(l), pullbacks.get(l), 1);
            }
        }
    }

    private INDArray block(INDArray history, int slot) {
        long first = (long) slot * points;
        return history.get(NDArrayIndex.all(), NDArrayIndex.interval(first, first + points));
    }

    private void sample(INDArray field, Tensor samplesOfLayer, int time) {
        double[] neurons = new double[samples];
        NativeMemory.toHost(field);
        for (int mu = 0; mu < points; mu++) {
            NativeMemory.read(field, (long) mu * field.rows(), neurons, samples);
            System.arraycopy(neurons, 0, samplesOfLayer.data(), (time * points + mu) * samples, samples);
        }
    }

    /** {@code Phi^l}, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> featureKernels() {
        return kernels(features);
    }

    /** {@code G^l}, L tensors {@code (R,Q,R,Q)}. */
    List<Tensor> gradientKernels() {
        return kernels(gradients);
    }

    private List<Tensor> kernels(INDArray[] histories) {
        List<Tensor> kernels = new ArrayList<>();
        for (INDArray history : histories) {
            kernels.add(new Tensor(new int[] {recorded, points, recorded, points}, GramMatrix.of(history, precision)));
        }
        return kernels;
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
