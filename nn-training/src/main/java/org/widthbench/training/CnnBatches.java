package org.widthbench.training;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.Problem;

/** The points that each step of a CNN sees, in the order that {@link CnnOptions.Batches} names. */
final class CnnBatches {
    private final BatchSchedule schedule;
    /** Of pairs of neighbours. */
    private final BatchSchedule pairs;

    private final CnnOptions.Batches order;

    CnnBatches(Problem problem, CnnOptions options) {
        this.schedule = BatchSchedule.of(problem);
        this.pairs = new BatchSchedule(schedule.points() / 2, schedule.size() / 2, schedule.seed());
        this.order = schedule.isFull() ? CnnOptions.Batches.RESHUFFLED_EPOCHS : options.batches();
    }

    /** Points of step {@code t}. */
    int[] at(int t) {
        return switch (order) {
            case RESHUFFLED_EPOCHS -> schedule.batch(t);
            case RESHUFFLED_PAIRS ->
                Arrays.stream(pairs.batch(t))
                        .flatMap(pair -> IntStream.of(2 * pair, 2 * pair + 1))
                        .toArray();
            case SLIDING_BY_ONE -> {
                int first = t % (schedule.points() - schedule.size() + 1);
                yield IntStream.range(first, first + schedule.size()).toArray();
            }
        };
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
