package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchCommandTest {
    @Test
    void solveBenchmarkPrintsFloorSolveAndTheirRatio() {
        Run run = Run.of("bench", "solve", "--samples", "64", "--steps", "4", "--rounds", "2");
        assertThat(run.exit()).isZero();
        // 4 L S (TP)^2 with L=3, S=64, T P=40.
        assertThat(run.out()).contains("1.23e+06 flops");
        assertThat(run.out().lines().filter(line -> line.startsWith("floor 0.")))
                .hasSize(2);
        assertThat(run.out()).containsPattern("median ratio \\d+\\.\\d\\d");
    }

    @Test
    void noRoundsAreRefused() {
        Run run = Run.of("bench", "solve", "--rounds", "0");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--rounds");
    }

    @Test
    void deviceBenchmarkPrintsCeilingsSharesAndTheDistanceFromTheCpu() {
        Run run = Run.of("bench", "gpu", "--quick", "--device", "cpu");
        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .startsWith("CPU float64")
                .containsPattern("ceilings: copy \\d+\\.\\d GB/s, product \\d+\\.\\d GFLOP/s")
                .containsPattern("solve, L=3, S=512, TP=100 .*%  (memory|arithmetic)")
                .containsPattern("train, N=300, 5 steps .*%  (memory|arithmetic)")
                .contains("loss: at most 0.0e+00 from the float64 CPU");
        assertThat(run.out()).doesNotContain("NaN").doesNotContain("Infinity");
    }
}
