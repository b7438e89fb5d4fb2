package org.widthbench.training;

import java.util.Arrays;
import org.widthbench.core.Loss;
import org.widthbench.core.Problem;
import org.widthbench.core.Tensor;

/** Centred predictions, residuals and loss of all times, in float64. */
final class ResidualHistory {
    private final double[] targets;
    private final double[] loss;
    private final Tensor residuals;
    private final Tensor predictions;
    private final Loss function;
    private double[] initial;

    ResidualHistory(Problem problem) {
        int steps = problem.training().steps();
        this.targets = problem.dataset().targets();
        this.function = problem.training().loss();
        this.loss = new double[steps];
        this.residuals = Tensor.zeros(steps, targets.length);
        this.predictions = Tensor.zeros(steps, problem.points());
    }

    /**
     * Takes the network's outputs at time {@code t}; those at time 0 are subtracted from all.
     *
     * @param outputs {@code (Q)}
     * @return {@code Delta = -dloss/df} of the P training points; the caller owns it
     */
    double[] append(int t, double[] outputs) {
        if (t == 0) {
            initial = outputs.clone();
        }
        for (int mu = 0; mu < outputs.length; mu++) {
            predictions.set(outputs[mu] - initial[mu], t, mu);
        }
        int trained = targets.length;
        double sum = 0;
        for (int mu = 0; mu < trained; mu++) {
            double prediction = predictions.get(t, mu);
            residuals.set(function.residual(targets[mu], prediction), t, mu);
            sum += function.value(targets[mu], prediction);
        }
        loss[t] = sum / trained;
        return Arrays.copyOfRange(residuals.data(), t * trained, (t + 1) * trained);
    }

    double loss(int t) {
        return loss[t];
    }

    /** Mean loss of the training points, {@code (T)}. */
    double[] losses() {
        return loss;
    }

    /** {@code (T,P)}. */
    Tensor residuals() {
        return residuals;
    }

    /** {@code (T,Q)}. */
    Tensor predictions() {
        return predictions;
    }
}
