package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

/** One pass over fresh samples: the theory follows the very batches that the networks see. */
class OnlineLimitTest {
    private static final int[] WIDTHS = {64, 128};
    private static final int SEEDS = 16;

    /**
     * Predictions on five test points at three times, extrapolated, in standard errors. A linear network's theory is exact to its pivot
     * tolerance. The mean square of 15 such distances is about 1.1; batches in another order would move them by many errors.
     */
    @Test
    void predictionsExtrapolateToTheTheoryOfTheSameBatches() {
        Teacher teacher = new Teacher(4, new int[] {1}, 0.5, 0, 3);
        ConsistencySpec spec = new ConsistencySpec(
                List.of(new ConsistencyTask("linear", new ConsistencyTask.FromTeacher(teacher), 0)),
                Network.mlp(2, new Linear()),
                new ConsistencySpec.Descent(1, 0.3, 12, 2),
                new ConsistencySpec.Measure(4, 5, 2, 2, 0.1, 2),
                null,
                new SweepSpec(WIDTHS, SEEDS),
                TheorySettings.causal().withSamples(512).withTolerances(1e-8, 1e-8));
        SampleStream stream = spec.tasks().get(0).stream(2, 5, true);
        List<List<NetworkRun>> bySeed = new ArrayList<>();
        try (Backend backend = new CpuBackend()) {
            Observed theory = new TheoryLine(spec, backend).online(stream, spec.times(), Progress.NONE);
            NetworkMeasurement measurement =
                    new NetworkMeasurement(new NetworkFamily(spec.network(), 1, new int[] {4}, backend), spec);
            for (long seed = 0; seed < SEEDS; seed++) {
                List<NetworkRun> runs = new ArrayList<>();
                for (int width : WIDTHS) {
                    runs.add(measurement.follow("linear", stream, width, seed, Progress.NONE));
                }
                bySeed.add(runs);
            }
            double sum = 0;
            int count = 0;
            for (int slot = 1; slot < theory.times().length; slot++) {
                for (int k = 0; k < 5; k++) {
                    int at = slot;
                    int point = k;
                    List<double[]> values = bySeed.stream()
                            .map(runs -> runs.stream()
                                    .mapToDouble(run -> run.observed().f().get(at, point))
                                    .toArray())
                            .toList();
                    SeedStatistics limit = WeightedLine.limit(Plot.doubles(WIDTHS), values);
                    sum += Math.pow((limit.mean() - theory.f().get(slot, k)) / limit.standardError(), 2);
                    count++;
                }
            }
            assertThat(sum / count).isLessThan(3);
        }
    }
}
