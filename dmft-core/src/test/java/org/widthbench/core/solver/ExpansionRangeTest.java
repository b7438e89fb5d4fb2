package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class ExpansionRangeTest {
    private static final PerturbationSolver SOLVER = new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 256, 0);

    private static Problem problem(Activation activation, double gamma0, int steps) {
        return new Problem(
                new Dataset(Threefry.normal(0, 25, 4), new double[] {-1, -1, 1, 1}),
                Network.mlp(2, activation),
                Training.descent(gamma0, 0.1, steps));
    }

    /** The matrices ((1, 2), (2, 1)) and ((1, 1), (1, 1)) have smallest eigenvalues -1 and 0. */
    @Test
    void theFirstRowOfANegativeBlockIsFound() {
        assertThat(ExpansionRange.firstNegative(new double[] {1, 2, 2, 1}, 2, 0))
                .isEqualTo(1);
        assertThat(ExpansionRange.firstNegative(new double[] {1, 2, 2, 1}, 2, 0.9))
                .isEqualTo(1);
        assertThat(ExpansionRange.firstNegative(new double[] {1, 2, 2, 1}, 2, 1.1))
                .isEqualTo(-1);
        assertThat(ExpansionRange.firstNegative(new double[] {1, 1, 1, 1}, 2, 0))
                .isEqualTo(-1);
        assertThat(ExpansionRange.firstNegative(new double[] {-1, 0, 0, 1}, 2, 0.5))
                .isZero();
    }

    /** By its form, {@code q - q_0} is gamma0^2 times what does not depend on gamma0. */
    @Test
    void theCorrectionGrowsAsGamma0Squared() {
        Problem small = problem(new Linear(), 0.05, 10);
        Problem twice = problem(new Linear(), 0.1, 10);
        ExpansionRange range =
                ExpansionRange.of(small, SOLVER.solve(small, null).results());
        ExpansionRange wider =
                ExpansionRange.of(twice, SOLVER.solve(twice, null).results());
        assertThat(wider.correction()).isCloseTo(4 * range.correction(), within(1e-9));
        assertThat(range.whole()).isTrue();
        assertThat(range.until()).isEqualTo(9);
        assertThat(range.warning()).isEmpty();
    }

    /** Within the range the loss is that of all orders (linear networks: closed equations), beyond it is not. */
    @Test
    void theRangeEndsWhereTheLossLeavesThatOfAllOrders() {
        Problem problem = problem(new Linear(), 0.5, 40);
        OrderParameters expansion =
                SOLVER.evaluate(problem, null, Progress.NONE).results();
        double[] full = new LinearSolver(1, 0).solve(problem, null).results().loss();
        ExpansionRange range = ExpansionRange.of(problem, expansion);
        assertThat(range.until()).isBetween(1, 38);
        for (int t = 0; t <= range.until(); t++) {
            assertThat(expansion.loss()[t]).isCloseTo(full[t], within(0.1 * full[t]));
        }
        assertThat(Math.abs(expansion.loss()[39] / full[39] - 1)).isGreaterThan(0.3);
        assertThat(range.warning()).get().asString().contains("after step " + range.until());
    }

    /** Of tanh at gamma0 = 5 the expansion gives negative variances and a loss that grows; networks' losses fall. */
    @Test
    void kernelsThatAreNotPositiveAreRefusedByNameAndStep() {
        try (Backend backend = new CpuBackend()) {
            assertThatThrownBy(() -> SOLVER.solve(problem(new Tanh(0.8), 5, 30), backend))
                    .isInstanceOf(SolverException.class)
                    .message()
                    .startsWith("the perturbation solver at gamma0 = 5.0: ")
                    .containsPattern("(Phi|G)\\^[12] is not positive at step \\d+")
                    .contains("lower training.gamma0 or training.steps", "theory.solver causal")
                    .doesNotContain("\n");
        }
    }
}
