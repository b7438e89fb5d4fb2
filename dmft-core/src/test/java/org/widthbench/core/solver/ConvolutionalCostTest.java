package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Checkpoint;
import org.widthbench.core.backend.CheckpointingBackend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;

class ConvolutionalCostTest {

    private static Problem problem(int side, int steps) {
        return new Problem(
                new Dataset(Tensor.zeros(2, side, side, 3), new double[] {-1, 1}),
                Network.cnn(2, new Relu(), 3),
                Training.descent(1, 0.1, steps).withRecord(0, steps - 1));
    }

    private static ConvolutionalCost cost(Problem problem, CausalSolver solver) {
        try (CpuBackend backend = new CpuBackend()) {
            return ConvolutionalCost.of(problem, solver, backend);
        }
    }

    /** Memory sums: 4 S (n T)^2 operations in kernel form, 54 n T S^2 in accumulator form: even at n T = 13.5 S. */
    @Test
    void theCheaperFormIsChosen() {
        CausalSolver solver = new CausalSolver(512, 0);
        assertThat(cost(problem(8, 10), solver).form()).isEqualTo(CausalSolver.Form.KERNEL);
        assertThat(cost(problem(8, 1000), solver).form()).isEqualTo(CausalSolver.Form.ACCUMULATOR);
        assertThat(cost(problem(8, 1000), solver.withForm(CausalSolver.Form.KERNEL))
                        .form())
                .isEqualTo(CausalSolver.Form.KERNEL);
    }

    @Test
    void memoryOfTheAccumulatorFormDoesNotGrowWithTheNumberOfTimes() {
        CausalSolver solver = new CausalSolver(512, 0);
        ConvolutionalCost.Demand some = cost(problem(8, 100), solver).accumulator();
        ConvolutionalCost.Demand many = cost(problem(8, 10_000), solver).accumulator();
        assertThat(many.fieldBytes()).isEqualTo(some.fieldBytes());
        assertThat(many.heapBytes()).isEqualTo(some.heapBytes());
        assertThat(cost(problem(8, 10_000), solver).kernel().fieldBytes()).isGreaterThan(50 * some.fieldBytes());
    }

    /** Expected: what a checkpoint of the last step holds, below the price and, the pivots taken being those of the cap, not far below. */
    @ParameterizedTest
    @EnumSource(
            value = CausalSolver.Form.class,
            names = {"KERNEL", "ACCUMULATOR"})
    void thePriceOfCheckpointsBoundsWhatTheyHold(CausalSolver.Form form) {
        double[] pixels = new double[2 * 4 * 4 * 3];
        NormalNoise.fill(pixels, 0, pixels.length, 1, 0, 0);
        Problem problem = new Problem(
                new Dataset(new Tensor(new int[] {2, 4, 4, 3}, pixels), new double[] {-1, 1}),
                Network.cnn(2, new Relu(), 3),
                Training.descent(1, 0.3, 12).withRecord(0, 11));
        CausalSolver solver = new CausalSolver(256, 0).withMaxPivots(100).withForm(form);
        List<Checkpoint> kept = new ArrayList<>();
        try (CpuBackend cpu = new CpuBackend()) {
            CheckpointingBackend backend = new CheckpointingBackend(cpu, null);
            solver.solve(problem, backend, backend.checkpoints(Progress.NONE, () -> true, kept::add));
        }
        Checkpoint last = kept.get(kept.size() - 1);
        ConvolutionalCost cost = cost(problem, solver);
        ConvolutionalCost.Demand demand = form == CausalSolver.Form.KERNEL ? cost.kernel() : cost.accumulator();
        assertThat((double) last.readOuts().length).isBetween(demand.readOuts() / 3, demand.readOuts());
        long matrices = last.matrices().values().stream()
                .mapToLong(values -> values.data().length)
                .sum();
        assertThat((double) Double.BYTES * matrices).isLessThanOrEqualTo(demand.fieldBytes());
        assertThat(cost.checkpoints().orElseThrow())
                .matches("checkpoints of up to 0\\.0[0-9] GB, Java heap 0\\.[0-9]+ GB");
    }

    @Test
    void checkpointsThatCannotBeHeldAreRefusedWithTheNumbers() {
        ConvolutionalCost cost = cost(problem(16, 100_000), new CausalSolver(256, 0));
        cost.requireFits();
        assertThatThrownBy(cost::checkpoints)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("--checkpoint-every", "GB", "solve without checkpoints");
    }

    @Test
    void whatFitsInNoFormIsRefusedWithTheNumbersOfBoth() {
        ConvolutionalCost cost = cost(problem(200, 1000), new CausalSolver(512, 0));
        assertThatThrownBy(cost::requireFits)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(
                        "80000 points x pixels", "kernel form", "accumulator form", "GB", "lower theory.samples")
                .message()
                .hasLineCount(1);
    }
}
