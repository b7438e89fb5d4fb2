package org.widthbench.training;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
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
 * Trains a convolutional network of N channels, {@code docs/theory.md} section 6, and measures its order parameters at
 * every recorded time for every point. {@code Phi^l} is the kernel of the features' mean over pixels, {@code G^l} that of
 * {@code g}'s sum over pixels, so that images of one pixel give what a multilayer perceptron gives; h and z are sampled
 * evenly over channels and pixels.
 *
 * @param channels number N of channels per hidden layer, at least 1
 * @param seed which network of the ensemble
 * @param precision format of weights and fields; float32 convolves with oneDNN, float64 by matrix products
 * @param options variants
 */
public record CnnTrainer(int channels, long seed, Precision precision, CnnOptions options) implements Trainer {
    /** Fields of a batch of images take at most about this much; more images go through one batch after another. */
    private static final double BATCH_BYTES = 256e6;
    /** Fields of one layer: h, phi, phi', g, z. */
    private static final int FIELDS = 5;

    /** @throws InvalidInputException if the number of channels is below 1 */
    public CnnTrainer {
        InvalidInputException.require(channels >= 1, "width", channels, "a whole number >= 1");
    }

    /** The network of {@code docs/theory.md} section 6 as it stands there. */
    public CnnTrainer(int channels, long seed, Precision precision) {
        this(channels, seed, precision, CnnOptions.standard());
    }

    @Override
    public OrderParameters train(Problem problem, Progress progress) {
        if (PrecisionChoice.isHandedOn(problem)) {
            try (Backend backend = new CpuBackend()) {
                return new NetworkTrainer(channels, seed, backend).train(problem, progress);
            }
        }
        return measure(problem, progress, BATCH_BYTES, false).orderParameters();
    }

    /**
     * {@link #train(Problem, Progress)} with the feature kernels of single pixels at the last recorded time.
     *
     * @throws InvalidInputException as {@code train} does, and if the kernels of single pixels do not fit
     * @throws org.widthbench.core.SolverException if the training diverges
     */
    public CnnMeasurement measure(Problem problem, Progress progress) {
        requireCnn(problem);
        Tensor images = problem.dataset().inputs();
        MemoryLimit.requirePixelKernels(
                problem.network().depth(), (double) problem.points() * images.size(1) * images.size(2));
        return measure(problem, progress, BATCH_BYTES, true);
    }

    @Override
    public void requireFits(Problem problem) {
        if (PrecisionChoice.isHandedOn(problem)) {
            try (Backend backend = new CpuBackend()) {
                new NetworkTrainer(channels, seed, backend).requireFits(problem);
            }
            return;
        }
        requireFits(problem, BATCH_BYTES);
    }

    private void requireFits(Problem problem, double batchBytes) {
        MemoryLimit.requireRecorded(problem);
        int evaluated = batchSize(problem, problem.points(), batchBytes);
        int trained = batchSize(problem, BatchSchedule.of(problem).size(), batchBytes);
        MemoryLimit.requireNative(
                channels, largest(problem), nativeBytes(problem, evaluated + trained, problem.points()));
    }

    /** Entries of the weights of one layer, or of one image's field. */
    private double largest(Problem problem) {
        Tensor images = problem.dataset().inputs();
        double taps = Math.pow(problem.network().architecture().kernel(), 2);
        return Math.max(
                taps * channels * Math.max(channels, images.size(3)),
                (double) channels * images.size(1) * images.size(2));
    }

    CnnMeasurement measure(Problem problem, Progress progress, double batchBytes, boolean pixels) {
        requireCnn(problem);
        requireFits(problem, batchBytes);
        int evaluated = batchSize(problem, problem.points(), batchBytes);
        int trained = batchSize(problem, BatchSchedule.of(problem).size(), batchBytes);
        return BlasThreads.one(() -> {
            try (Cnn network = new Cnn(problem, channels, seed, precision, options);
                    CnnDescent optimizer = new CnnDescent(problem, network);
                    CnnFields evaluation = new CnnFields(problem, network, evaluated);
                    CnnFields training = new CnnFields(problem, network, trained);
                    CnnRecorder recorder = new CnnRecorder(problem, network, evaluation.batch(), pixels)) {
                Run run = new Run(problem, optimizer, evaluation, training, recorder);
                return new CnnMeasurement(run.train(progress), recorder.pixelFeatureKernels(), List.of());
            }
        });
    }

    /**
     * A long run on many points: each step passes its batch only, and chosen points are looked at at the recorded times.
     *
     * @param watched indices of the points looked at, training or test
     * @param inKernels the first so many of them are in the kernels too
     * @throws InvalidInputException if the problem is not one for a CNN, an index is none of its points or the network
     *     does not fit the memory
     * @throws org.widthbench.core.SolverException if the training diverges
     */
    public CnnTrajectory follow(Problem problem, int[] watched, int inKernels, Progress progress) {
        return follow(problem, watched, inKernels, null, progress);
    }

