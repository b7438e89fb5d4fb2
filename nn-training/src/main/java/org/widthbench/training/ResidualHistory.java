package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.Loss;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;

/**
 * Centred predictions, residuals and loss of all times, in float64. Q rows at each time, the first P of them training points
 * ({@link PointSchedule}), C outputs.
 */
final class ResidualHistory {
    private final Problem problem;
    private final double[] targets;
    private final double[] loss;
    private final Tensor residuals;
    private final Tensor predictions;
    private final Loss function;
    private final PointSchedule schedule;
    private final int outputs;
    private double[] initial;

    ResidualHistory(Problem problem) {
        int steps = problem.training().steps();
        this.problem = problem;
        this.schedule = PointSchedule.of(problem);
        this.outputs = problem.outputs();
        this.targets = problem.dataset().targets();
        this.function = problem.training().loss();
        this.loss = new double[steps];
        this.residuals = zeros(steps, schedule.trainedRows());
        this.predictions = zeros(steps, schedule.rows());
    }

    private Tensor zeros(int steps, int rows) {
        return outputs == 1 ? Tensor.zeros(steps, rows) : Tensor.zeros(steps, rows, outputs);
    }

    /**
     * Takes the network's outputs at time {@code t}; those at time 0 are subtracted from all.
     *
     * @param values {@code (Q, C)}
     * @return {@code Delta = -dloss/df} of the training points, {@code (P, C)}; the caller owns it
     */
    double[] append(int t, double[] values) {
        if (t == 0) {
            initial = values.clone();
        }
        return append(t, values, initial);
    }

    /**
     * Takes the network's outputs at time {@code t}.
     *
     * @param start what the network put out for the same points at initialization, {@code (Q, C)}
     */
    double[] append(int t, double[] values, double[] start) {
        int from = t * values.length;
        for (int row = 0; row < values.length; row++) {
            predictions.data()[from + row] = values[row] - start[row];
        }
        int trained = schedule.trainedRows();
        int[] points = schedule.points(t);
        double[] own = new double[outputs];
        double sum = 0;
        for (int mu = 0; mu < trained; mu++) {
            sum += function.evaluate(targets, points[mu] * outputs, predictions.data(), from + mu * outputs, own);
            System.arraycopy(own, 0, residuals.data(), (t * trained + mu) * outputs, outputs);
        }
        loss[t] = sum / trained;
        int size = trained * outputs;
        return Arrays.copyOfRange(residuals.data(), t * size, (t + 1) * size);
    }

    /**
     * Stops a network that diverged. Its own output at the start, which predictions are counted from, is a scale of the loss
     * beside the labels: weight decay moves predictions by as much.
     *
     * @param what the network, for the message
     * @throws SolverException if the loss at time {@code t} is out of bounds
     */
    void requireBounded(String what, int t) {
        double own =
                initial == null ? 0 : Arrays.stream(initial).map(f -> f * f).sum() / initial.length;
        SolverException.requireBounded(
                what,
                t,
                loss[t],
                Math.max(problem.initialLoss(), own),
                problem.training().eta());
    }

    /** @throws SolverException unless every entry of the kernel is finite */
    void requireFinite(String what, Tensor kernel) {
        for (double entry : kernel.data()) {
            if (!Double.isFinite(entry)) {
                SolverException.requireBounded(
                        what, loss.length - 1, entry, 1, problem.training().eta());
            }
        }
    }

    double loss(int t) {
        return loss[t];
    }

    /** Mean loss of the training points, {@code (T)}. */
    double[] losses() {
        return loss;
    }

    /** {@code (T,P)}, or {@code (T,P,C)}. */
    Tensor residuals() {
        return residuals;
    }

    /** {@code (T,Q)}, or {@code (T,Q,C)}. */
    Tensor predictions() {
        return predictions;
    }
}
