package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.Network;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.random.Threefry;

class SamplingErrorTest {
    private static Problem problem(Network network) {
        Dataset data = new Dataset(Threefry.normal(2, 10, 4), new double[] {1, 1, -1, -1});
        return new Problem(data, network, Training.descent(1, 0.3, 12));
    }

    /** The truth is a solve with sixty-four times the samples; a normal error exceeds four bars once in 16000. */
    @Test
    void barsCoverTheDistanceToAMuchFinerSolve() {
        Problem problem = problem(Network.mlp(2, new Tanh(0.8)));
        try (CpuBackend backend = new CpuBackend()) {
            CausalSolver coarse = new CausalSolver(256, 3);
            SamplingError error = SamplingError.estimate(coarse, problem, backend, Progress.NONE);
            OrderParameters solved = coarse.solve(problem, backend);
            OrderParameters fine = new CausalSolver(256 * 64, 4).solve(problem, backend);
            double distance = 0;
            for (int t = 0; t < 12; t++) {
                distance = Math.max(distance, Math.abs(solved.loss()[t] - fine.loss()[t]));
            }
            assertThat(distance).isLessThan(4 * error.loss());
            assertThat(error.loss()).isLessThan(0.05);
            assertThat(error.features()).hasSize(2);
            assertThat(error.gradients()[0]).isBetween(1e-5, 0.1);
        }
    }

    @Test
    void exactSolvesHaveNoBars() {
        try (CpuBackend backend = new CpuBackend()) {
            CausalSolver exact =
                    new CausalSolver(128, 3).withTolerances(1e-10, 1e-10).withResidualNoise(false);
            SamplingError error =
                    SamplingError.estimate(exact, problem(Network.mlp(2, new Linear())), backend, Progress.NONE);
            assertThat(error.loss()).isLessThan(1e-7);
        }
    }
}
