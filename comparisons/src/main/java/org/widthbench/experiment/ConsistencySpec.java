package org.widthbench.experiment;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.MnistSource;
import org.widthbench.training.stream.Teacher;

/**
 * A validated configuration of a study of consistency across widths, {@code docs/theory.md} section 7.
 *
 * @param tasks what is learned, at least one, names distinct
 * @param network architecture, depth, activation
 * @param training how
 * @param measure what is looked at, when and where
 * @param edge full-batch training at large learning rates; null for none
 * @param sweep widths and seeds
 * @param theory how the infinite-width side is solved where it can be; null to leave it out
 */
public record ConsistencySpec(
        List<ConsistencyTask> tasks,
        Network network,
        Descent training,
        Measure measure,
        Edge edge,
        SweepSpec sweep,
        TheorySettings theory) {
    private static final String COUNT = "a whole number >= 1";
    private static final String POSITIVE = "a number > 0";

    /** In place of the section {@code edge} or {@code theory}. */
    static final String NONE = "none";

    // What a study within seconds is cut to.
    private static final int QUICK_WIDTHS = 3;
    private static final int QUICK_SEEDS = 2;
    private static final int QUICK_STEPS = 64;
    private static final int QUICK_EDGE_STEPS = 40;
    private static final int QUICK_TIMES = 6;
    private static final int QUICK_SAMPLES = 1024;

    /**
     * As many as would be taken anyway, half of the samples, but set: the hard task's late steps may then explain less than 90% of the
     * variance (docs/consistency.md says how far that goes).
     */
    private static final int STANDARD_PIVOTS = 1024;

    // Images that fresh ones are made of, and those that are seen again and again.
    private static final int IMAGE_POOL = 256;
    private static final int FEW_IMAGES = 64;

    /**
     * Minibatch gradient descent.
     *
     * @param gamma0 feature-learning strength, {@code > 0}
     * @param eta function-space learning rate, {@code > 0}
     * @param steps update steps, at least 1
     * @param batch samples per step, at least 1
     */
    public record Descent(double gamma0, double eta, int steps, int batch) {
        /** The section {@code training}. */
        static final Keys<Descent> KEYS = new Keys<>("training of a consistency study", Descent.class)
                .key("gamma0", POSITIVE)
                .key("eta", POSITIVE)
                .key("steps", COUNT)
                .key("batch", COUNT);

        /** @throws InvalidInputException naming the key of the first value that is not allowed */
        public Descent {
            InvalidInputException.require(gamma0 > 0 && Double.isFinite(gamma0), "training.gamma0", gamma0, POSITIVE);
            InvalidInputException.require(eta > 0 && Double.isFinite(eta), "training.eta", eta, POSITIVE);
            InvalidInputException.require(steps >= 1, "training.steps", steps, COUNT);
            InvalidInputException.require(batch >= 1, "training.batch", batch, COUNT);
        }
    }

    /**
     * What is looked at. Points are the first so many test samples.
     *
     * @param times number of log-spaced times, first and last included, at least 2
     * @param testPoints for predictions, losses and the spectrum of the final kernel, at least 2
     * @param kernelPoints for kernels and preactivations, at most {@code testPoints}
     * @param sharpnessPoints for the Hessian, at most {@code testPoints}
     * @param tolerance residual, relative, at which Lanczos stops
     * @param products most Hessian-vector products per sharpness
     */
    public record Measure(
            int times, int testPoints, int kernelPoints, int sharpnessPoints, double tolerance, int products) {
        /** The section {@code measure}. */
        static final Keys<Measure> KEYS = new Keys<>("measure", Measure.class)
                .key("times", "a whole number >= 2")
                .key("testPoints", COUNT)
                .key("kernelPoints", COUNT)
                .otherwise((standard, read) -> Math.min((int) read.get("testPoints"), standard.kernelPoints))
                .key("sharpnessPoints", COUNT)
                .otherwise((standard, read) -> Math.min((int) read.get("testPoints"), standard.sharpnessPoints))
                .key("tolerance", "a number between 0 and 1")
                .key("products", COUNT);

        /** @throws InvalidInputException naming the key of the first value that is not allowed */
        public Measure {
            InvalidInputException.require(times >= 2, "measure.times", times, "a whole number >= 2");
            InvalidInputException.require(testPoints >= 2, "measure.testPoints", testPoints, "a whole number >= 2");
            requireSome("measure.kernelPoints", kernelPoints, testPoints);
            requireSome("measure.sharpnessPoints", sharpnessPoints, testPoints);
            InvalidInputException.require(
                    tolerance > 0 && tolerance < 1, "measure.tolerance", tolerance, "a number between 0 and 1");
            InvalidInputException.require(products >= 1, "measure.products", products, COUNT);
        }

        private static void requireSome(String key, int points, int testPoints) {
            InvalidInputException.require(
                    points >= 1 && points <= testPoints,
                    key,
                    points,
                    "a whole number in 1.." + testPoints + ", the number of test points");
        }
    }

    /**
     * Full-batch descent on one small training set at several learning rates, up to and beyond the edge of stability.
     *
     * @param task name of the task whose first samples are the training set
     * @param points of the training set, at least 1
     * @param rates learning rates, ascending, {@code > 0}
     * @param steps update steps, at least 1
     * @param every steps between two looks at the sharpness, at least 1
     * @param seeds networks per width and rate, at least 1
     */
    public record Edge(String task, int points, double[] rates, int steps, int every, int seeds) {
        /** The section {@code edge}. */
        static final Keys<Edge> KEYS = new Keys<>("edge", Edge.class)
                .key("task", "the name of a task")
                .key("points", COUNT)
                .key("rates", "ascending learning rates such as [1, 4, 8]")
                .key("steps", COUNT)
                .key("every", COUNT)
                .key("seeds", COUNT);

        /** @throws InvalidInputException naming the key of the first value that is not allowed */
        public Edge {
            rates = rates.clone();
            InvalidInputException.require(points >= 1, "edge.points", points, COUNT);
            InvalidInputException.require(rates.length > 0, "edge.rates", "[]", "at least one learning rate");
            for (int i = 0; i < rates.length; i++) {
                InvalidInputException.require(
                        rates[i] > (i == 0 ? 0 : rates[i - 1]) && Double.isFinite(rates[i]),
                        "edge.rates",
                        rates[i],
                        "ascending numbers > 0");
            }
            InvalidInputException.require(steps >= 1, "edge.steps", steps, COUNT);
            InvalidInputException.require(every >= 1, "edge.every", every, COUNT);
            InvalidInputException.require(seeds >= 1, "edge.seeds", seeds, COUNT);
        }

        /** The learning rates; the caller owns the copy. */
        @Override
        public double[] rates() {
            return rates.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Edge that && text().equals(that.text());
        }

        @Override
        public int hashCode() {
            return text().hashCode();
        }

        private String text() {
            return Json.text(KEYS.write(this));
        }
    }

    /** @throws InvalidInputException naming the key of the first value that is not allowed */
    public ConsistencySpec {
        tasks = List.copyOf(tasks);
        InvalidInputException.require(!tasks.isEmpty(), "tasks", "{}", "at least one task");
        if (edge != null) {
            String name = edge.task;
            InvalidInputException.require(
                    tasks.stream().anyMatch(task -> task.name().equals(name)),
                    "edge.task",
                    name,
                    "one of "
                            + String.join(
                                    ", ",
                                    tasks.stream().map(ConsistencyTask::name).toList()));
        }
        InvalidInputException.require(
                sweep.widths().length >= 2, "sweep.widths", sweep.widest(), "at least two widths to compare");
        for (ConsistencyTask task : tasks) {
            InvalidInputException.require(
                    task.points() == 0 || task.points() >= training.batch,
                    "training.batch",
                    training.batch,
                    "at most the points of task " + task.name() + ", " + task.points());
        }
    }

    /** Easy and hard, one pass and many, on MLPs of a size for two cores and some minutes. */
    public static ConsistencySpec standard() {
        Teacher easy = new Teacher(8, new int[] {1}, 0, 0, 0);
        Teacher hard = new Teacher(6, new int[] {1, 2, 3}, 0.5, 0, 0);
        return new ConsistencySpec(
                List.of(
                        new ConsistencyTask("easy", new ConsistencyTask.FromTeacher(easy), 0),
                        new ConsistencyTask("hard", new ConsistencyTask.FromTeacher(hard), 0),
                        new ConsistencyTask("repeated", new ConsistencyTask.FromTeacher(hard), 32)),
                Network.mlp(2, new Tanh(0.8)),
                new Descent(1, 1, 256, 16),
                new Measure(11, 64, 16, 32, 1e-2, 200),
                new Edge("hard", 32, new double[] {0.6, 1.5, 3}, 160, 4, 2),
                new SweepSpec(new int[] {16, 32, 64, 128, 256}, 16),
                TheorySettings.causal()
                        .withSamples(2048)
                        .withTolerances(1e-3, 1e-2)
                        .withMaxPivots(STANDARD_PIVOTS));
    }

    /** Images of two classes. */
    @FunctionalInterface
    public interface Images {
        /** So many for training and so many for tests, as images. */
        DataSource take(int points, int testPoints);
    }

    /** Fresh images, and a few again and again, on CNNs of a size for two cores and some minutes. */
    public static ConsistencySpec images(Images images) {
        Measure measure = new Measure(8, 48, 16, 16, 1e-2, 40);
        DataSource pool = images.take(IMAGE_POOL, measure.testPoints());
        DataSource few = images.take(FEW_IMAGES, measure.testPoints());
        boolean mirror = !(pool instanceof MnistSource);
        return new ConsistencySpec(
                List.of(
                        new ConsistencyTask("images", new ConsistencyTask.FromImages(pool, 1, mirror, 0), 0),
                        new ConsistencyTask("repeated", new ConsistencyTask.FromImages(few, 1, mirror, 0), FEW_IMAGES)),
                Network.cnn(2, new Relu(), 3),
                new Descent(1, 1.5, 200, 16),
                measure,
                new Edge("repeated", 16, new double[] {1, 2, 4}, 100, 5, 2),
                new SweepSpec(new int[] {8, 16, 32, 64}, 4),
                null);
    }

    /** The same with other widths and seeds. */
    public ConsistencySpec withSweep(SweepSpec other) {
        return new ConsistencySpec(tasks, network, training, measure, edge, other, theory);
    }

    /** A study like this one within seconds: few widths, seeds and steps. */
    public ConsistencySpec quick() {
        int[] widths = sweep.widths();
        int[] few = Arrays.copyOf(widths, Math.min(QUICK_WIDTHS, widths.length));
        return new ConsistencySpec(
                tasks,
                network,
                Descent.KEYS.with(training, Map.of("steps", Math.min(QUICK_STEPS, training.steps))),
                Measure.KEYS.with(measure, Map.of("times", Math.min(QUICK_TIMES, measure.times))),
                edge == null
                        ? null
                        : Edge.KEYS.with(edge, Map.of("steps", Math.min(QUICK_EDGE_STEPS, edge.steps), "seeds", 1)),
                new SweepSpec(few, Math.min(QUICK_SEEDS, sweep.seeds())),
                theory == null ? null : quick(theory));
    }

    private static TheorySettings quick(TheorySettings theory) {
        int samples = Math.min(QUICK_SAMPLES, theory.samples());
        return theory.withSamples(samples).withMaxPivots(Math.min(theory.maxPivots(), samples / 2));
    }

    /** The log-spaced times: 0, 1, and so on to the last step, fewer where they would coincide. */
    public int[] times() {
        int last = training.steps;
        SortedSet<Integer> times = new TreeSet<>(List.of(0, last));
        for (int i = 0; i + 1 < measure.times; i++) {
            times.add((int) Math.round(Math.pow(last, i / Math.max(1.0, measure.times - 2.0))));
        }
        return times.stream().mapToInt(Integer::intValue).toArray();
    }

    /** All settings, defaults filled in, in the layout of the configuration file. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        Map<String, Object> all = new LinkedHashMap<>();
        tasks.forEach(task -> all.put(task.name(), task.toMap()));
        map.put("tasks", all);
        map.put("network", ExperimentReader.NETWORK.write(network));
        map.put("training", Descent.KEYS.write(training));
        map.put("measure", Measure.KEYS.write(measure));
        map.put("edge", edge == null ? NONE : Edge.KEYS.write(edge));
        map.put("sweep", SweepSpec.KEYS.write(sweep));
        map.put("theory", theory == null ? NONE : TheorySettings.KEYS.write(theory));
        return map;
    }
}
