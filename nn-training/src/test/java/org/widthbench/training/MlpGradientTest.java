package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.problem.Problem;

class MlpGradientTest {
    private static final int WIDTH = 6;
    private static final int DEPTH = 3;
    private static final int TRAINED = 5;
    private static final int[] ALL = {0, 1, 2, 3, 4};
    private static final double GAMMA0 = 0.7;
    private static final double ETA = 0.3;
    /** Central differences at this distance are good to about 1e-10 for losses and weights of order 1. */
    private static final double DISTANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({"linear,1", "relu,1", "tanh,0.8", "erf,1", "softplus,2"})
    void everyWeightMovesDownTheNumericalGradientOfTheLoss(String name, double beta) {
        Problem problem =
                Problems.gaussian(4, TRAINED, 2, DEPTH, Activation.of(name, beta), Training.descent(GAMMA0, ETA, 4));
        try (Mlp network = new Mlp(problem, WIDTH, 3, Precision.FLOAT64, TRAINED);
                GradientDescent optimizer = new GradientDescent(problem, network, TRAINED)) {
            ResidualHistory history = new ResidualHistory(problem);
            // Two steps first: at initialization the residual is the label and a wrong one would go unnoticed.
            for (int t = 0; t < 2; t++) {
                optimizer.step(ALL, residuals(network, history, t), 1);
            }
            DoubleSupplier loss = () -> {
                network.forward();
                history.append(2, network.outputs());
                return history.loss(2) / 2;
            };
            double[][] slopes = new double[DEPTH + 1][];
            double[][] before = new double[DEPTH + 1][];
            for (int l = 0; l <= DEPTH; l++) {
                before[l] = weights(network, l);
                slopes[l] = slopes(network, l, loss);
            }
            optimizer.step(ALL, residuals(network, history, 2), 1);
            for (int l = 0; l <= DEPTH; l++) {
                double[] after = weights(network, l);
                for (int i = 0; i < after.length; i++) {
                    double rate = ETA * GAMMA0 * GAMMA0 * WIDTH;
                    assertThat((after[i] - before[l][i]) / rate)
                            .as("layer %d entry %d", l, i)
                            .isCloseTo(-slopes[l][i], within(1e-7 * largest(slopes[l])));
                }
            }
        }
    }

    private static double[] residuals(Mlp network, ResidualHistory history, int t) {
        network.forward();
        double[] residuals = history.append(t, network.outputs());
        network.backward(ALL);
        return residuals;
    }

    private static double[] weights(Mlp network, int layer) {
        return layer == DEPTH
                ? network.readout().clone()
                : network.weights(layer).array().dup('f').data().asDouble();
    }

    private static double[] slopes(Mlp network, int layer, DoubleSupplier loss) {
        double[] slopes = new double[weights(network, layer).length];
        for (int i = 0; i < slopes.length; i++) {
            shift(network, layer, i, DISTANCE);
            double above = loss.getAsDouble();
            shift(network, layer, i, -2 * DISTANCE);
            double below = loss.getAsDouble();
            shift(network, layer, i, DISTANCE);
            slopes[i] = (above - below) / (2 * DISTANCE);
        }
        return slopes;
    }

    private static void shift(Mlp network, int layer, int index, double by) {
        if (layer == DEPTH) {
            network.readout()[index] += by;
        } else {
            INDArray weights = network.weights(layer).array();
            int row = index % weights.rows();
            int column = index / weights.rows();
            weights.putScalar(row, column, weights.getDouble(row, column) + by);
        }
    }

    private static double largest(double[] values) {
        return java.util.Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }
}
