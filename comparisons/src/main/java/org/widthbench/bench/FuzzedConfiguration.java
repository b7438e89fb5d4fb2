package org.widthbench.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.widthbench.experiment.TheorySettings.Method;

/**
 * A random configuration, in the layout of a configuration file. Every combination that some solver takes can come up: solvers,
 * activations, depths, optimizers, losses, data, fully connected and convolutional networks; learning rates reach beyond the edge of
 * stability. The same seed and number always give the same configuration.
 */
final class FuzzedConfiguration {
    /** Samples of every theory. */
    static final int SAMPLES = 1024;

    /** Beyond this gamma0 an approximation differs visibly from networks; below it by its square or less. */
    static final double LAZY = 0.05;

    private static final int MOST_POINTS = 12;
    private static final int MOST_STEPS = 30;
    private static final int MOST_STEPS_OF_IMAGES = 10;
    /** The alternating solver takes time in proportion to at least the square of this. */
    private static final int MOST_ROWS_ALTERNATING = 48;
    /** Features of softplus have a large mean, whose tangent kernel is stiff. */
    private static final double SOFTPLUS_RATE = 0.1;

    /** So many learning rates are about too large, */
    private static final double UNSTABLE = 0.1;
    /** by so much. */
    private static final double UNSTABLE_RATE = 6;

    private final SplittableRandom random;
    private final Method method;
    private final boolean images;
    private final int outputs;
    private final int depth;
    private final String activation;

    private FuzzedConfiguration(SplittableRandom random) {
        this.random = random;
        this.method = one(
                Method.CAUSAL,
                Method.CAUSAL,
                Method.CAUSAL,
                Method.CAUSAL,
                Method.CAUSAL,
                Method.ALTERNATING,
                Method.LINEAR,
                Method.ONE_HIDDEN_LAYER,
                Method.STATIC_NTK,
                Method.GRADIENT_INDEPENDENCE,
                Method.PERTURBATION);
        this.images = (method == Method.CAUSAL || method == Method.GRADIENT_INDEPENDENCE) && chance(0.3);
        this.outputs = isGeneral() && !images && chance(0.2) ? 2 + random.nextInt(2) : 1;
        this.depth = method == Method.ONE_HIDDEN_LAYER ? 1 : 1 + random.nextInt(images ? 2 : 4);
        String drawn = method == Method.LINEAR ? "linear" : one("linear", "relu", "tanh", "erf", "softplus");
        boolean needsSmooth = method == Method.PERTURBATION || (method == Method.ALTERNATING && depth > 1);
        this.activation = needsSmooth && drawn.equals("relu") ? "erf" : drawn;
    }

    /** Configuration number {@code index} of a seed. */
    static Map<String, Object> draw(long seed, int index) {
        return new FuzzedConfiguration(new SplittableRandom(new SplittableRandom(seed).nextLong() + index)).all();
    }

    private Map<String, Object> all() {
        Map<String, Object> training = new LinkedHashMap<>();
        int steps = 3 + random.nextInt((images ? MOST_STEPS_OF_IMAGES : MOST_STEPS) - 2);
        boolean online = isGeneral() && !images && chance(0.1);
        int batch = 1 + random.nextInt(4);
        Map<String, Object> data = images ? textures() : points(online ? steps * batch : 0);
        int points = (int) data.get("points");
        int rows = (online ? batch : points) + (int) data.getOrDefault("testPoints", 0);
        if (method == Method.ALTERNATING) {
            steps = Math.max(3, Math.min(steps, MOST_ROWS_ALTERNATING / (rows * outputs)));
        }
        training.put("gamma0", gamma0());
        training.put("steps", steps);
        optimizer(training, steps, online ? batch : points);
        if (online) {
            training.put("online", true);
            training.put("batch", batch);
        }
        if (outputs > 1) {
            training.put("loss", one("mse", "cross-entropy"));
        } else if (chance(0.25)) {
            training.put("loss", "logistic");
        }
        if (chance(0.5)) {
            training.put("record", List.of(0, steps - 1));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("data", data);
        map.put("network", network());
        map.put("training", training);
        map.put("theory", theory());
        return map;
    }

    /** Whether the solver knows biases, several outputs and streams. */
    private boolean isGeneral() {
        return method == Method.CAUSAL || method == Method.ALTERNATING;
    }

    private boolean isExact() {
        return isGeneral() || method == Method.LINEAR || method == Method.ONE_HIDDEN_LAYER;
    }

    private Map<String, Object> textures() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("source", "textures");
        data.put("side", 2 + random.nextInt(3));
        data.put("channels", 1 + random.nextInt(3));
        data.put("points", one(2, 4));
        data.put("testPoints", one(0, 2));
        data.put("seed", random.nextInt(1000));
        return data;
    }

