package org.widthbench.core.solver;

import org.widthbench.core.PointSchedule;
import org.widthbench.core.Problem;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The weights {@code W^0} of the first layer, whose inputs are known: {@code u^1 ~ GP(0, K^x)} from their initial part, and the
 * memory of {@code h^1} from their trained part, in the basis {@code B(t)} of the inputs ({@code docs/theory.md} 4.5).
 */
final class InputWeights implements AutoCloseable {
    private final PointSchedule schedule;
    private final int points;
    private final int outputs;
    private final boolean moving;
    private final InputBasis inputs;
    private final LearnedRows trained;
    /** {@code K^x (Q, Q)}; null if u is drawn from the basis. */
    private final double[] kernel;
    /** {@code B (Q, k)} of the points of this time. */
    private double[] present;

    InputWeights(Backend backend, Problem problem, int samples) {
        this.schedule = PointSchedule.of(problem);
        this.points = schedule.rows();
        this.outputs = problem.outputs();
        this.moving = problem.training().online();
        this.inputs = InputBasis.of(problem);
        this.kernel =
                CausalSolver.isGeneral(problem) ? null : problem.inputKernel().data();
        this.trained =
                new LearnedRows(backend, problem.training(), inputs.columns(), points, points * outputs, samples);
    }

    /**
     * {@code u^1} of the points of this time.
     *
     * @return false if they are those of the time before, and u stays
     */
    boolean draw(int step, SampledProcess process, Matrix u) {
        if (step > 0 && !moving) {
            return false;
        }
        present = moving ? rowsOf(schedule.points(step)) : inputs.rows();
        trained.read(present);
        if (kernel == null) {
            process.drawSpanned(step, present, u);
        } else {
            process.drawStatic(kernel, u);
        }
        return true;
    }

    private double[] rowsOf(int... chosen) {
        int rank = inputs.columns();
        double[] rows = new double[points * rank];
        for (int row = 0; row < points; row++) {
            System.arraycopy(inputs.rows(), chosen[row] * rank, rows, row * rank, rank);
        }
        return rows;
    }

    /** {@code h^1 += B V}. */
    void addTo(Matrix h) {
        trained.addTo(h);
    }

    /**
     * {@code V += B^T sum drive g}.
     *
     * @param drive {@code a b Delta (Q, C)}
     * @param gradients {@code g^1 (Q C, S)}
     */
    void learn(int step, double[] drive, Matrix gradients) {
        int rank = inputs.columns();
        double[] coefficients = new double[rank * drive.length];
        for (int row = 0; row < drive.length; row++) {
            for (int k = 0; k < rank; k++) {
                coefficients[k * drive.length + row] = present[row / outputs * rank + k] * drive[row];
            }
        }
        trained.learn(step, coefficients, gradients);
    }

    @Override
    public void close() {
        trained.close();
    }
}
