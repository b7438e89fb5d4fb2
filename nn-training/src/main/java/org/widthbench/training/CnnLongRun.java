package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.Loss;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;

/** Trains on the batches alone and looks at chosen points at the recorded times; every point passes once at the start. */
final class CnnLongRun {
    private final Problem problem;
    private final Cnn network;
    private final CnnDescent optimizer;
    private final CnnFields fields;
    private final CnnBatches batches;
    private final int[] watched;
    private final int inKernels;
    private final Tensor f;
    private final List<Tensor> kernels = new ArrayList<>();
    /** Outputs at initialization, which predictions are counted from. */
    private final double[] initial;

    /**
     * @param fields for as many images at a time as memory allows
     * @param watched points whose predictions are kept
     * @param inKernels the first so many of them are in the kernels too
     */
    CnnLongRun(
            Problem problem,
            Cnn network,
            CnnDescent optimizer,
            CnnFields fields,
            CnnBatches batches,
            int[] watched,
            int inKernels) {
        this.problem = problem;
        this.network = network;
        this.optimizer = optimizer;
        this.fields = fields;
        this.batches = batches;
        this.watched = watched.clone();
        this.inKernels = inKernels;
        int recorded = problem.training().record().length;
        this.f = Tensor.zeros(recorded, watched.length);
        for (int l = 0; l < network.depth(); l++) {
            kernels.add(Tensor.zeros(recorded, inKernels, inKernels));
        }
        this.initial = new double[problem.points()];
    }

    CnnTrajectory train(Progress progress) {
        int steps = problem.training().steps();
        int[] times = problem.training().record();
        double[] loss = new double[steps - 1];
        for (int[] part : parts(IntStream.range(0, problem.points()).toArray())) {
            scatter(forward(part), part, initial);
        }
        int slot = 0;
        for (int t = 0; t < steps; t++) {
            if (slot < times.length && times[slot] == t) {
                look(slot++, t);
            }
            if (t + 1 < steps) {
                loss[t] = descend(t);
                requireFinite(loss[t], t);
            }
            progress.step(t + 1, steps);
        }
        return new CnnTrajectory(times, loss, f, kernels);
    }

    private double[] forward(int[] part) {
        fields.load(part);
        fields.forward();
        return fields.outputs();
    }

    private static void scatter(double[] values, int[] points, double[] to) {
        for (int b = 0; b < points.length; b++) {
            to[points[b]] = values[b];
        }
    }

    private List<int[]> parts(int[] points) {
        List<int[]> parts = new ArrayList<>();
        for (int first = 0; first < points.length; first += fields.size()) {
            parts.add(Arrays.copyOfRange(points, first, Math.min(points.length, first + fields.size())));
        }
        return parts;
    }

    /** One step; returns the mean loss of its batch before it. */
    private double descend(int t) {
        Loss function = problem.training().loss();
        double[] targets = problem.dataset().targets();
        int[] batch = batches.at(t);
        double sum = 0;
        for (int[] part : parts(batch)) {
            double[] outputs = forward(part);
            double[] residuals = new double[part.length];
            for (int b = 0; b < part.length; b++) {
                int mu = part[b];
                double prediction = outputs[b] - initial[mu];
                sum += function.value(targets[mu], prediction);
                residuals[b] = batches.weight() * function.residual(targets[mu], prediction);
            }
            optimizer.accumulate(fields, residuals);
        }
        optimizer.step(problem.training().rateFactor(t));
        return sum / batch.length;
    }

    private void look(int slot, int t) {
        double[][][] pooled = new double[network.depth()][inKernels][];
        int k = 0;
        for (int[] part : parts(watched)) {
            double[] outputs = forward(part);
            for (int b = 0; b < part.length; b++, k++) {
                double prediction = outputs[b] - initial[part[b]];
                requireFinite(prediction, t);
                f.set(prediction, slot, k);
                for (int l = 0; k < inKernels && l < network.depth(); l++) {
                    pooled[l][k] = fields.pooledFeatures(l, b);
                }
            }
        }
        for (int l = 0; l < network.depth(); l++) {
            for (int j = 0; j < inKernels; j++) {
                for (int i = 0; i <= j; i++) {
                    double product = dot(pooled[l][i], pooled[l][j]) / network.channels();
                    kernels.get(l).set(product, slot, i, j);
                    kernels.get(l).set(product, slot, j, i);
                }
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private void requireFinite(double value, int t) {
        if (!Double.isFinite(value)) {
            throw SolverException.diverged(
                    "network of " + network.channels() + " channels",
                    t,
                    problem.training().eta());
        }
    }
}
