package org.widthbench.training;

import org.widthbench.core.Loss;
import org.widthbench.core.Training;
import org.widthbench.core.problem.Problem;

/**
 * What float32 loses in the training of a network of width N, {@code docs/reference/precision.md}. Weights are of order one and
 * carry {@code u = 2^-24}. Rounding them at every step moves predictions, which are divided by {@code gamma0 N}, by
 *
 * <pre>rounding = u (1 + sqrt(K T (L+1)) / (gamma0 sqrt(N))) / |Delta(0)|</pre>
 *
 * of the labels, like a random walk. An update has size {@code gamma0 eta |Delta| sqrt(K) / sqrt(N B)}, B points in a batch;
 * compared with what a weight can hold it is {@code 1 / lost},
 *
 * <pre>lost = u sqrt(N B) / (gamma0 eta |Delta(0)| sqrt(K)),</pre>
 *
 * and once most updates fall below a weight's last bit the network stands still. Here {@code K = <x^2>} over all inputs and
 * {@code |Delta(0)|} is the rms residual at the start.
 *
 * @param rounding error of predictions, relative
 * @param lost resolution of a weight over the size of an update
 * @param decay resolution of a weight over what weight decay takes from it in a step; 0 without
 */
record FloatResolution(double rounding, double lost, double decay) {
    /** Half the distance of 1 to the next float. */
    private static final double UNIT = 0x1p-24;
    /** Keeps the loss within 1e-5 of its start in all measured. */
    private static final double MOST_ROUNDING = 1e-5;
    /** Above, the first updates were lost: at .04 the loss was still as accurate as rounding allows, at .08 seven times off. */
    private static final double MOST_LOST = 0.04;

    static FloatResolution of(Problem problem, int width) {
        Training training = problem.training();
        double residual = initialResidual(problem);
        double[] x = problem.dataset().inputs().data();
        double square = 0;
        for (double entry : x) {
            square += entry * entry / x.length;
        }
        double layers = problem.network().depth() + 1;
        double batch = training.batch() > 0 ? training.batch() : problem.trainingPoints();
        double gamma0 = training.gamma0();
        // Without labels, or inputs, there is nothing to learn and nothing to lose.
        boolean still = residual == 0 || square == 0;
        return new FloatResolution(
                still
                        ? 0
                        : UNIT
                                * (1 + Math.sqrt(square * training.steps() * layers) / (gamma0 * Math.sqrt(width)))
                                / residual,
                still ? 0 : UNIT * Math.sqrt(width * batch) / (gamma0 * training.eta() * residual * Math.sqrt(square)),
                training.weightDecay() > 0 ? UNIT / (training.eta() * training.weightDecay()) : 0);
    }

    private static double initialResidual(Problem problem) {
        int outputs = problem.outputs();
        Loss loss = problem.training().loss();
        double[] zero = new double[outputs];
        double[] own = new double[outputs];
        double sum = 0;
        for (int mu = 0; mu < problem.trainingPoints(); mu++) {
            loss.evaluate(problem.dataset().targets(), mu * outputs, zero, 0, own);
            for (double residual : own) {
                sum += residual * residual;
            }
        }
        return Math.sqrt(sum / problem.trainingPoints());
    }

    boolean suffices() {
        return rounding <= MOST_ROUNDING && lost <= MOST_LOST && decay <= MOST_LOST;
    }
}
