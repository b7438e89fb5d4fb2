package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Five linear layers at gamma0 = 1.5, where iterating the closed equations without damping diverges. */
class DeepLinearAgreementTest {
    /** Samples, pivots and integration by parts on one side, closed equations on the other ({@code docs/theory.md} 4.1, 4.3). */
    @ParameterizedTest
    @EnumSource(Training.Dynamics.class)
    void causalSolverAgreesWithTheClosedEquationsAtDepthFive(Training.Dynamics dynamics) {
        Problem problem = new Problem(
                new GaussianSource(40, 10, 0).load(),
                Network.mlp(5, new Linear()),
                Training.descent(1.5, 0.05, 40).withDynamics(dynamics).withRecord(0, 20, 39));
        OrderParameters closed = new LinearSolver(1, 0).solve(problem, null).results();
        OrderParameters sampled;
        try (CpuBackend backend = new CpuBackend()) {
            sampled = new CausalSolver(256, 3)
                    .withTolerances(1e-9, 1e-9)
                    .withResidualNoise(false)
                    .solve(problem, backend)
                    .results();
        }
        assertThat(distance(sampled.f(), closed.f())).isLessThan(1e-5);
        // Trained, not stuck: the loss starts at 1.
        assertThat(closed.finalLoss()).isLessThan(0.1);
        for (int l = 0; l < 5; l++) {
            assertThat(distance(
                            sampled.featureKernels().get(l),
                            closed.featureKernels().get(l)))
                    .isLessThan(1e-5);
            assertThat(distance(
                            sampled.gradientKernels().get(l),
                            closed.gradientKernels().get(l)))
                    .isLessThan(1e-5);
        }
    }

    /** Largest difference of two entries, in units of the largest entry. */
    private static double distance(Tensor one, Tensor other) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < one.data().length; i++) {
            largest = Math.max(largest, Math.abs(other.data()[i]));
            difference = Math.max(difference, Math.abs(one.data()[i] - other.data()[i]));
        }
        return difference / largest;
    }
}
