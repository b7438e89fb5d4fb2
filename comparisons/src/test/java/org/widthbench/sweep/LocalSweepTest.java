package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.comparison.SmallResults;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;

class LocalSweepTest {
    private static final SweepSpec SPEC = new SweepSpec(new int[] {10, 40}, 2);

    private final OrderParameters theory = SmallResults.result(2, 0.5);
    private final List<String> trained = Collections.synchronizedList(new ArrayList<>());
    private final List<String> seen = new ArrayList<>();

    /** A "network" whose distance from the theory shrinks with the width. */
    private OrderParameters train(int width, long seed, Progress progress) {
        trained.add(width + "/" + seed);
        progress.step(1, 1);
        return SmallResults.result(2, 0.5 + (1.0 + seed) / width);
    }

    private AlignmentTable sweep(int atOnce) {
        return new LocalSweep(
                        theory,
                        this::train,
                        (result, network) -> seen.add(result.width() + "/" + result.seed()),
                        atOnce)
                .run(SPEC, Reporter.SILENT);
    }

    @Test
    void everyWidthAndSeedIsTrainedOnceInOrder() {
        AlignmentTable table = sweep(1);
        assertThat(trained).containsExactly("10/0", "10/1", "40/0", "40/1");
        assertThat(table.widths()).containsExactly(10, 40);
        assertThat(table.statistics(AlignmentTable.Kernel.PHI, 1, 40).mean())
                .isGreaterThan(
                        table.statistics(AlignmentTable.Kernel.PHI, 1, 10).mean());
    }

    @Test
    void severalAtOnceGiveTheSameTableAndAreSeenInTheSameOrder() {
        String one = sweep(1).csv().text();
        List<String> order = List.copyOf(seen);
        seen.clear();
        assertThat(sweep(3).csv().text()).isEqualTo(one);
        assertThat(seen).isEqualTo(order);
    }

    @Test
    void theFirstFailureComesOutAsItWasThrown() {
        LocalSweep sweep = new LocalSweep(
                theory,
                (width, seed, progress) -> {
                    throw new SolverException("width " + width + " diverged");
                },
                (result, network) -> {},
                2);
        assertThatThrownBy(() -> sweep.run(SPEC, Reporter.SILENT))
                .isInstanceOf(SolverException.class)
                .hasMessage("width 10 diverged");
    }

    @Test
    void progressRunsToItsEndWithoutGoingBack() {
        List<Double> fractions = new ArrayList<>();
        Reporter reporter = new Reporter() {
            @Override
            public <T> T stage(String name, java.util.function.Function<Progress, T> work) {
                return work.apply((completed, total) -> fractions.add((double) completed / total));
            }

            @Override
            public void say(String line) {}
        };
        new LocalSweep(theory, this::train, (result, network) -> {}, 2).run(SPEC, reporter);
        assertThat(fractions).isSorted().endsWith(1.0);
    }
}
