package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;

/** The same comparisons on a real GPU, where one is. */
class DeviceTest {
    @BeforeAll
    static void requireGpu() {
        String obstacle = CudaDriver.get().obstacle();
        if (!obstacle.isEmpty()) {
            System.out.println("SKIPPED: needs a GPU: " + obstacle);
        }
        Assumptions.assumeTrue(obstacle.isEmpty(), "needs a GPU: " + obstacle);
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationAgreesWithTheCpu(FieldPrecision precision) {
        try (Backend backend = new CudaBackendProvider().open(0, precision)) {
            BackendAgreement agreement = new BackendAgreement(backend, precision, 3);
            agreement.all(1000);
            assertThat(agreement.worst()).isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void solverFollowsTheCpu(FieldPrecision precision) {
        Problem problem = StandInRun.problem("tanh");
        CausalSolver solver = new CausalSolver(1024, 0);
        try (Backend backend = new CudaBackendProvider().open(0, precision);
                Backend cpu = new CpuBackend()) {
            double tolerance = precision == FieldPrecision.FLOAT32 ? 1e-4 : 1e-10;
            assertThat(solver.solve(problem, backend).results().loss())
                    .containsExactly(solver.solve(problem, cpu).results().loss(), within(tolerance));
        }
    }
}
