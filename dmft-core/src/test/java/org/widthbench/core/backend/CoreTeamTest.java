package org.widthbench.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoreTeamTest {
    private static final CoreTeam TEAM = CoreTeam.shared();

    @Test
    void everyTaskRunsOnce() {
        for (int tasks = 0; tasks < 200; tasks++) {
            AtomicIntegerArray runs = new AtomicIntegerArray(200);
            TEAM.run(tasks, runs::incrementAndGet);
            for (int i = 0; i < runs.length(); i++) {
                assertThat(runs.get(i)).isEqualTo(i < tasks ? 1 : 0);
            }
        }
    }

    @Test
    void callersAtOnceDoNotMixTheirTasks() {
        long wrong = IntStream.range(0, 200)
                .parallel()
                .filter(caller -> {
                    AtomicIntegerArray runs = new AtomicIntegerArray(50);
                    TEAM.run(50, runs::incrementAndGet);
                    return IntStream.range(0, 50).anyMatch(i -> runs.get(i) != 1);
                })
                .count();
        assertThat(wrong).isZero();
    }

    @Test
    void taskMayCallTheTeamItself() {
        AtomicIntegerArray runs = new AtomicIntegerArray(64);
        TEAM.run(8, outer -> TEAM.run(8, inner -> runs.incrementAndGet(8 * outer + inner)));
        for (int i = 0; i < 64; i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
    }

    @Test
    void failureReachesTheCallerAndLeavesTheTeamWhole() {
        assertThatThrownBy(() -> TEAM.run(20, index -> {
                    if (index == 13) {
                        throw new IllegalStateException("task 13");
                    }
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("task 13");
        everyTaskRunsOnce();
    }
}
