package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/** Trains one network on the batches alone and looks at chosen points at the recorded times; every point passes once at the start. */
final class LongRun {
    private static final String STEP = "step";

    private final Problem problem;
    private final String name;
    private final Backend backend;
    private final Program program;
    private final Passes passes;
    private final BatchSchedule schedule;
    private final BatchOrder order;
    private final int[] watched;
    private final int inKernels;
    private final Tensor f;
    private final List<Tensor> kernels = new ArrayList<>();
    /** Outputs at initialization, which predictions are counted from. */
    private final double[] initial;
    /** Mean loss of the batch of each step. */
    private final double[] loss;

    /**
     * @param name of the network, for messages
     * @param program for as many points at a time as memory allows
     * @param watched points whose predictions are kept
     * @param inKernels the first so many of them are in the kernels too
     */
    LongRun(
            Problem problem,
            String name,
            Backend backend,
            Program program,
            BatchOrder order,
            int[] watched,
            int inKernels) {
        this.problem = problem;
        this.name = name;
        this.backend = backend;
        this.program = program;
        this.passes = new Passes(program);
        this.schedule = BatchSchedule.of(problem);
        this.order = order;
        this.watched = watched.clone();
        this.inKernels = inKernels;
        int recorded = problem.training().record().length;
        this.f = Tensor.zeros(recorded, watched.length);
        for (int l = 0; l < problem.network().layers(); l++) {
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
            for (int[] part : passes.parts(IntStream.range(0, problem.points()).toArray())) {
                double[] outputs = passes.forward(part);
                for (int b = 0; b < part.length; b++) {
                    initial[part[b]] = outputs[b];
                }
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
        Map<String, Tensor> state = new LinkedHashMap<>();
        program.state().forEach((key, matrix) -> state.put(key, copy(matrix)));
        state.put(STEP, Tensor.vector((double) t));
        state.put("initial", Tensor.vector(initial));
        state.put("loss", Tensor.vector(loss));
        state.put("f", f);
        for (int l = 0; l < kernels.size(); l++) {
            state.put("kernel_" + l, kernels.get(l));
        }
        return state;
    }

    private Tensor copy(Matrix matrix) {
        Tensor copy = Tensor.zeros(matrix.rows(), matrix.columns());
        backend.download(matrix, copy.data());
        return copy;
    }

    /** The step to go on with, 0 if nothing usable was kept. */
    private int restored(KeptRun kept) {
        Map<String, Tensor> state = state(0);
        if (!kept.read(state)) {
            return 0;
        }
        program.state().forEach((key, matrix) -> backend.upload(state.get(key).data(), matrix));
        int t = (int) state.get(STEP).get(0);
        int steps = problem.training().steps();
        kept.say().accept(kept.file() + (t < steps ? ": goes on at step " + t + " of " + (steps - 1) : ": is done"));
        return t;
    }

    /** One step; returns the mean loss of its batch before it. */
    private double descend(int t) {
        Loss function = problem.training().loss();
        double[] targets = problem.dataset().targets();
        int[] batch = order.at(schedule, t);
        double scale = problem.updateScale() * schedule.weight();
        double sum = 0;
        List<int[]> parts = passes.parts(batch);
        for (int i = 0; i < parts.size(); i++) {
            int[] part = parts.get(i);
            double[] outputs = passes.forward(part);
            program.backward(IntStream.range(0, part.length).toArray());
            double[] drive = new double[part.length];
            for (int b = 0; b < part.length; b++) {
                int mu = part[b];
                double prediction = outputs[b] - initial[mu];
                sum += function.value(targets[mu], prediction);
                drive[b] = scale * function.residual(targets[mu], prediction);
            }
            if (i + 1 < parts.size()) {
                program.gather(drive);
            } else {
                program.learn(drive, problem.training().rateFactor(t));
            }
        }
        return sum / batch.length;
    }

    private void look(int slot, int t) {
        List<CoordinateHistory> pooled = new ArrayList<>();
        kernels.forEach(kernel -> pooled.add(new CoordinateHistory(backend, 1, 1, inKernels)));
        try {
            int k = 0;
            for (int[] part : passes.parts(watched)) {
                double[] outputs = passes.forward(part);
                int inside = Math.max(0, Math.min(part.length, inKernels - k));
                for (int l = 0; l < pooled.size() && inside > 0; l++) {
                    Coordinates all = program.sites().get(l).featureCoordinates();
                    pooled.get(l).put(0, k, new Coordinates(all.rows().rows(0, inside), all.norm()));
                }
                for (int b = 0; b < part.length; b++, k++) {
                    double prediction = outputs[b] - initial[part[b]];
                    requireBounded(Double.isFinite(prediction) ? 0 : prediction, t);
                    f.set(prediction, slot, k);
                }
            }
            for (int l = 0; l < pooled.size() && inKernels > 0; l++) {
                double[] kernel = pooled.get(l).kernels().get(0).data();
                System.arraycopy(kernel, 0, kernels.get(l).data(), slot * kernel.length, kernel.length);
            }
        } finally {
            pooled.forEach(CoordinateHistory::close);
        }
    }

    private void requireBounded(double value, int t) {
        double own = Arrays.stream(initial).map(each -> each * each).sum() / initial.length;
        SolverException.requireBounded(
                name,
                t,
                value,
                Math.max(problem.initialLoss(), own),
                problem.training().eta());
    }
}
