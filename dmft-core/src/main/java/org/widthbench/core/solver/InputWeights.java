package org.widthbench.core.solver;

import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.GaussianProcess;
import org.widthbench.core.weights.SampledProcess;

/**
 * The weights {@code W^0} of the first layer, whose inputs are known: {@code u^1 ~ GP(0, K^x)} from their initial part, and the
 * memory of {@code h^1} from their trained part, in the basis {@code B(t)} of the inputs ({@code docs/theory.md} 4.5).
 */
final class InputWeights implements AutoCloseable {
    private final Backend backend;
    private final SampledProcess process;
    private final PointSchedule schedule;
    private final int rows;
    private final int outputs;
    private final boolean moving;
    private final InputBasis inputs;
    private final LearnedRows trained;
    private final double[] kernel;
    private final GaussianProcess law;
    /** {@code u^1} of the points of this time. */
    private final Matrix initial;
    /** {@code B (n, k)} of the points of this time. */
    private double[] present;

    private double lastDecay = Double.NaN;

    /**
     * @param process u^1; closed with this
     * @param inputs basis of the inputs of all rows, those of all pixels of a CNN
     * @param kernel {@code K^x (n, n)}, to draw from with as few rows of noise as the law wants; null to draw from the basis
     * @param law of u^1
     * @param rows n of one time
     */
    InputWeights(
            Backend backend,
            Problem problem,
            SampledProcess process,
            InputBasis inputs,
            double[] kernel,
            GaussianProcess law,
            int rows,
            int samples) {
        this.backend = backend;
        this.process = process;
        this.kernel = kernel;
        this.law = law;
        this.schedule = PointSchedule.of(problem);
        this.rows = rows;
        this.outputs = problem.outputs();
        this.moving = problem.training().online();
        this.inputs = inputs;
        this.trained = new LearnedRows(backend, problem.training(), inputs.columns(), rows, rows * outputs, samples);
        this.initial = backend.allocate(1, rows, samples);
    }

    /** {@code u^1}. */
    SampledProcess process() {
        return process;
    }

    /**
     * {@code h^1 = c u + B V + keep h^1} and its free companion {@code c u + keep free}.
     *
     * @return false if {@code c u} is what it was at the time before
     */
    boolean forward(int step, double decay, double keep, Field h) {
        if (step == 0 || moving) {
            present = moving ? rowsOf(schedule.points(step)) : inputs.rows();
            trained.read(present);
            if (kernel == null) {
                process.drawSpanned(present, initial);
            } else {
                process.draw(law.extend(new double[0], kernel.clone()), new double[rows], 1, 0, initial);
            }
        }
        boolean moved = moving || decay != lastDecay;
        lastDecay = decay;
        backend.add(decay, initial, keep, h.free());
        backend.add(decay, initial, keep, h.value());
        trained.addTo(1, h.value());
        return moved;
    }

    private double[] rowsOf(int... chosen) {
        int rank = inputs.columns();
        double[] basis = new double[rows * rank];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(inputs.rows(), chosen[row] * rank, basis, row * rank, rank);
        }
        return basis;
    }

    /**
     * {@code V += B^T sum drive g}.
     *
     * @param drive {@code a b Delta}, one per row of g^1
     * @param gradients {@code g^1}
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
        process.close();
        trained.close();
        initial.close();
    }
}
