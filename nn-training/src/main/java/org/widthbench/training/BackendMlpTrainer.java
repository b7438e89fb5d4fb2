package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.MemoryLimit;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.weights.Holding;

/**
 * Trains the same networks as {@link MlpTrainer}, from the same weights by the same steps, on a {@link Backend}: on every
 * GPU that the CUDA backend serves, many seeds side by side. In float64 the two agree to rounding. The result of a network
 * does not depend on which others are trained beside it.
 *
 * <p>Costs a step and network, with {@code w} bytes per number: forward and backward read the {@code (L-1) N^2 w} bytes of
 * the hidden weights once each, the update reads and writes them; {@code 6 (L-1) N^2 Q} flops.
 *
 * @param width number N of neurons per hidden layer, at least 1
 * @param seed which network of the ensemble
 * @param holding how the hidden matrices are held
 * @param backend where to train; stays open
 */
public record BackendMlpTrainer(int width, long seed, Holding holding, Backend backend) implements Trainer {

    /** @throws InvalidInputException if the width is below 1 */
    public BackendMlpTrainer {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
    }

    /** With weights that are drawn and kept. */
    public BackendMlpTrainer(int width, long seed, Backend backend) {
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
        boolean mlp = problem.network().architecture() == Network.Architecture.MLP;
        return mlp && cheaper ? Holding.CONDITIONED : Holding.DENSE;
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
            double weights = (dense ? (problem.network().depth() - 1) * n * n : 0) + n * inputs;
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
                problem.network().architecture() == Network.Architecture.MLP,
                "network.architecture",
                "cnn",
                "mlp for a fully connected network");
        InvalidInputException.require(seeds.length > 0, "seeds", 0, "at least one");
        requireFits(problem, width, holding, backend instanceof CpuBackend);
        try (Workspace workspace = new Workspace(backend, seeds.length)) {
            return new Run(problem, width, seeds, holding, workspace).run(progress);
        }
    }

    /** One training of several networks. */
    private static final class Run {
        private final Problem problem;
        private final int width;
        private final PointSchedule schedule;
        private final BackendMlp network;
        private final BackendDescent optimizer;
        private final BackendRecorder recorder;
        private final BackendMlp.Backward all;
        private final BackendMlp.Backward batch;
        private final int[] everyPoint;
        private final List<ResidualHistory> histories = new ArrayList<>();

        Run(Problem problem, int width, long[] seeds, Holding holding, Workspace workspace) {
            this.problem = problem;
            this.width = width;
            this.schedule = PointSchedule.of(problem);
            this.network = new BackendMlp(problem, width, seeds, holding, workspace);
            int driving = schedule.driving(0).length;
            this.optimizer = new BackendDescent(problem, network, driving, workspace);
            this.recorder = new BackendRecorder(problem, width, holding, workspace);
            this.all = network.new Backward(schedule.rows());
            this.batch = driving == schedule.rows() ? all : network.new Backward(driving);
            this.everyPoint = IntStream.range(0, schedule.rows()).toArray();
            for (int b = 0; b < seeds.length; b++) {
                histories.add(new ResidualHistory(problem));
            }
        }

        List<OrderParameters> run(Progress progress) {
            int steps = problem.training().steps();
            int[] times = problem.training().record();
            int slot = 0;
            double[][] starts = problem.training().online() ? initialOutputs(steps) : null;
            for (int t = 0; t < steps; t++) {
                if (starts != null) {
                    network.present(schedule.points(t));
                }
                network.forward();
                int[] selection = schedule.driving(t);
                double[] residuals = residuals(t, selection, starts);
                boolean record = slot < times.length && times[slot] == t;
                if (record) {
                    all.run(everyPoint);
                    recorder.record(slot++, network, all);
                }
                if (t + 1 < steps) {
                    if (!record || selection.length < everyPoint.length) {
                        batch.run(selection);
                    }
                    optimizer.step(
                            selection, residuals, batch, problem.training().rateFactor(t));
                }
                progress.step(t + 1, steps);
            }
            return results();
        }

        /** What the untrained networks put out for the points of each time, {@code [t](networks, Q, C)}. */
        private double[][] initialOutputs(int steps) {
            double[][] starts = new double[steps][];
            for (int t = 0; t < steps; t++) {
                network.present(schedule.points(t));
                network.forward();
                starts[t] = network.outputs();
            }
            return starts;
        }

        /** Takes in the outputs; {@code b_mu Delta_mu} of the points in the batch, {@code (networks, batch, C)}. */
        private double[] residuals(int t, int[] selection, double[][] starts) {
            double[] values = network.outputs();
            int outputs = problem.outputs();
            int rows = everyPoint.length * outputs;
            double[] masked = new double[histories.size() * selection.length * outputs];
            for (int b = 0; b < histories.size(); b++) {
                double[] own = Arrays.copyOfRange(values, b * rows, (b + 1) * rows);
                double[] residuals = starts == null
                        ? histories.get(b).append(t, own)
                        : histories.get(b).append(t, own, Arrays.copyOfRange(starts[t], b * rows, (b + 1) * rows));
                histories.get(b).requireBounded(name(), t);
                for (int i = 0; i < selection.length * outputs; i++) {
                    int at = selection[i / outputs] * outputs + i % outputs;
                    masked[b * selection.length * outputs + i] = schedule.weight() * residuals[at];
                }
            }
            return masked;
        }

        private List<OrderParameters> results() {
            List<List<Tensor>> featureKernels = recorder.featureKernels();
            List<List<Tensor>> gradientKernels = recorder.gradientKernels();
            List<OrderParameters> results = new ArrayList<>();
            for (int b = 0; b < histories.size(); b++) {
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
