package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.comparison.Comparison;
import org.widthbench.comparison.SeedStatistics;

class AlignmentTableTest {
    private static TaskResult result(int width, long seed, double phi, double g) {
        return new TaskResult(
                width,
                seed,
                new Comparison(new double[] {phi}, new double[] {g}, new double[] {1}, new double[] {1}, 0.25, 0),
                new double[] {1},
                0.5);
    }

    private final AlignmentTable table =
            new AlignmentTable(List.of(result(500, 0, 0.99, 0.5), result(50, 1, 0.7, 0.6), result(50, 0, 0.9, 0.8)));

    @Test
    void csvHasTheColumnsOfTheContractAndRowsInOrder() {
        assertThat(table.csv().text()).isEqualTo("""
                width,seed,kernel,layer,alignment,loss_distance
                50,0,Phi,1,0.9,0.25
                50,0,G,1,0.8,0.25
                50,1,Phi,1,0.7,0.25
                50,1,G,1,0.6,0.25
                500,0,Phi,1,0.99,0.25
                500,0,G,1,0.5,0.25
                """);
    }

    @Test
    void statisticsAreOverTheSeedsOfAWidth() {
        SeedStatistics narrow = table.statistics(AlignmentTable.Kernel.PHI, 1, 50);
        assertThat(narrow.seeds()).isEqualTo(2);
        assertThat(narrow.mean()).isEqualTo(0.8, within(1e-15));
        // Two values 0.2 apart: sample deviation 0.2 / sqrt 2.
        assertThat(narrow.deviation()).isEqualTo(0.2 / Math.sqrt(2), within(1e-15));
        assertThat(narrow.smallest()).isEqualTo(0.7);
        assertThat(table.statistics(AlignmentTable.Kernel.G, 1, 500).deviation())
                .isZero();
    }
}
