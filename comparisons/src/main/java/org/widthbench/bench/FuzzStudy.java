package org.widthbench.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.ExperimentReader;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.training.PrecisionChoice;

/**
 * Random valid configurations, each solved and compared with networks: what a command would refuse with exit 2 is refused, all else
 * must be finite and agree.
 *
 * <p>Four seeds of the theory with {@value FuzzedConfiguration#SAMPLES} samples stand against four networks of width N. Networks lie
 * O(1/N) off their limit, so {@value #NARROW_NETWORKS} of width N/4 extrapolate it away, {@code (4 q_N - q_{N/4}) / 3}; both groups
 * together give the variance, which goes like 1/N. What is compared is the loss at four times and every prediction at the end. A
 * difference of so many standard errors, with the degrees of freedom of Welch and Satterthwaite, counts as that of a normal variable
 * that is as unlikely. What lies beyond {@value #LIMIT} is compared again, with more and wider networks.
 *
 * <p>Approximations are compared where they are exact, at {@code gamma0 <= }{@value FuzzedConfiguration#LAZY}; elsewhere they must be
 * finite.
 *
 * @param seed chooses the configurations
 * @param backend solves them
 */
public record FuzzStudy(long seed, Backend backend) {
    /** Standard errors of a normal variable; one in 16000 lies beyond. */
    public static final double LIMIT = 4;

    private static final int NARROW_NETWORKS = 16;
    private static final int NARROWING = 4;
    private static final int TIMES = 4;
    /** Float32 networks' losses differ so much from those in float64, relative to the start. */
    private static final double ROUNDING = 1e-4;

    static final Sizes FIRST_LOOK = new Sizes(4, 4, NARROW_NETWORKS, 512, 128);
    private static final Sizes SECOND_LOOK = new Sizes(16, 16, 2 * NARROW_NETWORKS, 2048, 512);

    /**
     * How much is solved and trained.
     *
     * @param theories seeds of the theory
     * @param wide networks of width N
     * @param narrow networks of width N/4
     * @param width N of fully connected networks
     * @param channels N of convolutional ones
     */
    record Sizes(int theories, int wide, int narrow, int width, int channels) {}

    /** What became of a configuration. */
    public enum Verdict {
        /** Finite, and where networks can tell, in agreement with them. */
        AGREES,
        /** Solver or trainer said that it cannot: exit 2. */
        REFUSED,
        /** Beyond the limit at first, within it with more networks. */
        VANISHED,
        /** Beyond the limit with more networks too. */
        BEYOND,
        /** Not finite, or an exception that is nobody's fault but ours. */
        FAILED
    }

    /**
     * The result of one configuration.
     *
     * @param index number of it
     * @param verdict what became of it
     * @param distances largest difference in standard errors, of the first look and of the second where there was one; none where
     *     nothing was compared
     * @param message why, where it was refused or failed
     * @param configuration as one line of YAML
     */
    public record Outcome(int index, Verdict verdict, List<Double> distances, String message, String configuration) {}

    /** Solves and compares configuration number {@code index}. */
    public Outcome run(int index) {
        return judge(index, FuzzedConfiguration.draw(seed, index));
    }

    Outcome judge(int index, Map<String, Object> drawn) {
        String configuration = Json.compact(drawn);
        List<Double> distances = new ArrayList<>();
        try {
            Experiment experiment = experiment(drawn);
            Problem problem = experiment.problem();
            boolean compared = isExact(experiment) || problem.training().gamma0() <= FuzzedConfiguration.LAZY;
            Verdict verdict = Verdict.AGREES;
            distances.add(distance(experiment, problem, FIRST_LOOK, compared));
            if (distances.get(0) > LIMIT) {
                distances.add(distance(experiment, problem, SECOND_LOOK, true));
                verdict = distances.get(1) > LIMIT ? Verdict.BEYOND : Verdict.VANISHED;
            }
            return new Outcome(index, verdict, distances, "", configuration);
        } catch (WidthbenchException e) {
            return new Outcome(index, Verdict.REFUSED, distances, e.getMessage(), configuration);
        } catch (RuntimeException e) {
            return new Outcome(index, Verdict.FAILED, distances, e.toString(), configuration);
        }
    }

    private static boolean isExact(Experiment experiment) {
        return switch (experiment.theory().method()) {
            case CAUSAL, ALTERNATING, LINEAR, ONE_HIDDEN_LAYER -> true;
            case STATIC_NTK, GRADIENT_INDEPENDENCE, PERTURBATION -> false;
        };
    }

