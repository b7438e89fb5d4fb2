package org.widthbench.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.widthbench.core.backend.Images;
import org.widthbench.core.optimize.LinearOptimizer;

/** What weights between finitely many neurons promise beside: the law of a matrix. */
abstract class NetworkWeightsContract extends WeightsContract {
    private static final int ABOVE = 6;
    private static final int BELOW = 15;

    private final Holding holding;

    NetworkWeightsContract(Holding holding) {
        super(ABOVE, BELOW);
        this.holding = holding;
    }

    @Override
    Weights weights(long seed, LinearOptimizer optimizer) {
        return holding.weights(
                backend, new InitialDraw(new long[] {seed}, BELOW, 1), ABOVE, BELOW, Images.VECTOR, optimizer);
    }

    /**
     * Exact: {@code E[(Wx)_i (Wx')_j] = x.x' [i=j]}, {@code E[(W^T y)_i (W^T y')_j] = y.y' [i=j]}, {@code E[(Wx)_i (W^T y)_j] = y_i
     * x_j}, all over N. 8000 draws; no moment of 63 numbers, 2016 in all, beyond five standard errors.
     */
    @Test
    void imagesOfFixedFieldsHaveTheMomentsOfAGaussianMatrix() {
        double[] x1 = features(2);
        double[] y1 = gradients(2);
        double[] x2 = features(1);
        double[] y2 = gradients(1);
        // Partly known: half of it lies in the span of what was seen.
        for (int i = 0; i < BELOW; i++) {
            x2[i] = x1[i] - 0.5 * x1[BELOW + i] + 0.5 * x2[i];
        }
        int draws = 8000;
        int size = 3 * ABOVE + 3 * BELOW;
        double[] sums = new double[size * size];
        double[] squares = new double[size * size];
        for (int draw = 0; draw < draws; draw++) {
            double[] all = new double[size];
            try (Weights weights = weights(draw, PLAIN)) {
                System.arraycopy(forward(weights, x1, 2), 0, all, 0, 2 * ABOVE);
                System.arraycopy(backward(weights, y1, 2), 0, all, 3 * ABOVE, 2 * BELOW);
                System.arraycopy(forward(weights, x2, 1), 0, all, 2 * ABOVE, ABOVE);
                System.arraycopy(backward(weights, y2, 1), 0, all, 3 * ABOVE + 2 * BELOW, BELOW);
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j <= i; j++) {
                    double product = all[i] * all[j];
                    sums[i * size + j] += product;
                    squares[i * size + j] += product * product;
                }
            }
        }
        double[][] x = {Arrays.copyOf(x1, BELOW), Arrays.copyOfRange(x1, BELOW, 2 * BELOW), x2};
        double[][] y = {Arrays.copyOf(y1, ABOVE), Arrays.copyOfRange(y1, ABOVE, 2 * ABOVE), y2};
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double mean = sums[i * size + j] / draws;
                double error = Math.sqrt((squares[i * size + j] / draws - mean * mean) / draws);
                assertThat(mean)
                        .as("moment of numbers %d and %d", i, j)
                        .isCloseTo(exactMoment(x, y, i, j), within(5 * error));
            }
        }
    }

    private static double exactMoment(double[][] x, double[][] y, int i, int j) {
        int forward = 3 * ABOVE;
        if (i < forward) {
            return i % ABOVE == j % ABOVE ? dot(x[i / ABOVE], x[j / ABOVE]) / BELOW : 0;
        }
        int backwardI = i - forward;
        if (j < forward) {
            return y[backwardI / BELOW][j % ABOVE] * x[j / ABOVE][backwardI % BELOW] / BELOW;
        }
        int backwardJ = j - forward;
        return backwardI % BELOW == backwardJ % BELOW ? dot(y[backwardI / BELOW], y[backwardJ / BELOW]) / BELOW : 0;
    }
}
