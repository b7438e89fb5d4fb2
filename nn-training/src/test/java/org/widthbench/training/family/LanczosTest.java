package org.widthbench.training.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.SolverException;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.training.stream.Samples;
import org.widthbench.training.stream.Teacher;

class LanczosTest {
    private final Backend backend = new CpuBackend();
    private final Samples samples = new Teacher(4, new int[] {2}, 0, 0, 1).test(7);

    private static Sharpness sharpness(TrainableNetwork network, Samples samples, double tolerance) {
        return new Lanczos(tolerance, 200, 0).largest(v -> network.hessianTimes(samples, v), network.parameterCount());
    }

    /** The dense Hessian is made of central differences of the gradient, not of Hessian-vector products. */
    @Test
    void sharpnessIsTheTopEigenvalueOfTheDenseHessian() {
        try (TrainableNetwork network =
                new NetworkFamily(Network.mlp(2, new Tanh(0.8)), 1.2, new int[] {4}, backend).create(6, 3)) {
            for (int t = 0; t < 5; t++) {
                network.descend(samples, 0.5);
            }
            double[] here = network.parameters();
            int n = here.length;
            double[][] dense = new double[n][n];
            for (int j = 0; j < n; j++) {
                for (int sign = -1; sign <= 1; sign += 2) {
                    double[] moved = here.clone();
                    moved[j] += sign * 1e-5;
                    network.setParameters(moved);
                    double[] gradient = network.gradient(samples);
                    for (int i = 0; i < n; i++) {
                        dense[i][j] += sign * gradient[i] / 4e-5;
                        dense[j][i] += sign * gradient[i] / 4e-5;
                    }
                }
            }
            double top = java.util.Arrays.stream(
                            new EigenDecomposition(new Array2DRowRealMatrix(dense)).getRealEigenvalues())
                    .max()
                    .orElseThrow();
            network.setParameters(here);
            Sharpness found = sharpness(network, samples, 1e-9);
            assertThat(found.converged()).isTrue();
            assertThat(found.residual()).isLessThan(1e-8 * found.value());
            assertThat(found.value()).isCloseTo(top, within(1e-6 * top));
        }
    }

    /**
     * At gamma0 = 1e-6 the network is linear in its weights, so the loss is quadratic, and that of one sample changes by the
     * factor (1 - eta lambda)^2 a step: 0.9216 just below 2 / lambda, 1.0816 just above.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.98, 1.02})
    void descentConvergesBelowTwoOverTheSharpnessAndDivergesAbove(double fraction) {
        try (TrainableNetwork network =
                new NetworkFamily(Network.mlp(2, new Linear()), 1e-6, new int[] {4}, backend).create(30, 0)) {
            Samples one = samples.slice(0, 1);
            double lambda = sharpness(network, one, 1e-10).value();
            double eta = fraction * 2 / lambda;
            double[] loss = new double[121];
            for (int t = 0; t < loss.length; t++) {
                loss[t] = network.descend(one, eta);
            }
            double factor = Math.pow(1 - eta * lambda, 2);
            assertThat(factor > 1).isEqualTo(fraction > 1);
            assertThat(Math.pow(loss[120] / loss[100], 1.0 / 20)).isCloseTo(factor, within(1e-3));
        }
    }

    @Test
    void wholeSpaceGivesTheExactLargestEigenvalueWhateverTheTolerance() {
        double[] eigenvalues = {-5, 1, 1, 2, 3};
        Sharpness found = new Lanczos(1e-15, 50, 0)
                .largest(
                        v -> {
                            double[] product = v.clone();
                            for (int i = 0; i < 5; i++) {
                                product[i] *= eigenvalues[i];
                            }
                            return product;
                        },
                        5);
        assertThat(found.value()).isCloseTo(3, within(1e-13));
        assertThat(found.converged()).isTrue();
        assertThat(found.products()).isLessThanOrEqualTo(5);
    }

    @Test
    void tooFewProductsAreNotCalledConvergedAndTheResidualBoundsTheError() {
        Sharpness found = new Lanczos(1e-12, 6, 0)
                .largest(
                        v -> {
                            double[] product = v.clone();
                            for (int i = 0; i < 400; i++) {
                                product[i] *= i / 399.0;
                            }
                            return product;
                        },
                        400);
        assertThat(found.converged()).isFalse();
        assertThat(found.value()).isLessThan(1);
        assertThat(1 - found.value()).isLessThan(2 * found.residual());
    }

    @Test
    void divergedNetworksAreNamed() {
        assertThatThrownBy(() -> new Lanczos(1e-3, 5, 0).largest(v -> new double[] {Double.NaN, 0}, 2))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("lower the learning rate");
    }
}
