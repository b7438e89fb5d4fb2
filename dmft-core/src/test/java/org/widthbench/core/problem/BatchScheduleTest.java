package org.widthbench.core.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;

class BatchScheduleTest {
    @Test
    void oneEpochSeesEveryPointOnce() {
        BatchSchedule schedule = new BatchSchedule(12, 4, 0);
        for (int epoch = 0; epoch < 5; epoch++) {
            double[] sum = new double[12];
            for (int t = 3 * epoch; t < 3 * epoch + 3; t++) {
                double[] weights = schedule.weights(t);
                assertThat(Arrays.stream(weights).filter(b -> b == 3).count()).isEqualTo(4);
                for (int mu = 0; mu < 12; mu++) {
                    sum[mu] += weights[mu];
                }
            }
            assertThat(sum).containsOnly(3);
        }
    }

    @Test
    void maskHasMeanOneWhenTheBatchDoesNotDivideThePoints() {
        BatchSchedule schedule = new BatchSchedule(7, 3, 1);
        for (int t = 0; t < 10; t++) {
            assertThat(Arrays.stream(schedule.weights(t)).average().orElseThrow())
                    .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-15));
        }
    }

    @Test
    void everyEpochAndSeedShufflesAnew() {
        Set<String> orders = new HashSet<>();
        for (int seed = 0; seed < 4; seed++) {
            BatchSchedule schedule = new BatchSchedule(20, 10, seed);
            for (int t = 0; t < 20; t++) {
                orders.add(Arrays.toString(schedule.batch(t)));
            }
        }
        assertThat(orders).hasSize(80);
    }

    @Test
    void everyPointIsEquallyOftenInEveryPlaceOfTheShuffle() {
        int epochs = 6000;
        int[][] count = new int[5][5];
        BatchSchedule schedule = new BatchSchedule(5, 1, 3);
        for (int t = 0; t < 5 * epochs; t++) {
            count[t % 5][schedule.batch(t)[0]]++;
        }
        // 25 counts of mean 1200 and standard deviation 31: 5 of them leave one failure in 70000 seeds
        for (int[] place : count) {
            for (int n : place) {
                assertThat(n).isBetween(1200 - 155, 1200 + 155);
            }
        }
    }

    @Test
    void fullBatchWeighsEveryPointByOne() {
        assertThat(new BatchSchedule(4, 0, 0).weights(3)).containsOnly(1);
        assertThat(new BatchSchedule(4, 4, 0).weights(3)).containsOnly(1);
    }

    @Test
    void batchLargerThanTheDataIsRefused() {
        assertThatThrownBy(() -> new BatchSchedule(4, 5, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("training.batch");
    }
}
