package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void alternatingBenchmarkPrintsBothSolversErrorsAndExponents() {
        Run run = Run.of("bench", "alternating", "--rows", "8,16,24", "--samples", "256", "--seeds", "2");
        assertThat(run.exit()).isZero();
        String error = "\\d\\.\\de-0\\d \\+- \\de-\\d\\d";
        // 256 samples are good to some percent: both solvers solve the same problem.
        for (int rows : new int[] {8, 16, 24}) {
            assertThat(run.out())
                    .containsPattern("(?m)^ +" + rows + " +\\d+\\.\\d{4} +\\d+\\.\\d{3} +\\d+\\.\\d +\\d+ +" + error
                            + " +" + error + " +" + error + " +" + error + "$");
        }
        assertThat(run.out())
                .containsPattern("causal grows like \\(TP\\)\\^\\(-?\\d\\.\\d\\d \\+- \\d\\.\\d\\d\\)")
                .containsPattern("alternating grows like")
                .containsPattern("ratio grows like");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--rows; 20,40; --rows",
                "--rows; 20,40,30; --rows",
                "--rows; 20,40,81; --rows",
                "--rows; 20,40,2000; --samples",
                "--seeds; 1; --seeds"
            })
    void rowsThatCannotBeFittedOrSampledAreRefused(String name, String value, String option) {
        Run run = Run.of("bench", "alternating", name, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(option);
    }

    /** A linear network has no sampling error (orthonormal noise) but for the pivot tolerance, far below tanh's. */
    @Test
    void errorBenchmarkPrintsSpreadsAndExponentsOfEveryVariant() {
        Run tanh = Run.of("bench", "error", "--samples", "200,224,256", "--seeds", "2");
        assertThat(tanh.exit()).isZero();
        for (String variant : new String[] {"none", "shift 12", "owen 12", "exact, none", "exact, shift 12"}) {
            List<String> lines = tanh.out()
                    .lines()
                    .filter(line -> line.startsWith(variant + " "))
                    .toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.get(3)).matches(variant + " +S\\^( +-?\\d\\.\\d\\d \\+- \\d+\\.\\d\\d){4}");
            assertThat(lines.get(4)).matches(variant + " +x none( +\\d\\.\\d\\d){4}");
        }
        Run linear = Run.of("bench", "error", "--samples", "200,224,256", "--seeds", "2", "--activation", "linear");
        assertThat(featureSpread(linear, "shift 12")).isLessThan(0.1 * featureSpread(tanh, "shift 12"));
    }

    private static double featureSpread(Run run, String variant) {
        String line = run.out()
                .lines()
                .filter(row -> row.startsWith(variant + " "))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(variant.length()).strip().split(" +")[2]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"--samples; 256,512", "--samples; 512,256,1024", "--seeds; 1", "--data; nowhere", "--points; 1"})
    void errorBenchmarkRefusesWhatCannotBeFitted(String option, String value) {
        Run run = Run.of("bench", "error", option, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(option);
    }

    /** What forward integration and the causal solver find for one hidden layer and two is compared elsewhere. */
    @ParameterizedTest
    @CsvSource({"1, forward integration", "2, causal solver"})
    void growthBenchmarkPrintsTimeAndMemoryPerNumberOfSteps(int depth, String solver) {
        Run run = Run.of("bench", "growth", "--depth", depth, "--points", "4", "--samples", "64", "--steps", "3,6,9");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("tanh, L=" + depth + ", P=4, S=64, " + solver);
        for (int steps : new int[] {3, 6, 9}) {
            assertThat(run.out()).containsPattern("(?m)^ +" + steps + "( +\\d+\\.\\d\\d){3} +\\d\\.\\d{5}$");
        }
        assertThat(run.out()).containsPattern("processor time grows like T\\^\\(-?\\d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"--steps; 10,20", "--steps; 10,20,15", "--depth; 0", "--points; 3", "--activation; sine"})
    void growthBenchmarkRefusesWhatCannotBeMeasured(String option, String value) {
        Run run = Run.of("bench", "growth", option, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(option.substring(2));
    }

    /**
     * Expected numbers: the closed theory of linear networks has no seed, and with fixed seeds twelve networks of width 400 lie
     * within four of their standard errors of it.
     */
    @Test
    void networksBenchmarkPrintsBothSidesWithStandardErrors(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("linear.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2, activation: linear}
                training: {steps: 8, eta: 0.2}
                theory:   {solver: linear, samples: 16}
                sweep:    {widths: [400], seeds: 12}
                """);
        Run run = Run.of("bench", "networks", config, "--theories", 2, "--parts", 2, "--quiet");
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines.get(2)).contains("t = 0..3").contains("t = 4..7");
        assertThat(lines.get(3)).matches("theory( +\\d\\.\\d{5} \\+- 0\\.00000){2}");
        assertThat(lines.get(4)).matches("N=400( +\\d\\.\\d{5} \\+- 0\\.\\d{5} +\\(-?[0-3]\\.\\d\\)){2}");
        assertThat(lines.get(5))
                .matches(" +12 seeds; predictions 0\\.0.* alignment Phi 0\\.99.*, G 0\\.99.*, NTK 0\\.99.*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"--theories; 1", "--parts; 0", "--parts; 101", "--set; sweep.seeds=1", "--set; network.depth=0"})
    void networksBenchmarkRefusesWhatHasNoStandardError(String option, String value, @TempDir Path folder)
            throws IOException {
        Run run = Run.of("bench", "networks", Files.createFile(folder.resolve("empty.yaml")), option, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(option.equals("--set") ? value.split("=")[0] : option);
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

    /** Linear networks of this panel are good to their tolerances; two seeds make two errors of the loss, six of three kernels. */
    @Test
    void coverageBenchmarkCountsErrorsWithinTwoBarsWithIntervals() {
        Run run = Run.of("bench", "coverage", "--problems", "linear", "--samples", "128", "--seeds", "2");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^linear, L=3 +\\d x \\d+ +\\d/2 +\\d/2 +\\d/6 +\\d/6 +\\d/2 +\\d+\\.\\d\\d$")
                .containsPattern("(?m)^all +\\d/2 +\\d/2 +\\d/6 +\\d/6 +\\d/2 *$")
                .containsPattern("(?m)^ +\\d+\\.\\.\\d+% ");
    }

    @ParameterizedTest
    @CsvSource({"--problems, no such, linear", "--samples, 64, 128", "--seeds, 0, >= 1"})
    void coverageBenchmarkNamesWhatItTakes(String option, String value, String allowed) {
        Run run = Run.of("bench", "coverage", option, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(option, allowed);
    }
}
