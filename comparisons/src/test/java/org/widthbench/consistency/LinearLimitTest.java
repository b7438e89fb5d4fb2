package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.stream.SampleStream;
import org.widthbench.training.stream.Teacher;

/**
 * Deep linear networks trained on minibatches of one set, against the closed equations of docs/theory.md 4.3, which know nothing
 * of networks or samples. Every number is extrapolated to infinite width by itself; numbers of a kind are judged together by the
 * mean square of their distances in standard errors. With 24 seeds that is 1.1 if all is well; a wrong limit by two standard
 * errors would make it 5.
 */
class LinearLimitTest {
    private static final int[] WIDTHS = {48, 96, 192};
    private static final int SEEDS = 24;
    private static final int POINTS = 6;
    private static final int DIMENSION = 5;
    private static final double LARGEST_MEAN_SQUARE = 2.5;

    private static final Map<Integer, Study> BY_DEPTH = new TreeMap<>();

    private record Study(Observed theory, double[] targets, List<List<NetworkRun>> bySeed) {
        static Study of(int depth) {
            Teacher teacher = new Teacher(DIMENSION, new int[] {1}, 0.5, 0, 3);
            ConsistencySpec spec = new ConsistencySpec(
                    List.of(new ConsistencyTask("linear", new ConsistencyTask.FromTeacher(teacher), POINTS)),
                    Network.mlp(depth, new Linear()),
                    new ConsistencySpec.Descent(1, 0.6 / (depth + 1), 24, 3),
                    new ConsistencySpec.Measure(4, POINTS, POINTS, 2, 0.1, 3),
                    null,
                    new SweepSpec(WIDTHS, SEEDS),
                    TheorySettings.causal()
                            .withMethod(TheorySettings.Method.LINEAR)
                            .withSamples(8));
            SampleStream stream = spec.tasks().get(0).stream(3, POINTS, true);
            try (Backend backend = new CpuBackend()) {
                Observed theory = new TheoryLine(spec, backend)
                        .repeated(stream.repeated().orElseThrow(), stream.test(), spec.times(), Progress.NONE);
                NetworkMeasurement measurement = new NetworkMeasurement(
                        new NetworkFamily(spec.network(), 1, new int[] {DIMENSION}, backend), spec);
                List<List<NetworkRun>> bySeed = new ArrayList<>();
                for (long seed = 0; seed < SEEDS; seed++) {
                    List<NetworkRun> runs = new ArrayList<>();
                    for (int width : WIDTHS) {
                        runs.add(measurement.follow("linear", stream, width, seed, Progress.NONE));
                    }
                    bySeed.add(runs);
                }
                return new Study(theory, stream.test().targets(), bySeed);
            }
        }

        /** Square of the distance from a limit in standard errors. */
        double squareDistance(ToDoubleFunction<Observed> number, double expected) {
            List<double[]> values = bySeed.stream()
                    .map(runs -> runs.stream()
                            .mapToDouble(run -> number.applyAsDouble(run.observed()))
                            .toArray())
                    .toList();
            SeedStatistics limit = WeightedLine.limit(Plot.doubles(WIDTHS), values);
            return Math.pow((limit.mean() - expected) / limit.standardError(), 2);
        }

        /** That each of some numbers extrapolates to the theory's. */
        void requireLimits(List<ToDoubleFunction<Observed>> numbers) {
            double mean = numbers.stream()
                    .mapToDouble(number -> squareDistance(number, number.applyAsDouble(theory)))
                    .average()
                    .orElseThrow();
            assertThat(mean).isLessThan(LARGEST_MEAN_SQUARE);
        }

        KernelSpectrum spectrum(Observed observed) {
            return KernelSpectrum.of(observed.finalKernel(), targets);
        }
    }

    @BeforeAll
    static void train() {
        BY_DEPTH.put(2, Study.of(2));
        BY_DEPTH.put(4, Study.of(4));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void predictionsAtEveryTimeExtrapolateToTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 1; slot < study.theory.times().length; slot++) {
            for (int k = 0; k < POINTS; k++) {
                int at = slot;
                int point = k;
                numbers.add(observed -> observed.f().get(at, point));
            }
        }
        study.requireLimits(numbers);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void testLossExtrapolatesToTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 1; slot < study.theory.times().length; slot++) {
            int at = slot;
            numbers.add(observed -> Decomposition.meanSquare(observed.predictions(at), study.targets));
        }
        study.requireLimits(numbers);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void everyKernelExtrapolatesToTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 0; slot < study.theory.times().length; slot++) {
            for (int i = 0; i < POINTS; i++) {
                for (int j = 0; j <= i; j++) {
                    int[] at = {slot, i, j};
                    for (int l = 0; l < depth; l++) {
                        int layer = l;
                        numbers.add(observed -> observed.features().get(layer).get(at));
                        numbers.add(observed -> observed.gradients().get(layer).get(at));
                    }
                    numbers.add(observed -> observed.ntk().get(at));
                }
            }
        }
        study.requireLimits(numbers);
    }

    /** As many eigenvalues as the inputs have dimensions; the others are 0. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void eigenvaluesOfTheFinalKernelExtrapolateToThoseOfTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int k = 0; k < DIMENSION; k++) {
            int index = k;
            numbers.add(observed -> study.spectrum(observed).eigenvalues()[index]);
        }
        numbers.add(observed -> study.spectrum(observed).effectiveRank());
        study.requireLimits(numbers);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void taskPowerAndTheLearningCurveExtrapolateToThoseOfTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int k = 0; k + 1 < DIMENSION; k++) {
            int index = k;
            numbers.add(observed -> study.spectrum(observed).power()[index]);
            numbers.add(observed -> study.spectrum(observed).cumulativePower()[index]);
            numbers.add(observed -> study.spectrum(observed).regressionError(index + 0.5));
        }
        study.requireLimits(numbers);
    }

    /** Fields of an infinitely wide linear network are Gaussian with the variances that are on the diagonal of its kernels. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void quantilesOfPreactivationsExtrapolateToThoseOfTheClosedTheory(int depth) {
        Study study = BY_DEPTH.get(depth);
        double sum = 0;
        int count = 0;
        for (int layer = 0; layer < depth; layer++) {
            for (int time = 0; time < 2; time++) {
                for (int b : new int[] {10, 40, 80, 119, 159, 189}) {
                    int[] at = {time, b};
                    int l = layer;
                    double expected = quantile(study.theory, layer, time, (b + 0.5) / Observed.QUANTILES);
                    sum += study.squareDistance(
                            observed -> observed.quantiles().get(l).get(at), expected);
                    count++;
                }
            }
        }
        assertThat(sum / count).isLessThan(LARGEST_MEAN_SQUARE);
    }

    /** Of the mixture of the points' Gaussians, by bisection. */
    private static double quantile(Observed theory, int layer, int time, double part) {
        int slot = time == 0 ? 0 : theory.last();
        NormalDistribution normal = new NormalDistribution();
        double low = -100;
        double high = 100;
        while (high - low > 1e-12) {
            double middle = (low + high) / 2;
            double below = 0;
            for (int i = 0; i < POINTS; i++) {
                double variance = theory.features().get(layer).get(slot, i, i);
                below += normal.cumulativeProbability(middle / Math.sqrt(variance)) / POINTS;
            }
            low = below < part ? middle : low;
            high = below < part ? high : middle;
        }
        return (low + high) / 2;
    }
}
