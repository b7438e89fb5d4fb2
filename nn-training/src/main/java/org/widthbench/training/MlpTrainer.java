package org.widthbench.training;

import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Trains a fully connected network of width N by gradient descent, {@code docs/theory.md} sections 1 and 3, and measures
 * its order parameters. The same {@code (seed, width)} always starts from the same weights, in either precision; repeated
 * runs on one machine agree to the last bit.
 *
 * <p>Costs a step, with {@code w} bytes per number: forward and backward read the {@code (L-1) N^2 w} bytes of the hidden
 * weights once each, the update reads and writes them; {@code 6 (L-1) N^2 Q} flops. The kernels take {@code 2 L N (RQ)^2}
 * flops at the end.
 *
 * <p>Networks with biases, several outputs or online data are handed to {@link NetworkTrainer} on the CPU, in float64.
 *
 * @param width number N of neurons per hidden layer, at least 1
 * @param seed which network of the ensemble
 * @param precision format of weights and fields
 */
public record MlpTrainer(int width, long seed, Precision precision) implements Trainer {

    /** @throws InvalidInputException if the width is below 1 */
    public MlpTrainer {
        InvalidInputException.require(width >= 1, "width", width, "a whole number >= 1");
    }

    @Override
    public OrderParameters train(Problem problem, Progress progress) {
        InvalidInputException.require(
                !problem.network().architecture().takesImages(),
                "network.architecture",
                "cnn",
                "mlp for a fully connected network");
        requireFits(problem);
        if (isGeneral(problem)) {
            try (Backend backend = new CpuBackend()) {
                return new NetworkTrainer(width, seed, backend).train(problem, progress);
            }
        }
        return BlasThreads.one(() -> {
            BatchSchedule batches = BatchSchedule.of(problem);
            try (Mlp network = new Mlp(problem, width, seed, precision, batches.size());
                    GradientDescent optimizer = new GradientDescent(problem, network, batches.size());
                    FieldRecorder recorder = new FieldRecorder(problem, width, precision)) {
                return train(problem, batches, network, optimizer, recorder, progress);
            }
        });
    }

    @Override
    public void requireFits(Problem problem) {
        if (isGeneral(problem)) {
            try (Backend backend = new CpuBackend()) {
                new NetworkTrainer(width, seed, backend).requireFits(problem);
            }
            return;
        }
        MemoryLimit.requireRecorded(problem);
        double n = width;
        double inputs = problem.dataset().inputs().size(0);
        MemoryLimit.requireNative(
                width, n * Math.max(Math.max(n, inputs), 2.0 * problem.points()), nativeBytes(problem));
    }

    private static boolean isGeneral(Problem problem) {
        return PrecisionChoice.isHandedOn(problem);
    }

    private OrderParameters train(
            Problem problem,
            BatchSchedule batches,
            Mlp network,
            GradientDescent optimizer,
            FieldRecorder recorder,
            Progress progress) {
        int steps = problem.training().steps();
        int[] times = problem.training().record();
        ResidualHistory history = new ResidualHistory(problem);
        double[][] pullbacks = new double[network.depth()][width * problem.points()];
        int slot = 0;
        for (int t = 0; t < steps; t++) {
            network.forward();
            double[] residuals = history.append(t, network.outputs());
            history.requireBounded(name(), t);
            boolean record = slot < times.length && times[slot] == t;
            if (record) {
                network.backwardAll(recorder.samples(slot) ? pullbacks : null);
                recorder.record(slot++, network, pullbacks);
            }
            if (t + 1 < steps) {
                int[] batch = batches.batch(t);
                if (!record || batch.length < problem.points()) {
                    network.backward(batch);
                }
                optimizer.step(
                        batch,
                        masked(residuals, batch, batches.weight()),
                        problem.training().rateFactor(t));
            }
            progress.step(t + 1, steps);
        }
        List<Tensor> featureKernels = recorder.featureKernels();
        List<Tensor> gradientKernels = recorder.gradientKernels();
        Tensor ntk = OrderParameters.neuralTangentKernel(problem, featureKernels, gradientKernels);
        history.requireFinite(name(), ntk);
        return new OrderParameters(
                times,
                history.losses(),
                history.residuals(),
                history.predictions(),
                featureKernels,
                gradientKernels,
                ntk,
                recorder.preactivations(),
                recorder.pullbacks());
    }

    /** {@code b_mu Delta_mu} of the points in the batch. */
    private static double[] masked(double[] residuals, int[] batch, double weight) {
        double[] masked = new double[batch.length];
        for (int b = 0; b < batch.length; b++) {
            masked[b] = weight * residuals[batch[b]];
        }
        return masked;
    }

    private String name() {
        return "network of width " + width;
    }

    private double nativeBytes(Problem problem) {
        double depth = problem.network().depth();
        double points = problem.points();
        double columns = problem.training().record().length * points;
        double weights = (depth - 1) * width * (double) width
                + (double) width * problem.dataset().inputs().size(0);
        double copies = problem.training().momentum() > 0 ? 2 : 1;
        return precision.bytes() * (copies * weights + depth * width * (2 * columns + 4 * points) + width * points);
    }
}
