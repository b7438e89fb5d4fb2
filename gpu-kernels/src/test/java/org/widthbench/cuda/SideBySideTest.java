package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.Progress;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.backend.Operation;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.SolverBatch;

/** Several solves on one device: the bits of each alone, for about the launches of one. */
class SideBySideTest {
    private static final int SAMPLES = 64;

    @BeforeAll
    static void requireCompiler() {
        NativeBuild.requireTool("g++", "--version");
    }

    private static CausalSolver solver(int number) {
        return new CausalSolver(SAMPLES, number);
    }

    /** Every other problem learns five times less, so that pivots come at different times. */
    private static Problem problem(String activation, int number) {
        return StandInRun.problem(activation).withGamma0(number % 2 == 0 ? 1 : 0.2);
    }

    /** What was computed, and by how many launches, copies and fills. */
    private record Solved(List<OrderParameters> results, long calls) {}

    private static Solved solve(FieldPrecision precision, String activation, int from, int count) {
        List<CausalSolver> solvers = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (int number = from; number < from + count; number++) {
            solvers.add(solver(number));
            problems.add(problem(activation, number));
        }
        try (EmulatedDevice device = new EmulatedDevice(precision, EmulatedDevice.Order.FORWARD)) {
            CudaBackend backend = new CudaBackend(device);
            List<OrderParameters> results = SolverBatch.solveAll(solvers, problems, backend, Progress.NONE).stream()
                    .map(Solution::results)
                    .toList();
            assertThat(device.allocated()).as("allocations not freed").isZero();
            return new Solved(results, device.calls());
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32,tanh", "FLOAT64,tanh", "FLOAT32,relu", "FLOAT64,relu"})
    void solvesGiveTheSameBitsHoweverManySideBySide(FieldPrecision precision, String activation) {
        List<Solved> alone = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            alone.add(solve(precision, activation, number, 1));
        }
        for (int count : new int[] {2, 5}) {
            Solved together = solve(precision, activation, 0, count);
            for (int number = 0; number < count; number++) {
                requireSame(
                        together.results().get(number),
                        alone.get(number).results().get(0));
            }
            long most =
                    alone.stream().limit(count).mapToLong(Solved::calls).max().orElseThrow();
            // Different pivots part the solves for a while, so some calls are not shared.
            assertThat(together.calls())
                    .as("launches, copies and fills of " + count)
                    .isLessThan(most * 5 / 4);
        }
    }

    private static void requireSame(OrderParameters actual, OrderParameters expected) {
        assertThat(actual.loss()).isEqualTo(expected.loss());
        for (int l = 0; l < expected.depth(); l++) {
            assertThat(actual.featureKernels().get(l).data())
                    .isEqualTo(expected.featureKernels().get(l).data());
            assertThat(actual.gradientKernels().get(l).data())
                    .isEqualTo(expected.gradientKernels().get(l).data());
            assertThat(actual.preactivations().get(l).data())
                    .isEqualTo(expected.preactivations().get(l).data());
        }
    }

    /** Groups of one kind whose members differ in shape, in scalars and in the size of their batch. */
    @ParameterizedTest
    @EnumSource
    void groupsOfDifferentShapesGiveTheSameBitsAsOneByOne(FieldPrecision precision) {
        int[][] shapes = {{1, 7, 300}, {3, 2, 33}, {2, 40, 1}, {1, 65, 130}};
        try (EmulatedDevice device = new EmulatedDevice(precision, EmulatedDevice.Order.SHUFFLED)) {
            CudaBackend backend = new CudaBackend(device);
            List<Work> together = new ArrayList<>();
            List<Work> apart = new ArrayList<>();
            for (int i = 0; i < shapes.length; i++) {
                together.add(new Work(backend, i, shapes[i]));
                apart.add(new Work(backend, i, shapes[i]));
            }
            List<List<Operation>> groups = new ArrayList<>();
            for (int stage = 0; stage < together.get(0).operations.size(); stage++) {
                List<Operation> group = new ArrayList<>();
                for (Work work : together) {
                    group.add(work.operations.get(stage));
                }
                groups.add(group);
            }
            long before = device.calls();
            backend.submit(groups);
            // A copy to the device, one from it, two kernels for each of two sums over samples, two shapes of tiles.
            assertThat(device.calls() - before).isEqualTo(groups.size() + 5);
            for (Work work : apart) {
                work.operations.forEach(operation -> operation.on(backend));
            }
            for (int i = 0; i < shapes.length; i++) {
                assertThat(together.get(i).results()).isDeepEqualTo(apart.get(i).results());
                together.get(i).close();
                apart.get(i).close();
            }
            assertThat(device.allocated()).isZero();
        }
    }

    /** Every kind of operation once, on matrices of one shape. */
    private static final class Work {
        private final List<Operation> operations = new ArrayList<>();
        private final List<Matrix> matrices = new ArrayList<>();
        private final List<double[]> read = new ArrayList<>();

        Work(CudaBackend backend, int number, int... shape) {
            int batch = shape[0];
            int rows = shape[1];
            int columns = shape[2];
            Matrix a = matrix(backend, batch, rows, columns);
            Matrix b = matrix(backend, batch, rows, columns);
            Matrix square = matrix(backend, batch, rows, rows);
            long[] seeds = new long[batch];
            double[] scale = new double[batch * rows];
            double[] values = new double[batch * rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.sin(i + number);
            }
            for (int i = 0; i < scale.length; i++) {
                scale[i] = 0.1 * number + i;
            }
            int[] order = new int[rows];
            for (int i = 0; i < rows; i++) {
                order[i] = (i + number) % rows;
            }
            double[] identity = new double[batch * rows * rows];
            for (int i = 0; i < batch * rows; i++) {
                identity[i * rows + i % rows] = 2;
            }
            operations.add(new Operation.Zero(b));
            operations.add(new Operation.Upload(values, a));
            operations.add(new Operation.Copy(a, b));
            operations.add(new Operation.GatherRows(a, order, b));
            operations.add(new Operation.Activate(number % 2 == 0 ? new Tanh(0.5 + number) : new Relu(), b, a, null));
            operations.add(new Operation.Add(1 + number, a, 0.5, b));
            operations.add(new Operation.Multiply(0.1 * number, a, b, number, a));
            operations.add(new Operation.ScaleRows(scale, a, b));
            operations.add(new Operation.Multiply(1, a, a, 0, b));
            operations.add(new Operation.AddQuotient(0.1 * number, a, 1, b, a));
            operations.add(new Operation.Normal(seeds, number, 5, a));
            operations.add(new Operation.CoarseNoise(scale, seeds, number, 7, b));
            operations.add(new Operation.Gemm(0.01, a, false, b, true, 0, square));
            operations.add(new Operation.KernelBlock(0.1, a, b, result(batch * rows * rows)));
            operations.add(new Operation.KernelBlock(0.01, a, a, result(batch * rows * rows)));
            operations.add(new Operation.RowDot(a, b, result(batch * rows)));
            operations.add(new Operation.Download(square, result(batch * rows * rows)));
            operations.add(new Operation.SolveLower(identity, b));
            operations.add(new Operation.Download(b, result(batch * rows * columns)));
        }

        private double[] result(int count) {
            double[] result = new double[count];
            read.add(result);
            return result;
        }

        private Matrix matrix(CudaBackend backend, int batch, int rows, int columns) {
            Matrix matrix = backend.allocate(batch, rows, columns);
            matrices.add(matrix);
            return matrix;
        }

        double[][] results() {
            return read.toArray(double[][]::new);
        }

        void close() {
            matrices.forEach(Matrix::close);
        }
    }
}
