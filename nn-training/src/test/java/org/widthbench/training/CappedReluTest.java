package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.ErrorBars;
import org.widthbench.core.solver.Solution;

/**
 * What a cap on pivots costs where it bites: gradients of ReLU networks are so rough that all rows of {@code r} are pivots, and
 * responses to what a cap leaves to noise are lost ({@code docs/theory.md} 4.1 "Capped pivots").
 */
class CappedReluTest {
    private static final int SAMPLES = 1024;
    private static final int NETWORKS = 8;
    private static final int WIDTH = 800;
    private static final int CAP = 20;

    private final Problem problem = new Problem(
            new GaussianSource(25, 10, 0).load(),
            Network.mlp(3, new Relu()),
            Training.descent(1, 0.1, 60).withRecord(0, 59));

    /**
     * Expected numbers: networks. With all pivots the theory lies within their error; under a cap its loss is too high, by more than
     * the sampling error and by less than its error bars and the warning say.
     */
    @Test
    void aBitingCapSlowsTheTheoryByLessThanItsWarningSays() {
        double[] networks = IntStream.range(0, NETWORKS)
                .mapToDouble(seed -> Problems.trained(problem, WIDTH, seed, FieldPrecision.FLOAT32)
                        .finalLoss())
                .toArray();
        double mean = IntStream.range(0, NETWORKS).mapToDouble(i -> networks[i]).sum() / NETWORKS;
        double square = 0;
        for (double loss : networks) {
            square += (loss - mean) * (loss - mean);
        }
        double error = Math.sqrt(square / (NETWORKS - 1) / NETWORKS);
        try (CpuBackend backend = new CpuBackend()) {
            CausalSolver free = new CausalSolver(SAMPLES, 0);
            Solution all = free.solve(problem, backend);
            Solution capped = free.withMaxPivots(CAP).solve(problem, backend);
            double sampling = free.errorBars(problem, all, backend, Progress.NONE)
                    .orElseThrow()
                    .loss();
            ErrorBars bars = free.withMaxPivots(CAP)
                    .errorBars(problem, capped, backend, Progress.NONE)
                    .orElseThrow();
            double loss = all.results().finalLoss();
            double bias = capped.results().finalLoss() - loss;
            double left = 1 - capped.pivots().backwardCaptured()[0];
            assertThat(Math.abs(loss - mean)).isLessThan(3 * Math.hypot(error, sampling));
            assertThat(all.pivots().warning()).isEmpty();
            assertThat(bias).isGreaterThan(3 * sampling).isLessThan(2 * bars.finalLoss());
            assertThat(loss + bias - mean).isGreaterThan(3 * error).isLessThan(0.5 * left * (1 - mean));
            assertThat(capped.pivots().warning()).hasValueSatisfying(warning -> assertThat(warning)
                    .contains("of r_1", "theory.maxPivots")
                    .contains("%.1f%%".formatted(100 * (1 - left))));
        }
    }
}
