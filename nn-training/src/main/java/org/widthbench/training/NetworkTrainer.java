package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.MemoryLimit;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.optimize.Optimizer;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.NetworkRealization;
import org.widthbench.core.weights.Realization;

/**
 * Trains networks of width N by gradient descent, {@code docs/theory.md} sections 1, 3 and 6, and measures their order parameters. The
 * same {@code (seed, width)} always starts from the same weights; repeated runs on one machine agree to the last bit, and the
 * result of a network does not depend on which others are trained beside it.
 *
 * <p>Costs a step and network, with {@code w} bytes per number: forward and backward read the {@code (L-1) N^2 w} bytes of
 * the hidden weights once each, the update reads and writes them; {@code 6 (L-1) N^2 Q} flops.
 *
 * @param width number N of neurons per hidden layer, at least 1
 * @param seed which network of the ensemble
 * @param holding how the hidden matrices are held
 * @param backend where to train; stays open
 */
public record NetworkTrainer(int width, long seed, Holding holding, Backend backend) implements Trainer {

    /** @throws InvalidInputException if the width is below 1 */
    public NetworkTrainer {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
    }

    /** With weights that are drawn and kept. */
    public NetworkTrainer(int width, long seed, Backend backend) {
        this(width, seed, Holding.DENSE, backend);
    }

    @Override
    public OrderParameters train(Problem problem, Progress progress) {
        return train(problem, width, new long[] {seed}, holding, backend, progress)
                .get(0);
    }

    /**
     * Which weights are certainly cheaper: conditioned where {@code 6 (k + m) N} flops a row, with every row of every time a
     * direction of its own, are fewer than the {@code 4 N^2} of a drawn matrix.
     */
    public static Holding cheapest(Problem problem, int width) {
        double rows =
                (double) problem.training().steps() * PointSchedule.of(problem).rows();
        boolean cheaper = 6 * rows * (1 + problem.outputs()) < 4.0 * width;
        boolean vectors = !problem.network().architecture().takesImages()
                && problem.training().optimizer() == Training.Optimizer.SGD;
        return vectors && cheaper ? Holding.CONDITIONED : Holding.DENSE;
    }

    @Override
    public void requireFits(Problem problem) {
        requireFits(problem, width, holding, backend instanceof CpuBackend);
    }

    /** @param cpu whether weights lie in the CPU's memory; what another device holds it says itself */
    static void requireFits(Problem problem, int width, Holding holding, boolean cpu) {
        MemoryLimit.requireRecorded(problem);
        if (cpu) {
            double n = width;
            double inputs = problem.dataset().inputs().size(0);
            boolean dense = holding == Holding.DENSE;
            double weights = (dense ? (problem.network().layers() - 1) * n * n : 0) + n * inputs;
            MemoryLimit.requireNative(width, n * Math.max(dense ? n : 1, inputs), Double.BYTES * weights);
        }
    }

    /**
     * Trains one network of dense weights per seed, side by side.
     *
     * @return results in the order of the seeds
     * @throws InvalidInputException if the problem is not one of fully connected networks, or too large
     * @throws SolverException if a network diverges or the backend fails
     */
    public static List<OrderParameters> trainEnsemble(
            Problem problem, int width, long[] seeds, Backend backend, Progress progress) {
        return train(problem, width, seeds, Holding.DENSE, backend, progress);
    }

    private static List<OrderParameters> train(
            Problem problem, int width, long[] seeds, Holding holding, Backend backend, Progress progress) {
        InvalidInputException.require(
                !problem.network().architecture().takesImages(),
                "network.architecture",
                "cnn",
                "mlp for a fully connected network");
        InvalidInputException.require(seeds.length > 0, "seeds", 0, "at least one");
        requireFits(problem, width, holding, backend instanceof CpuBackend);
        Optimizer optimizer = Optimizer.of(problem.training());
        try (Realization realization = new NetworkRealization(backend, holding, seeds, width, optimizer);
                Recorder recorder = new Recorder(problem, width, realization)) {
            return new Run(problem, width, realization, recorder).run(progress);
        }
    }

