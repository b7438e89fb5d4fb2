package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.Problem;

/** Trains on the batches alone and looks at chosen points at the recorded times; every point passes once at the start. */
final class CnnLongRun {
    private static final String STEP = "step";

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
    /** Mean loss of the batch of each step. */
    private final double[] loss;

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
        this.loss = new double[problem.training().steps() - 1];
    }

    /** @param kept where the state is kept and taken up from; null for nowhere */
    CnnTrajectory train(KeptRun kept, Progress progress) {
        int steps = problem.training().steps();
        int[] times = problem.training().record();
        int t = kept == null ? 0 : restored(kept);
        if (t == 0) {
            for (int[] part : parts(IntStream.range(0, problem.points()).toArray())) {
                scatter(forward(part), part, initial);
            }
        }
        long last = System.nanoTime();
        while (t < steps) {
            int slot = Arrays.binarySearch(times, t);
            if (slot >= 0) {
                look(slot, t);
            }
            if (t + 1 < steps) {
                loss[t] = descend(t);
                requireBounded(loss[t], t);
            }
            progress.step(++t, steps);
            if (kept != null
                    && (t == steps || System.nanoTime() - last >= kept.every().toNanos())) {
                kept.write(state(t));
                last = System.nanoTime();
            }
        }
        return new CnnTrajectory(times, loss, f, kernels);
    }

    /** All that the steps from {@code t} on depend on, and what the earlier ones have found. */
    private Map<String, Tensor> state(int t) {
        Map<String, Tensor> state = optimizer.state();
        state.put(STEP, Tensor.vector((double) t));
        state.put("initial", Tensor.vector(initial));
        state.put("loss", Tensor.vector(loss));
        state.put("f", f);
        for (int l = 0; l < kernels.size(); l++) {
            state.put("kernel_" + l, kernels.get(l));
        }
        return state;
    }

    /** The step to go on with, 0 if nothing usable was kept. */
    private int restored(KeptRun kept) {
        Map<String, Tensor> state = state(0);
        if (!kept.read(state)) {
            return 0;
        }
        optimizer.restore(state);
        int t = (int) state.get(STEP).get(0);
        int steps = problem.training().steps();
        kept.say().accept(kept.file() + (t < steps ? ": goes on at step " + t + " of " + (steps - 1) : ": is done"));
        return t;
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
                requireBounded(Double.isFinite(prediction) ? 0 : prediction, t);
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

    private void requireBounded(double value, int t) {
        SolverException.requireBounded(
                "network of " + network.channels() + " channels",
                t,
                value,
                Math.max(problem.initialLoss(), dot(initial, initial) / initial.length),
                problem.training().eta());
    }
}
