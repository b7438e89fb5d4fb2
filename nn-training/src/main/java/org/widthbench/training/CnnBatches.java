package org.widthbench.training;

import java.util.stream.IntStream;
import org.widthbench.core.BatchSchedule;
import org.widthbench.core.Problem;

/** The points that each step of a CNN sees, in the order that {@link CnnOptions.Batches} names. */
final class CnnBatches {
    private final BatchSchedule schedule;
    private final boolean sliding;

    CnnBatches(Problem problem, CnnOptions options) {
        this.schedule = BatchSchedule.of(problem);
        this.sliding = options.batches() == CnnOptions.Batches.SLIDING_BY_ONE && !schedule.isFull();
    }

    /** Points of step {@code t}. */
    int[] at(int t) {
        if (!sliding) {
            return schedule.batch(t);
        }
        int first = t % (schedule.points() - schedule.size() + 1);
        return IntStream.range(first, first + schedule.size()).toArray();
    }

    /** Points per step. */
    int size() {
        return schedule.size();
    }

    /** {@code P / batch}, what each of them counts. */
    double weight() {
        return schedule.weight();
    }

    boolean isFull() {
        return schedule.isFull();
    }
}