    /**
     * {@link #follow(Problem, int[], int, Progress)} of a run that may be killed and goes on where it was.
     *
     * @param kept where its state is kept and taken up from; null for nowhere
     */
    public CnnTrajectory follow(Problem problem, int[] watched, int inKernels, KeptRun kept, Progress progress) {
        requireCnn(problem);
        for (int mu : watched) {
            InvalidInputException.require(
                    mu >= 0 && mu < problem.points(), "watched", mu, "a point in 0.." + (problem.points() - 1));
        }
        InvalidInputException.require(
                inKernels >= 0 && inKernels <= watched.length, "inKernels", inKernels, "at most " + watched.length);
        CnnBatches batches = new CnnBatches(problem, options);
        int held = batchSize(problem, batches.size(), BATCH_BYTES);
        MemoryLimit.requireNative(channels, largest(problem), nativeBytes(problem, held, 0));
        return BlasThreads.one(() -> {
            try (Cnn network = new Cnn(problem, channels, seed, precision, options);
                    CnnDescent optimizer = new CnnDescent(problem, network);
                    CnnFields fields = new CnnFields(problem, network, held)) {
                return new CnnLongRun(problem, network, optimizer, fields, batches, watched, inKernels)
                        .train(kept, progress);
            }
        });
    }

    private static void requireCnn(Problem problem) {
        InvalidInputException.require(
                problem.network().architecture().takesImages(),
                "network.architecture",
                "mlp",
                "cnn for a convolutional network");
    }

    /** Images held at a time when {@code count} have to pass. */
    private int batchSize(Problem problem, int count, double batchBytes) {
        int most = (int) Math.max(1, batchBytes / imageBytes(problem));
        int rounds = (count + most - 1) / most;
        return (count + rounds - 1) / rounds;
    }

    private double imageBytes(Problem problem) {
        Tensor images = problem.dataset().inputs();
        return imageBytes(problem.network().depth(), (double) images.size(1) * images.size(2), images.size(3));
    }

    /** What one image of so many pixels takes outside the Java heap. */
    double imageBytes(int depth, double pixels, int colours) {
        return pixels * precision.bytes() * ((double) FIELDS * depth * channels + colours);
    }

    private double nativeBytes(Problem problem, int images, int recordedPoints) {
        int depth = problem.network().depth();
        double taps = Math.pow(problem.network().architecture().kernel(), 2);
        double weights = taps
                * channels
                * ((double) channels * (depth - 1) + problem.dataset().inputs().size(3));
        double histories = 2.0 * depth * channels * problem.training().record().length * recordedPoints;
        // Weights, velocities, two gradients, and every point's own gradient for the neural tangent kernel.
        return images * imageBytes(problem) + precision.bytes() * (weights * (4 + recordedPoints) + histories);
    }

    /** One training run over the resources that {@link #train} opened. */
    private final class Run {
        private final Problem problem;
        private final CnnDescent optimizer;
        private final CnnFields evaluation;
        private final CnnFields training;
        private final CnnRecorder recorder;
        private final CnnBatches batches;

        Run(Problem problem, CnnDescent optimizer, CnnFields evaluation, CnnFields training, CnnRecorder recorder) {
            this.problem = problem;
            this.optimizer = optimizer;
            this.evaluation = evaluation;
            this.training = training;
            this.recorder = recorder;
            this.batches = new CnnBatches(problem, options);
        }

        OrderParameters train(Progress progress) {
            int steps = problem.training().steps();
            int[] times = problem.training().record();
            ResidualHistory history = new ResidualHistory(problem);
            int slot = 0;
            for (int t = 0; t < steps; t++) {
                boolean record = slot < times.length && times[slot] == t;
                double[] residuals = history.append(t, evaluate(record ? slot : -1));
                history.requireBounded(name(), t);
                slot += record ? 1 : 0;
                if (t + 1 < steps) {
                    descend(t, residuals);
                }
                progress.step(t + 1, steps);
            }
            return result(times, history);
        }

        /** Outputs of all points; records them as time number {@code slot} unless that is negative. */
        private double[] evaluate(int slot) {
            double[] outputs = new double[problem.points()];
            for (int first = 0; first < outputs.length; first += evaluation.size()) {
                int end = Math.min(outputs.length, first + evaluation.size());
                evaluation.load(IntStream.range(first, end).toArray());
                evaluation.forward();
                System.arraycopy(evaluation.outputs(), 0, outputs, first, end - first);
                if (slot >= 0) {
                    double[] once = new double[end - first];
                    Arrays.fill(once, 1);
                    evaluation.backward(once);
                    recorder.record(slot, evaluation);
                }
            }
            if (slot >= 0) {
                recorder.finish(slot);
            }
            return outputs;
        }

        private void descend(int t, double[] residuals) {
            int[] batch = batches.at(t);
            if (batches.isFull() && evaluation.points().length == problem.points()) {
                // The fields of the evaluation are those of the step; test points count nothing.
                optimizer.accumulate(evaluation, Arrays.copyOf(residuals, problem.points()));
            } else {
                for (int first = 0; first < batch.length; first += training.size()) {
                    int[] part = Arrays.copyOfRange(batch, first, Math.min(batch.length, first + training.size()));
                    training.load(part);
                    training.forward();
                    optimizer.accumulate(
                            training,
                            Arrays.stream(part)
                                    .mapToDouble(mu -> batches.weight() * residuals[mu])
                                    .toArray());
                }
            }
            optimizer.step(problem.training().rateFactor(t));
        }

        private OrderParameters result(int[] times, ResidualHistory history) {
            List<Tensor> featureKernels = recorder.featureKernels();
            Tensor ntk = recorder.neuralTangentKernel(featureKernels.get(featureKernels.size() - 1));
            history.requireFinite(name(), ntk);
            return OrderParameters.of(
                    times,
                    history.losses(),
                    history.residuals(),
                    history.predictions(),
                    featureKernels,
                    recorder.gradientKernels(),
                    ntk,
                    recorder.preactivations(),
                    recorder.pullbacks());
        }

        private String name() {
            return "network of " + channels + " channels";
        }
    }
}
