package org.widthbench.training;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.MemoryLimit;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.training.nd4j.Nd4jBackend;

/** Times the trainers against a named baseline in the same run, so that the ratio means something on a busy machine. */
public final class TrainingBenchmark {
    /** Timings taken of each contender, in turns; the best counts. */
    private static final int ROUNDS = 5;
    /** Bytes copied to find the bandwidth: larger than any cache. */
    private static final long COPY_BYTES = 256L << 20;

    private static final int DEPTH = 3;
    private static final int COLOURS = 3;

    private TrainingBenchmark() {}

    /**
     * A timing and what it is measured against.
     *
     * @param name what was timed, and against what
     * @param seconds best time
     * @param baselineSeconds best time of the baseline, or the floor that was computed
     */
    public record Result(String name, double seconds, double baselineSeconds) {
        /** Time over baseline. */
        public double ratio() {
            return seconds / baselineSeconds;
        }

        @Override
        public String toString() {
            return String.format(
                    java.util.Locale.ROOT,
                    "%s: %.4f s, baseline %.4f s, ratio %.2f",
                    name,
                    seconds,
                    baselineSeconds,
                    ratio());
        }
    }

    /**
     * One float32 network of the default problem (L=3, P=10, T=100, every time recorded) against the time that memory
     * needs for the weights alone: each step reads the hidden weights forward and backward, and reads and writes them in
     * the update, {@code 4 (L-1) N^2} floats.
     *
     * @param width number N of neurons per hidden layer
     */
    public static Result mlp(int width) {
        int points = 10;
        int steps = 100;
        Problem problem = new Problem(
                dataset(points, 25, points), Network.mlp(DEPTH, new Tanh(0.8)), Training.descent(1, 0.1, steps));
        double seconds = best(() -> {
            try (Backend backend = new Nd4jBackend(FieldPrecision.FLOAT32)) {
                new NetworkTrainer(width, 0, backend).train(problem, Progress.NONE);
            }
        });
        double bytes = 4.0 * (DEPTH - 1) * width * width * Float.BYTES * (steps - 1);
        return new Result("mlp N=" + width + ", weight traffic at copy bandwidth", seconds, bytes / bandwidth());
    }

    /**
     * One step (forward, backward, update) of a float32 CNN of three 3 x 3 layers as training takes it, most often through
     * oneDNN, against the same network with patches copied out image by image and multiplied by OpenBLAS.
     *
     * @param channels number N of channels
     * @param size height and width of the images
     * @param batch images per step
     * @throws org.widthbench.core.InvalidInputException if both networks do not fit the memory
     */
    public static Result cnnStep(int channels, int size, int batch) {
        CnnTrainer trainer = new CnnTrainer(channels, 0, Precision.FLOAT32);
        double pixels = (double) size * size;
        MemoryLimit.requireNative(
                channels, channels * pixels * batch, 2.0 * batch * trainer.imageBytes(DEPTH, pixels, COLOURS));
        Problem problem = new Problem(
                dataset(batch, batch, size, size, COLOURS),
                Network.cnn(DEPTH, new Relu(), 3),
                Training.descent(1, 0.1, 2));
        return BlasThreads.one(() -> {
            double[] residuals = new double[batch];
            try (Cnn network = new Cnn(problem, channels, 0, Precision.FLOAT32, CnnOptions.standard());
                    CnnDescent optimizer = new CnnDescent(problem, network);
                    CnnFields fast = new CnnFields(problem, network, batch);
                    CnnFields plain = new CnnFields(problem, network, batch, ConvolutionEngine.COLUMNS)) {
                int[] all = IntStream.range(0, batch).toArray();
                fast.load(all);
                plain.load(all);
                double fastSeconds = Double.POSITIVE_INFINITY;
                double plainSeconds = Double.POSITIVE_INFINITY;
                // In turns, so that both see the same neighbours on the machine.
                for (int round = 0; round < ROUNDS; round++) {
                    fastSeconds = Math.min(fastSeconds, best(() -> step(fast, optimizer, residuals)));
                    plainSeconds = Math.min(plainSeconds, best(() -> step(plain, optimizer, residuals)));
                }
                String name = "cnn step N=" + channels + ", " + batch + " images " + size + "x" + size
                        + ", patches with OpenBLAS";
                return new Result(name, fastSeconds, plainSeconds);
            }
        });
    }

    private static void step(CnnFields fields, CnnDescent optimizer, double[] residuals) {
        fields.forward();
        Arrays.fill(residuals, 1e-3);
        optimizer.accumulate(fields, residuals);
        optimizer.step(1);
    }

    /** Bytes per second that a copy shared out to all threads reads and writes. */
    static double bandwidth() {
        try (NativeMatrix from = NativeMatrix.zeros(Precision.FLOAT32, 1 << 20, COPY_BYTES >> 22);
                NativeMatrix to = NativeMatrix.zeros(Precision.FLOAT32, 1 << 20, COPY_BYTES >> 22)) {
            Panels panels = new Panels(from.columns(), 1);
            double seconds = best(() -> panels.forEachParallel(panel -> {
                long at = (long) panel << 22;
                Pointer.memcpy(to.address().position(at), from.address().position(at), 1L << 22);
            }));
            return 2 * COPY_BYTES / seconds;
        }
    }

    private static Dataset dataset(int trained, int... shape) {
        double[] entries = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        NormalNoise.fill(entries, 0, entries.length, 0, 0, 0);
        double[] targets = new double[trained];
        Arrays.setAll(targets, mu -> mu < trained / 2 ? -1 : 1);
        return new Dataset(new Tensor(shape, entries), targets);
    }

    private static double best(Runnable work) {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
        return best;
    }
}
