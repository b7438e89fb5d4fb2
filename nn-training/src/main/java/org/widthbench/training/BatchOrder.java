package org.widthbench.training;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.widthbench.core.problem.BatchSchedule;

/** Order in which minibatches come. */
public enum BatchOrder {
    /** {@link BatchSchedule}: every epoch a fresh shuffle. */
    RESHUFFLED_EPOCHS {
        @Override
        int[] batch(BatchSchedule schedule, int t) {
            return schedule.batch(t);
        }
    },
    /**
     * Reshuffled epochs of pairs of neighbours {@code (2i, 2i+1)}: where classes alternate, every batch holds as many of the one as
     * of the other, and a small one does not push all outputs to one side.
     */
    RESHUFFLED_PAIRS {
        @Override
        int[] batch(BatchSchedule schedule, int t) {
            BatchSchedule pairs = new BatchSchedule(schedule.points() / 2, schedule.size() / 2, schedule.seed());
            return Arrays.stream(pairs.batch(t))
                    .flatMap(pair -> IntStream.of(2 * pair, 2 * pair + 1))
                    .toArray();
        }
    },
    /**
     * The published notebook's: step t sees the points {@code s, s+1, ..., s+batch-1} in file order with {@code s = t mod (P - batch +
     * 1)}, every place where a batch fits. Its own 40 places, 10 000 / 250, make P = 289.
     */
    SLIDING_BY_ONE {
        @Override
        int[] batch(BatchSchedule schedule, int t) {
            int first = t % (schedule.points() - schedule.size() + 1);
            return IntStream.range(first, first + schedule.size()).toArray();
        }
    };

    /** Points of step {@code t} of minibatches. */
    abstract int[] batch(BatchSchedule schedule, int t);

    /** Points of step {@code t}. */
    int[] at(BatchSchedule schedule, int t) {
        return schedule.isFull() ? schedule.batch(t) : batch(schedule, t);
    }
}
