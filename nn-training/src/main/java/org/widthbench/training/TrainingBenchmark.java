package org.widthbench.training;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;

/** Times networks against a named baseline in the same run, so that the ratio means something on a busy machine. */
public final class TrainingBenchmark {
    /** Timings taken of each contender, in turns; the best counts. */
    private static final int ROUNDS = 5;
    /** Bytes copied to find the bandwidth: larger than any cache. */
    private static final long COPY_BYTES = 256L << 20;

    /** What a thread copies at a time. */
    private static final long COPY_PIECE = 1L << 22;

    /** Enough that what comes before them hardly counts. */
    private static final int CNN_STEPS = 10;

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
                    Locale.ROOT, "%s: %.4f s, baseline %.4f s, ratio %.2f", name, seconds, baselineSeconds, ratio());
        }
    }

    /**
     * One network of the default problem (L=3, P=10, T=100, every time recorded) against the time that memory needs for the weights
     * alone: each step reads the hidden weights forward and backward, and reads and writes them in the update, {@code 4 (L-1) N^2}
     * floats.
     *
     * @param width number N of neurons per hidden layer
     * @param engines what trains, float32, by name
     */
    public static List<Result> mlp(int width, Map<String, Supplier<Backend>> engines) {
        int points = 10;
        int steps = 100;
        Problem problem = new Problem(
                dataset(points, 25, points), Network.mlp(DEPTH, new Tanh(0.8)), Training.descent(1, 0.1, steps));
        double floor = 4.0 * (DEPTH - 1) * width * width * Float.BYTES * (steps - 1) / bandwidth();
        return inTurns(problem, width, engines).entrySet().stream()
                .map(entry -> new Result(
                        "mlp N=" + width + " on " + entry.getKey() + ", weight traffic at copy bandwidth",
                        entry.getValue(),
                        floor))
                .toList();
    }

    /**
     * One step (forward, backward, update) of a CNN of three 3 x 3 layers against that of the first engine.
     *
     * @param channels number N of channels
     * @param size height and width of the images
     * @param batch images per step
     * @param engines what trains, float32, by name
     * @throws org.widthbench.core.InvalidInputException if the network does not fit the memory
     */
    public static List<Result> cnnStep(int channels, int size, int batch, Map<String, Supplier<Backend>> engines) {
        Dataset images = dataset(batch, batch, size, size, COLOURS);
        Network network = Network.cnn(DEPTH, new Relu(), 3);
        Training training = Training.descent(1, 0.1, CNN_STEPS + 1).withRecord(0);
        Map<String, Double> seconds = inTurns(new Problem(images, network, training), channels, engines);
        // Drawing, and the kernels of the start.
        Map<String, Double> start =
                inTurns(new Problem(images, network, Training.descent(1, 0.1, 1)), channels, engines);
        seconds.replaceAll((name, whole) -> (whole - start.get(name)) / CNN_STEPS);
        String first = seconds.keySet().iterator().next();
        return seconds.entrySet().stream()
                .map(entry -> new Result(
                        String.format(
                                Locale.ROOT,
                                "cnn step N=%d, %d images %dx%d on %s, time on %s",
                                channels,
                                batch,
                                size,
                                size,
                                entry.getKey(),
                                first),
                        entry.getValue(),
                        seconds.get(first)))
                .toList();
    }

    /** Best seconds of a training, in turns, so that all engines see the same neighbours on the machine. */
    private static Map<String, Double> inTurns(Problem problem, int width, Map<String, Supplier<Backend>> engines) {
        Map<String, Double> best = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            engines.forEach((name, engine) -> {
                long start = System.nanoTime();
                try (Backend backend = engine.get()) {
                    new NetworkTrainer(width, 0, backend).train(problem);
                }
                best.merge(name, (System.nanoTime() - start) / 1e9, Math::min);
            });
        }
        return best;
    }

    /** Bytes per second that a copy shared out to all threads reads and writes. */
    private static double bandwidth() {
        try (BytePointer from = new BytePointer(COPY_BYTES);
                BytePointer to = new BytePointer(COPY_BYTES)) {
            Pointer.memset(from, 0, COPY_BYTES);
            double best = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                LongStream.range(0, COPY_BYTES / COPY_PIECE)
                        .parallel()
                        .map(piece -> piece * COPY_PIECE)
                        .forEach(at -> Pointer.memcpy(to.getPointer(at), from.getPointer(at), COPY_PIECE));
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            return 2 * COPY_BYTES / best;
        }
    }

    private static Dataset dataset(int trained, int... shape) {
        double[] entries = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        NormalNoise.fill(entries, 0, entries.length, 0, 0, 0);
        double[] targets = new double[trained];
        Arrays.setAll(targets, mu -> mu < trained / 2 ? -1 : 1);
        return new Dataset(new Tensor(shape, entries), targets);
    }
}