    /** @param stream number of training points of a stream, 0 for a set of any size */
    private Map<String, Object> points(int stream) {
        Map<String, Object> data = new LinkedHashMap<>();
        boolean teacher = outputs > 1 || stream > 0 || chance(0.6);
        data.put("source", teacher ? "teacher" : "gaussian");
        data.put("dimension", 1 + random.nextInt(30));
        if (teacher) {
            data.put("points", stream > 0 ? stream : 1 + random.nextInt(outputs > 1 ? MOST_POINTS / 2 : MOST_POINTS));
            data.put("testPoints", one(0, 0, 1, 3));
            data.put("outputs", outputs);
        } else {
            data.put("points", 2 * (1 + random.nextInt(MOST_POINTS / 2)));
        }
        data.put("seed", random.nextInt(1000));
        return data;
    }

    private Map<String, Object> network() {
        Map<String, Object> network = new LinkedHashMap<>();
        network.put("architecture", images ? "cnn" : "mlp");
        network.put("depth", depth);
        network.put("activation", activation);
        network.put("beta", between(0.5, 1.5));
        if (images) {
            network.put("kernel", one(1, 3, 3));
        }
        if (isGeneral() && !images && chance(0.15)) {
            network.put("bias", true);
        }
        return network;
    }

    private double gamma0() {
        return isExact() || chance(0.4) ? scale(0.1, 3) : scale(0.01, LAZY);
    }

    private void optimizer(Map<String, Object> training, int steps, int points) {
        double eta = scale(0.1, 1.3) * Math.sqrt(points) / (depth + 1);
        if (activation.equals("softplus")) {
            eta = scale(0.1, 1.3) * SOFTPLUS_RATE;
        }
        boolean plain = method == Method.GRADIENT_INDEPENDENCE;
        if (!plain && chance(0.3)) {
            double momentum = between(0.3, 0.9);
            training.put("momentum", momentum);
            eta *= 1 - momentum;
        }
        training.put("eta", rounded(chance(UNSTABLE) ? UNSTABLE_RATE * eta : eta));
        boolean decays = !plain && chance(0.25);
        double decay = decays ? between(0.05, 0.5) : 0;
        if (decays && method != Method.STATIC_NTK && method != Method.PERTURBATION) {
            training.put("weightDecay", decay);
        }
        if (!plain && chance(0.25)) {
            training.put("batch", 1 + random.nextInt(points));
        }
        if (!plain && chance(0.15)) {
            training.put(
                    "schedule",
                    IntStream.range(0, steps).mapToObj(t -> between(0, 1.5)).toList());
        }
    }

    private Map<String, Object> theory() {
        Map<String, Object> theory = new LinkedHashMap<>();
        theory.put("solver", method.word());
        theory.put("samples", SAMPLES);
        theory.put("seed", random.nextInt(1000));
        if (method == Method.CAUSAL && chance(0.3)) {
            theory.put("memory", one("kernel", "pivot", "accumulator"));
        }
        if (method == Method.CAUSAL && chance(0.2)) {
            theory.put("exactStart", false);
        }
        if (method == Method.CAUSAL && chance(0.2)) {
            theory.put("scrambling", "owen");
        }
        return theory;
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Uniform, to three digits: configurations are to be read. */
    private double between(double low, double high) {
        return rounded(random.nextDouble(low, high));
    }

    /** Uniform in the logarithm. */
    private double scale(double low, double high) {
        return rounded(Math.exp(random.nextDouble(Math.log(low), Math.log(high))));
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.3g", value));
    }

    @SafeVarargs
    private <T> T one(T... values) {
        return values[random.nextInt(values.length)];
    }
}