    /** Read as commands read it. */
    static Experiment experiment(Map<String, Object> drawn) {
        try {
            Path file = Files.createTempFile("fuzz", ".yaml");
            try {
                Files.writeString(file, Json.text(drawn));
                return ExperimentReader.read(file, List.of());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Largest difference in standard errors; NaN where nothing is compared. */
    double distance(Experiment experiment, Problem problem, Sizes sizes, boolean compared) {
        return distance(theories(experiment, problem, sizes), problem, sizes, compared);
    }

    private List<SeedStatistics> theories(Experiment experiment, Problem problem, Sizes sizes) {
        return group(sizes.theories, k -> experiment
                .theory()
                .withSeed(experiment.theory().seed() + k)
                .solver()
                .solve(problem, backend)
                .results());
    }

    private static double distance(List<SeedStatistics> theories, Problem problem, Sizes sizes, boolean compared) {
        boolean cnn = problem.network().architecture().takesImages();
        int width = cnn ? sizes.channels : sizes.width;
        try (Networks networks = new Networks(PrecisionChoice.AUTO)) {
            List<SeedStatistics> wide = group(sizes.wide, seed -> networks.train(problem, width, seed, Progress.NONE));
            List<SeedStatistics> narrow =
                    group(sizes.narrow, seed -> networks.train(problem, width / NARROWING, seed, Progress.NONE));
            double largest = compared ? 0 : Double.NaN;
            for (int i = 0; compared && i < theories.size(); i++) {
                double scale = i < TIMES ? problem.training().loss().value(1, 0) : 1;
                largest = Math.max(largest, distance(theories.get(i), wide.get(i), narrow.get(i), ROUNDING * scale));
            }
            return largest;
        }
    }

    /** The compared numbers of results that differ in the seed alone. */
    private static List<SeedStatistics> group(int count, IntFunction<OrderParameters> result) {
        return SeedStatistics.along(IntStream.range(0, count)
                .mapToObj(seed -> numbers(result.apply(seed)))
                .toList());
    }

    /** Difference of one number in standard errors of a normal variable. */
    private static double distance(SeedStatistics theory, SeedStatistics wide, SeedStatistics narrow, double rounding) {
        double limit = (NARROWING * wide.mean() - narrow.mean()) / (NARROWING - 1);
        int freedom = wide.seeds() + narrow.seeds() - 2;
        // N var(q_N) in units of the wide networks' N.
        double variance =
                ((wide.seeds() - 1) * wide.variance() + (narrow.seeds() - 1) * narrow.variance() / NARROWING) / freedom;
        double ofNetworks = variance
                * (NARROWING * (double) NARROWING / wide.seeds() + (double) NARROWING / narrow.seeds())
                / ((NARROWING - 1) * (NARROWING - 1));
        double ofTheory = theory.variance() / theory.seeds();
        double square = ofNetworks + ofTheory;
        double difference = Math.max(0, Math.abs(theory.mean() - limit) - rounding);
        if (difference == 0) {
            return 0;
        }
        double welch = square
                * square
                / (ofNetworks * ofNetworks / freedom + ofTheory * ofTheory / (theory.seeds() - 1) + Double.MIN_NORMAL);
        double tail = new TDistribution(Math.max(1, welch)).cumulativeProbability(-difference / Math.sqrt(square));
        return -new NormalDistribution().inverseCumulativeProbability(Math.max(Double.MIN_NORMAL, tail));
    }

    /**
     * The compared numbers of a result.
     *
     * @throws ArithmeticException if one of its numbers is not finite
     */
    private static double[] numbers(OrderParameters result) {
        ResultFiles.arrays(result).forEach((name, tensor) -> {
            for (double value : tensor.data()) {
                if (!Double.isFinite(value)) {
                    throw new ArithmeticException(name + " holds " + value);
                }
            }
        });
        double[] loss = result.loss();
        double[] f = result.f().data();
        int predictions = f.length / loss.length;
        double[] numbers = new double[TIMES + predictions];
        for (int k = 1; k <= TIMES; k++) {
            numbers[k - 1] = loss[k * (loss.length - 1) / TIMES];
        }
        System.arraycopy(f, f.length - predictions, numbers, TIMES, predictions);
        return numbers;
    }
}
