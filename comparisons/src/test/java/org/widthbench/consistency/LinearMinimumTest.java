package org.widthbench.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.ConsistencyTask;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.training.family.NetworkFamily;
import org.widthbench.training.stream.Samples;
import org.widthbench.training.stream.Teacher;

/**
 * Full-batch descent of deep linear networks to a minimum. The residual has died out there, and with it all of the Hessian but {@code J J^T / P}, whose
 * largest eigenvalue is that of the tangent kernel over P: the one place where the sharpness of infinitely wide networks has a closed
 * theory.
 */
class LinearMinimumTest {
    private static final int[] WIDTHS = {48, 96, 192};
    private static final int SEEDS = 24;
    private static final int POINTS = 3;
    private static final int STEPS = 120;

    /** Three standard errors, at rates at which narrow networks too stay below the edge of stability; Lanczos stops at a thousandth of the value, far below one. */
    @ParameterizedTest
    @CsvSource({"2,0.16", "4,0.06"})
    void sharpnessExtrapolatesToTheLargestEigenvalueOfTheClosedKernel(int depth, double eta) {
        Teacher teacher = new Teacher(5, new int[] {1}, 0, 0, 3);
        Network network = Network.mlp(depth, new Linear());
        ConsistencySpec spec = new ConsistencySpec(
                List.of(new ConsistencyTask("linear", new ConsistencyTask.FromTeacher(teacher), POINTS)),
                network,
                new ConsistencySpec.Descent(1, eta, 1, POINTS),
                new ConsistencySpec.Measure(2, POINTS, POINTS, POINTS, 1e-3, 60),
                new ConsistencySpec.Edge("linear", POINTS, new double[] {eta}, STEPS, STEPS, SEEDS),
                new SweepSpec(WIDTHS, SEEDS),
                null);
        Samples training = teacher.training(0, POINTS);
        Problem problem = new Problem(
                Samples.dataset(training, training.slice(0, 0)),
                network,
                Training.descent(1, eta, STEPS + 1).withRecord(0, STEPS));
        List<double[]> sharpness = new ArrayList<>();
        double expected;
        try (Backend backend = new CpuBackend()) {
            OrderParameters theory = new LinearSolver(8, 0)
                    .solve(problem, backend, Progress.NONE)
                    .results();
            assertThat(theory.loss()[STEPS]).isLessThan(1e-6);
            Tensor kernel = Tensor.zeros(POINTS, POINTS);
            System.arraycopy(theory.ntk().data(), POINTS * POINTS, kernel.data(), 0, POINTS * POINTS);
            expected = KernelSpectrum.of(kernel, training.targets()).eigenvalues()[0];
            NetworkMeasurement measurement =
                    new NetworkMeasurement(new NetworkFamily(network, 1, new int[] {5}, backend), spec);
            for (long seed = 0; seed < SEEDS; seed++) {
                double[] values = new double[WIDTHS.length];
                for (int i = 0; i < WIDTHS.length; i++) {
                    EdgeRun run = measurement.atRate(training, eta, WIDTHS[i], seed, Progress.NONE);
                    assertThat(run.loss()[STEPS]).isLessThan(1e-4);
                    values[i] = run.sharpness().get(1, 0);
                }
                sharpness.add(values);
            }
        }
        SeedStatistics limit = WeightedLine.limit(Plot.doubles(WIDTHS), sharpness);
        assertThat(Math.abs(limit.mean() - expected)).isLessThan(3 * limit.standardError());
        assertThat(limit.standardError()).isLessThan(0.02 * expected);
    }
}
