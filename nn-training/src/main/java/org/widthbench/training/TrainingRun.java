package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.measure.Recorder;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/** One training of several networks, all points looked at at every time. */
final class TrainingRun {
    private final Problem problem;
    private final String name;
    private final PointSchedule schedule;
    private final BatchOrder order;
    private final Program program;
    private final Passes passes;
    private final Recorder recorder;
    private final int networks;
    private final int outputs;
    private final int[] everyRow;
    private final List<ResidualHistory> histories = new ArrayList<>();

    /** @param name of the networks, for messages */
    TrainingRun(Problem problem, String name, BatchOrder order, int networks, Program program, Recorder recorder) {
        this.problem = problem;
        this.name = name;
        this.schedule = PointSchedule.of(problem);
        this.order = order;
        this.networks = networks;
        this.outputs = problem.outputs();
        this.recorder = recorder;
        this.program = program;
        this.passes = new Passes(program);
        this.everyRow = IntStream.range(0, schedule.rows()).toArray();
        for (int b = 0; b < networks; b++) {
            histories.add(new ResidualHistory(problem));
        }
    }

    List<OrderParameters> run(Progress progress) {
        int steps = problem.training().steps();
        int[] times = problem.training().record();
        int slot = 0;
        double[][] starts = problem.training().online() ? initialOutputs(steps) : null;
        for (int t = 0; t < steps; t++) {
            boolean record = slot < times.length && times[slot] == t;
            double[][] residuals = residuals(t, look(t, record ? slot : -1), starts);
            slot += record ? 1 : 0;
            if (t + 1 < steps) {
                descend(t, residuals, record);
            }
            progress.step(t + 1, steps);
        }
        return results();
    }

    /** Outputs at a time, {@code (networks, Q, C)}; recorded as time number {@code slot} unless that is negative. */
    private double[] look(int t, int slot) {
        double[] all = new double[networks * everyRow.length * outputs];
        int first = 0;
        for (int[] part : passes.parts(schedule.points(t))) {
            double[] own = passes.forward(part);
            int size = part.length * outputs;
            for (int b = 0; b < networks; b++) {
                System.arraycopy(own, b * size, all, (b * everyRow.length + first) * outputs, size);
            }
            if (slot >= 0) {
                program.backward(Arrays.copyOf(everyRow, part.length));
                recorder.record(slot, first, part.length, program);
            }
            first += part.length;
        }
        if (slot >= 0) {
            recorder.finish(slot);
        }
        return all;
    }

    /** What the untrained networks put out for the points of each time, {@code [t](networks, Q, C)}. */
    private double[][] initialOutputs(int steps) {
        double[][] starts = new double[steps][];
        Arrays.setAll(starts, t -> look(t, -1));
        return starts;
    }

    /** Takes in the outputs; Delta of the training rows, {@code [networks](P, C)}. */
    private double[][] residuals(int t, double[] values, double[][] starts) {
        int size = values.length / networks;
        double[][] residuals = new double[networks][];
        for (int b = 0; b < networks; b++) {
            ResidualHistory history = histories.get(b);
            double[] own = Arrays.copyOfRange(values, b * size, (b + 1) * size);
            residuals[b] = starts == null
                    ? history.append(t, own)
                    : history.append(t, own, Arrays.copyOfRange(starts[t], b * size, (b + 1) * size));
            history.requireBounded(name, t);
        }
        return residuals;
    }

    /**
     * One step.
     *
     * @param passed whether the rows that are held have just been passed back, all of them
     */
    private void descend(int t, double[][] residuals, boolean passed) {
        double rate = problem.training().rateFactor(t);
        int[] batch = problem.training().online() ? schedule.driving(t) : order.at(BatchSchedule.of(problem), t);
        if (passes.holds(schedule)) {
            // Where every training row is in the batch, test rows may as well have been passed back: they drive
            // nothing.
            boolean reuse = passed && batch.length == schedule.trainedRows();
            if (!reuse) {
                program.backward(batch);
            }
            program.learn(drive(residuals, batch, reuse ? everyRow.length : batch.length), rate);
            return;
        }
        List<int[]> parts = passes.parts(batch);
        for (int i = 0; i < parts.size(); i++) {
            int[] part = parts.get(i);
            passes.forward(part);
            program.backward(Arrays.copyOf(everyRow, part.length));
            double[] drive = drive(residuals, part, part.length);
            if (i + 1 < parts.size()) {
                program.gather(drive);
            } else {
                program.learn(drive, rate);
            }
        }
    }

    /** {@code a b Delta} of some training rows, the first of as many, {@code (networks, count, C)}. */
    private double[] drive(double[][] residuals, int[] rows, int count) {
        double[] drive = new double[networks * count * outputs];
        double scale = problem.updateScale() * schedule.weight();
        for (int b = 0; b < networks; b++) {
            for (int i = 0; i < rows.length * outputs; i++) {
                drive[b * count * outputs + i] = scale * residuals[b][rows[i / outputs] * outputs + i % outputs];
            }
        }
        return drive;
    }

    private List<OrderParameters> results() {
        List<Map<String, Tensor>> measured = recorder.arrays();
        List<OrderParameters> results = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            ResidualHistory history = histories.get(b);
            results.add(OrderParameters.of(
                    problem, program, history.losses(), history.residuals(), history.predictions(), measured.get(b)));
            history.requireFinite(name, results.get(b).ntk());
        }
        return results;
    }
}
