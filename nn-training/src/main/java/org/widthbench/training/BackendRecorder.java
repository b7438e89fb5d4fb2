package org.widthbench.training;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.FieldSpace;
import org.widthbench.core.weights.Holding;

/**
 * Keeps phi and g of every recorded time on the backend, in coordinates, and makes kernels of them at the end, {@code
 * docs/theory.md} section 2.
 */
final class BackendRecorder {
    private final Backend backend;
    private final int networks;
    private final int recorded;
    private final int samples;
    private final CoordinateHistory[] features;
    private final CoordinateHistory[] gradients;
    /** Where the fields that no hidden matrix sees get their coordinates: phi of the last layer, g of the first. */
    private final FieldSpace top;

    private final FieldSpace bottom;
    private final List<List<Tensor>> preactivations = new ArrayList<>();
    private final List<List<Tensor>> pullbacks = new ArrayList<>();

    BackendRecorder(Problem problem, int width, Holding holding, Workspace workspace) {
        this.backend = workspace.backend();
        this.networks = workspace.networks();
        this.recorded = problem.training().record().length;
        this.samples = Math.min(width, FieldRecorder.SAMPLES);
        this.top = holding.space(backend, width);
        this.bottom = holding.space(backend, width);
        workspace.atEnd(top::close);
        workspace.atEnd(bottom::close);
        int depth = problem.network().depth();
        int points = PointSchedule.of(problem).rows();
        int backwardRows = points * problem.outputs();
        this.features = histories(depth, points, workspace);
        this.gradients = histories(depth, backwardRows, workspace);
        for (int b = 0; b < networks; b++) {
            preactivations.add(zeros(depth, points));
            pullbacks.add(zeros(depth, backwardRows));
        }
    }

    private CoordinateHistory[] histories(int depth, int rows, Workspace workspace) {
        CoordinateHistory[] histories = new CoordinateHistory[depth];
        for (int l = 0; l < depth; l++) {
            histories[l] = new CoordinateHistory(backend, networks, recorded, rows);
            workspace.atEnd(histories[l]::close);
        }
        return histories;
    }

    private List<Tensor> zeros(int depth, int rows) {
        List<Tensor> layers = new ArrayList<>();
        for (int l = 0; l < depth; l++) {
            layers.add(Tensor.zeros(2, rows, samples));
        }
        return layers;
    }

    /** Takes over the fields of all points, those of the last passes, as recorded time number {@code slot}. */
    void record(int slot, BackendMlp network, BackendMlp.Backward backward) {
        int last = features.length - 1;
        for (int l = 0; l <= last; l++) {
            features[l].put(slot, l < last ? network.weights(l + 1).features() : top.of(network.features(last)));
            gradients[l].put(slot, l > 0 ? network.weights(l).gradients() : bottom.of(backward.gradients(0)));
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
        return kernels(features);
    }

    /** {@code G^l} of every network: L tensors {@code (R,Q,R,Q)} each. */
    List<List<Tensor>> gradientKernels() {
        return kernels(gradients);
    }

    private List<List<Tensor>> kernels(CoordinateHistory[] histories) {
        List<List<Tensor>> kernels = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            kernels.add(new ArrayList<>());
        }
        for (CoordinateHistory history : histories) {
            List<Tensor> own = history.kernels();
            for (int b = 0; b < networks; b++) {
                kernels.get(b).add(own.get(b));
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
