package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * Keeps phi and g of every recorded time on the backend, {@code (R Q, N)} per layer and network, and makes kernels of them
 * at the end, {@code docs/theory.md} section 2.
 */
final class BackendRecorder {
    private final Backend backend;
    private final int networks;
    private final int recorded;
    private final int points;
    /** Rows of backward fields, one per point and output. */
    private final int backwardRows;

    private final int width;
    private final int samples;
    private final Matrix[] features;
    private final Matrix[] gradients;
    private final List<List<Tensor>> preactivations = new ArrayList<>();
    private final List<List<Tensor>> pullbacks = new ArrayList<>();

    BackendRecorder(Problem problem, int width, Workspace workspace) {
        this.backend = workspace.backend();
        this.networks = workspace.networks();
        this.recorded = problem.training().record().length;
        this.points = PointSchedule.of(problem).rows();
        this.backwardRows = points * problem.outputs();
        this.width = width;
        this.samples = Math.min(width, FieldRecorder.SAMPLES);
        int depth = problem.network().depth();
        this.features = new Matrix[depth];
        this.gradients = new Matrix[depth];
        for (int l = 0; l < depth; l++) {
            features[l] = workspace.allocate(recorded * points, width);
            gradients[l] = workspace.allocate(recorded * backwardRows, width);
        }
        for (int b = 0; b < networks; b++) {
            preactivations.add(zeros(depth, points));
            pullbacks.add(zeros(depth, backwardRows));
        }
    }

    private List<Tensor> zeros(int depth, int rows) {
        List<Tensor> layers = new ArrayList<>();
        for (int l = 0; l < depth; l++) {
            layers.add(Tensor.zeros(2, rows, samples));
        }
        return layers;
    }

    /** Takes over the fields of all points as recorded time number {@code slot}. */
    void record(int slot, BackendMlp network, BackendMlp.Backward backward) {
        for (int l = 0; l < features.length; l++) {
            backend.copy(network.features(l), features[l].rows(slot * points, points));
            backend.copy(backward.gradients(l), gradients[l].rows(slot * backwardRows, backwardRows));
            if (slot == 0) {
                sample(network.preactivations(l), l, 0, preactivations);
                sample(backward.pullbacks(l), l, 0, pullbacks);
            }
            if (slot == recorded - 1) {
                sample(network.preactivations(l), l, 1, preactivations);
                sample(backward.pullbacks(l), l, 1, pullbacks);
            }
        }
    }

    private void sample(Matrix field, int layer, int time, List<List<Tensor>> into) {
        int size = field.rows() * samples;
        double[] values = new double[networks * size];
        backend.download(field.block(0, field.rows(), 0, samples), values);
        for (int b = 0; b < networks; b++) {
            double[] target = into.get(b).get(layer).data();
            System.arraycopy(values, b * size, target, time * size, size);
        }
    }

    /** {@code Phi^l} of every network: L tensors {@code (R,Q,R,Q)} each. */
    List<List<Tensor>> featureKernels() {
        return kernels(features, points);
    }

    /** {@code G^l} of every network: L tensors {@code (R,Q,R,Q)} each. */
    List<List<Tensor>> gradientKernels() {
        return kernels(gradients, backwardRows);
    }

    private List<List<Tensor>> kernels(Matrix[] histories, int rows) {
        List<List<Tensor>> kernels = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            kernels.add(new ArrayList<>());
        }
        int side = recorded * rows;
        int size = side * side;
        for (Matrix history : histories) {
            double[] values = new double[Math.multiplyExact(networks, size)];
            try (Matrix gram = backend.allocate(networks, side, side)) {
                backend.gram(1.0 / width, history, gram);
                backend.download(gram, values);
            }
            for (int b = 0; b < networks; b++) {
                kernels.get(b)
                        .add(new Tensor(
                                new int[] {recorded, rows, recorded, rows},
                                Arrays.copyOfRange(values, b * size, (b + 1) * size)));
            }
        }
        return kernels;
    }

    /** Samples of h at the first and the last recorded time, per network L tensors {@code (2,Q,S')}. */
    List<List<Tensor>> preactivations() {
        return preactivations;
    }

    /** Samples of z at the first and the last recorded time, per network L tensors {@code (2,Q,S')}. */
    List<List<Tensor>> pullbacks() {
        return pullbacks;
    }
}
