package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Network;
import org.widthbench.core.Progress;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.training.family.LayeredFamily;
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
    private static final double LARGEST_MEAN_SQUARE = 2.5;

    private static final List<List<NetworkRun>> BY_SEED = new ArrayList<>();
    private static Observed theory;
    private static double[] targets;

    @BeforeAll
    static void train() {
        Teacher teacher = new Teacher(5, new int[] {1}, 0.5, 0, 3);
        ConsistencySpec spec = new ConsistencySpec(
                List.of(new ConsistencyTask("linear", new ConsistencyTask.FromTeacher(teacher), 6)),
                Network.mlp(2, new Linear()),
                new ConsistencySpec.Descent(1, 0.3, 24, 3),
                new ConsistencySpec.Measure(4, 6, 4, 2, 0.1, 3),
                null,
                new SweepSpec(WIDTHS, SEEDS),
                TheorySettings.causal().withMethod(TheorySettings.Method.LINEAR).withSamples(8));
        SampleStream stream = spec.tasks().get(0).stream(3, 6, true);
        targets = stream.test().targets();
        try (Backend backend = new CpuBackend()) {
            theory = new TheoryLine(spec, backend)
                    .repeated(stream.repeated().orElseThrow(), stream.test(), Progress.NONE);
            NetworkMeasurement measurement =
                    new NetworkMeasurement(new LayeredFamily(spec.network(), 1, new int[] {5}, backend), spec);
            for (long seed = 0; seed < SEEDS; seed++) {
                List<NetworkRun> runs = new ArrayList<>();
                for (int width : WIDTHS) {
                    runs.add(measurement.follow("linear", stream, width, seed, Progress.NONE));
                }
                BY_SEED.add(runs);
            }
        }
    }

    /** Square of the distance from the theory in standard errors. */
    private static double squareDistance(ToDoubleFunction<Observed> number) {
        List<double[]> bySeed = BY_SEED.stream()
                .map(runs -> runs.stream()
                        .mapToDouble(run -> number.applyAsDouble(run.observed()))
                        .toArray())
                .toList();
        Extrapolation limit = Extrapolation.of(Plot.doubles(WIDTHS), bySeed);
        return Math.pow((limit.limit() - number.applyAsDouble(theory)) / limit.error(), 2);
    }

    private static double mean(List<ToDoubleFunction<Observed>> numbers) {
        return numbers.stream()
                .mapToDouble(LinearLimitTest::squareDistance)
                .average()
                .orElseThrow();
    }

    @Test
    void predictionsAtEveryTimeExtrapolateToTheClosedTheory() {
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 1; slot < theory.times().length; slot++) {
            for (int k = 0; k < 6; k++) {
                int at = slot;
                int point = k;
                numbers.add(observed -> observed.f().get(at, point));
            }
        }
        assertThat(mean(numbers)).isLessThan(LARGEST_MEAN_SQUARE);
    }

    @Test
    void testLossExtrapolatesToTheClosedTheory() {
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 1; slot < theory.times().length; slot++) {
            int at = slot;
            numbers.add(observed -> Decomposition.meanSquare(observed.predictions(at), targets));
        }
        assertThat(mean(numbers)).isLessThan(LARGEST_MEAN_SQUARE);
    }

    @Test
    void everyKernelExtrapolatesToTheClosedTheory() {
        List<ToDoubleFunction<Observed>> numbers = new ArrayList<>();
        for (int slot = 0; slot < theory.times().length; slot++) {
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j <= i; j++) {
                    int[] at = {slot, i, j};
                    numbers.add(observed -> observed.features().get(0).get(at));
                    numbers.add(observed -> observed.features().get(1).get(at));
                    numbers.add(observed -> observed.gradients().get(0).get(at));
                    numbers.add(observed -> observed.gradients().get(1).get(at));
                    numbers.add(observed -> observed.ntk().get(at));
                }
            }
        }
        assertThat(mean(numbers)).isLessThan(LARGEST_MEAN_SQUARE);
    }

    /** Fields of an infinitely wide linear network are Gaussian, so their distance from it falls with the width. */
    @Test
    void networksOfTwiceTheWidthAreHalfAsFarAwayInMeanSquare() {
        double[] distance = new double[WIDTHS.length];
        for (List<NetworkRun> runs : BY_SEED) {
            for (int i = 0; i < WIDTHS.length; i++) {
                Observed observed = runs.get(i).observed();
                int last = theory.last();
                distance[i] += Decomposition.meanSquare(observed.predictions(last), theory.predictions(last)) / SEEDS;
            }
        }
        double exponent =
                PowerFit.of(Plot.doubles(WIDTHS), distance).orElseThrow().exponent();
        assertThat(exponent).isBetween(0.6, 1.4);
    }
}
