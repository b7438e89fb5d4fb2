package org.widthbench.training.stream;

import java.util.Optional;
import org.widthbench.core.problem.BatchSchedule;

/**
 * Several epochs over one training set, in the order of {@link BatchSchedule}, which the solvers follow too.
 *
 * @param training the set
 * @param schedule which of its points each step sees
 * @param test samples that no step sees
 */
public record RepeatedStream(Samples training, BatchSchedule schedule, Samples test) implements SampleStream {

    /** Batches of so many points, 0 for all of them. */
    public static RepeatedStream of(Samples training, int batch, Samples test) {
        return new RepeatedStream(training, new BatchSchedule(training.count(), batch, 0), test);
    }

    @Override
    public Samples batch(int t) {
        return schedule.isFull() ? training : training.pick(schedule.batch(t));
    }

    @Override
    public int batchSize() {
        return schedule.size();
    }

    @Override
    public Optional<Samples> repeated() {
        return Optional.of(training);
    }
}
