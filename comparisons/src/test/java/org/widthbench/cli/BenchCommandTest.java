package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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
        Run run = Run.of("bench", "alternating", "--rows", "8,16,24", "--samples", "256", "--rounds", "1");
        assertThat(run.exit()).isZero();
        String error = "\\d\\.\\de-0\\d";
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
            value = {"20,40; --rows", "20,40,30; --rows", "20,40,81; --rows", "20,40,2000; --samples"})
    void rowsThatCannotBeFittedOrSampledAreRefused(String rows, String option) {
        Run run = Run.of("bench", "alternating", "--rows", rows);
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