    /** One training of several networks. */
    private static final class Run {
        private final Problem problem;
        private final int width;
        private final PointSchedule schedule;
        private final Program program;
        private final Recorder recorder;
        private final int networks;
        private final int[] everyRow;
        private final List<ResidualHistory> histories = new ArrayList<>();

        Run(Problem problem, int width, Realization realization, Recorder recorder) {
            this.problem = problem;
            this.width = width;
            this.schedule = PointSchedule.of(problem);
            this.networks = realization.networks();
            this.recorder = recorder;
            this.program = problem.network().architecture().program(problem, realization, schedule.rows());
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
            program.present(schedule.points(0));
            for (int t = 0; t < steps; t++) {
                if (starts != null) {
                    program.present(schedule.points(t));
                }
                program.forward();
                double[][] residuals = residuals(t, starts);
                boolean record = slot < times.length && times[slot] == t;
                if (record) {
                    program.backward(everyRow);
                    recorder.record(slot++, 0, program);
                }
                if (t + 1 < steps) {
                    descend(t, residuals, record);
                }
                progress.step(t + 1, steps);
            }
            return results();
        }

        /** What the untrained networks put out for the points of each time, {@code [t](networks, Q, C)}. */
        private double[][] initialOutputs(int steps) {
            double[][] starts = new double[steps][];
            for (int t = 0; t < steps; t++) {
                program.present(schedule.points(t));
                program.forward();
                starts[t] = program.outputs();
            }
            return starts;
        }

        /** Takes in the outputs; Delta of the training rows, {@code [networks](P, C)}. */
        private double[][] residuals(int t, double[][] starts) {
            double[] values = program.outputs();
            int size = values.length / networks;
            double[][] residuals = new double[networks][];
            for (int b = 0; b < networks; b++) {
                ResidualHistory history = histories.get(b);
                double[] own = Arrays.copyOfRange(values, b * size, (b + 1) * size);
                residuals[b] = starts == null
                        ? history.append(t, own)
                        : history.append(t, own, Arrays.copyOfRange(starts[t], b * size, (b + 1) * size));
                history.requireBounded(name(), t);
            }
            return residuals;
        }

        /** One step. If all rows were just passed back and most are in the batch, the others drive nothing. */
        private void descend(int t, double[][] residuals, boolean passed) {
            int[] batch = schedule.driving(t);
            int[] selection = passed && batch.length == schedule.trainedRows() ? everyRow : batch;
            if (!passed || selection != everyRow) {
                program.backward(selection);
            }
            int outputs = problem.outputs();
            double[] drive = new double[networks * selection.length * outputs];
            double scale = problem.updateScale() * schedule.weight();
            for (int b = 0; b < networks; b++) {
                int from = b * selection.length * outputs;
                for (int i = 0; i < batch.length * outputs; i++) {
                    drive[from + i] = scale * residuals[b][batch[i / outputs] * outputs + i % outputs];
                }
            }
            program.learn(drive, problem.training().rateFactor(t));
        }

        private List<OrderParameters> results() {
            List<List<Tensor>> featureKernels = recorder.featureKernels();
            List<List<Tensor>> gradientKernels = recorder.gradientKernels();
            List<OrderParameters> results = new ArrayList<>();
            for (int b = 0; b < networks; b++) {
                Tensor ntk =
                        OrderParameters.neuralTangentKernel(problem, featureKernels.get(b), gradientKernels.get(b));
                histories.get(b).requireFinite(name(), ntk);
                results.add(new OrderParameters(
                        problem.training().record(),
                        histories.get(b).losses(),
                        histories.get(b).residuals(),
                        histories.get(b).predictions(),
                        featureKernels.get(b),
                        gradientKernels.get(b),
                        ntk,
                        recorder.preactivations().get(b),
                        recorder.pullbacks().get(b)));
            }
            return results;
        }

        private String name() {
            return "network of width " + width;
        }
    }
}
