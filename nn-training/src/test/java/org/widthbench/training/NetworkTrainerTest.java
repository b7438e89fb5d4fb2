package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;
import org.widthbench.training.nd4j.Nd4jBackend;

class NetworkTrainerTest {
    private static final double ROUNDING = 1e-10;

    private final Backend backend = new CpuBackend();
    private final Backend float32 = new CpuBackend(FieldPrecision.FLOAT32);

    @AfterEach
    void close() {
        backend.close();
        float32.close();
    }

    @ParameterizedTest(name = "{0}, {1}: momentum {2}, weight decay {3}, batch {4}, depth {5}, width {6}")
    @CsvSource({
        "cpu,tanh,0,0,0,3,7",
        "cpu,relu,0.9,0,0,2,33",
        "nd4j,softplus,0,0.1,0,2,7",
        "cpu,erf,0.5,0.2,0,3,7",
        "nd4j,linear,0.5,0.1,2,2,7",
        "cpu,tanh,0,0,3,1,7",
        "cpu,tanh,0,0,0,2,1"
    })
    void everyRecordedNumberAgreesWithPlainLoops(
            String engine, String activation, double momentum, double weightDecay, int batch, int depth, int width) {
        Training training = Problems.training(0.3, 9, momentum, weightDecay, batch);
        Problem problem = Problems.gaussian(4, 5, 2, depth, Activation.of(activation, 0.8), training);
        OrderParameters fast;
        try (Backend own = engine.equals("cpu") ? new CpuBackend() : new Nd4jBackend(FieldPrecision.FLOAT64)) {
            fast = new NetworkTrainer(width, 5, own).train(problem);
        }
        NaiveMlp naive = new NaiveMlp(problem, width, 5);
        assertThat(fast.loss()).containsExactly(naive.loss, within(ROUNDING));
        for (int t = 0; t < 9; t++) {
            for (int mu = 0; mu < 7; mu++) {
                assertThat(fast.f().get(t, mu)).isCloseTo(naive.predictions[t][mu], within(ROUNDING));
                for (int s = 0; s < 9; s++) {
                    for (int al = 0; al < 7; al++) {
                        for (int l = 0; l < depth; l++) {
                            assertThat(fast.featureKernels().get(l).get(t, mu, s, al))
                                    .isCloseTo(mean(naive.phi[t][l][mu], naive.phi[s][l][al]), within(ROUNDING));
                            assertThat(fast.gradientKernels().get(l).get(t, mu, s, al))
                                    .isCloseTo(mean(naive.g[t][l][mu], naive.g[s][l][al]), within(ROUNDING));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.6, 0.2"})
    void logisticLossAndRateScheduleAgreeWithPlainLoops(double momentum, double weightDecay) {
        Training training = Problems.training(0.5, 6, momentum, weightDecay, 0)
                .withLoss(Loss.LOGISTIC)
                .withSchedule(1, 0.5, 2, 0, 1, 1);
        Problem problem = Problems.gaussian(4, 5, 1, 2, new Tanh(0.8), training);
        OrderParameters fast = new NetworkTrainer(7, 5, backend).train(problem);
        NaiveMlp naive = new NaiveMlp(problem, 7, 5);
        assertThat(fast.loss()).containsExactly(naive.loss, within(ROUNDING));
        for (int t = 0; t < 6; t++) {
            for (int mu = 0; mu < 6; mu++) {
                assertThat(fast.f().get(t, mu)).isCloseTo(naive.predictions[t][mu], within(ROUNDING));
            }
        }
    }

    private static double mean(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum / a.length;
    }

    @Test
    void repeatedRunsAgreeToTheLastBit() {
        Problem problem = Problems.gaussian(6, 6, 1, 3, new Tanh(0.8), Training.descent(1, 0.2, 8));
        OrderParameters once = new NetworkTrainer(300, 1, float32).train(problem);
        OrderParameters again = new NetworkTrainer(300, 1, float32).train(problem);
        assertThat(again.loss()).isEqualTo(once.loss());
        assertThat(again.featureKernels()).isEqualTo(once.featureKernels());
        assertThat(again.gradientKernels()).isEqualTo(once.gradientKernels());
        OrderParameters other = new NetworkTrainer(300, 2, float32).train(problem);
        assertThat(other.loss()).isNotEqualTo(once.loss());
    }

    @Test
    void singlePrecisionFollowsDoublePrecision() {
        Problem problem = Problems.gaussian(25, 10, 0, 3, new Tanh(0.8), Training.descent(1, 0.1, 60));
        OrderParameters single = new NetworkTrainer(200, 1, float32).train(problem);
        OrderParameters twice = new NetworkTrainer(200, 1, backend).train(problem);
        assertThat(single.loss()).containsExactly(twice.loss(), within(1e-4));
        assertThat(single.loss()).isNotEqualTo(twice.loss());
        for (int l = 0; l < 3; l++) {
            assertThat(distance(
                            single.featureKernels().get(l),
                            twice.featureKernels().get(l)))
                    .isLessThan(1e-4);
            assertThat(distance(
                            single.gradientKernels().get(l),
                            twice.gradientKernels().get(l)))
                    .isLessThan(1e-4);
        }
    }

    private static double distance(Tensor a, Tensor b) {
        assertThat(a.shape()).isEqualTo(b.shape());
        double largest = 0;
        for (int i = 0; i < a.data().length; i++) {
            // Math.max hands NaN on.
            largest = Math.max(largest, Math.abs(a.data()[i] - b.data()[i]));
        }
        return largest;
    }

    @Test
    void oneHiddenLinearLayerFollowsItsClosedRecursion() {
        // With M = W^0 x / sqrt(D) only the sums M^T w / N and w.w / N matter; they close on themselves.
        int p = 4;
        int width = 50;
        double eta = 0.4;
        double gamma0 = 1.3;
        Problem problem = Problems.gaussian(6, p, 0, 1, new Linear(), Training.descent(gamma0, eta, 30));
        OrderParameters network = new NetworkTrainer(width, 9, backend).train(problem);
        double a = gamma0 * eta / p;
        double[] k = problem.inputKernel().data();
        double[][] moments = initialMoments(problem, width);
        double[] overlap = moments[0];
        double[] features = moments[1];
        double norm = moments[2][0];
        double[] initial = overlap.clone();
        for (int t = 0; t < 30; t++) {
            double[] delta = new double[p];
            double loss = 0;
            for (int mu = 0; mu < p; mu++) {
                delta[mu] = problem.dataset().targets()[mu] - (overlap[mu] - initial[mu]) / gamma0;
                loss += delta[mu] * delta[mu] / p;
            }
            assertThat(network.loss()[t]).isCloseTo(loss, within(ROUNDING));
            double[] kDelta = times(k, delta);
            double[] phiDelta = times(features, delta);
            double dPhiD = dot(delta, phiDelta);
            double dOverlap = dot(delta, overlap);
            double[] newOverlap = new double[p];
            double[] newFeatures = new double[p * p];
            for (int mu = 0; mu < p; mu++) {
                newOverlap[mu] = overlap[mu] + a * phiDelta[mu] + a * kDelta[mu] * (norm + a * dOverlap);
                for (int al = 0; al < p; al++) {
                    newFeatures[mu * p + al] = features[mu * p + al]
                            + a * (overlap[mu] * kDelta[al] + kDelta[mu] * overlap[al])
                            + a * a * norm * kDelta[mu] * kDelta[al];
                }
            }
            norm += 2 * a * dOverlap + a * a * dPhiD;
            overlap = newOverlap;
            features = newFeatures;
        }
    }

    /** {@code M^T w / N (P)}, {@code M^T M / N (P,P)} and {@code w.w / N} at initialization. */
    private static double[][] initialMoments(Problem problem, int width) {
        int p = problem.trainingPoints();
        Tensor x = problem.dataset().inputs();
        int dimension = x.size(0);
        double[] w = new double[width];
        InitialWeights.fill(w, 0, width, 9, width, 1, 0);
        double[] row = new double[dimension];
        double[][] m = new double[p][width];
        for (int i = 0; i < width; i++) {
            InitialWeights.fill(row, 0, dimension, 9, width, 0, (long) i * dimension);
            for (int mu = 0; mu < p; mu++) {
                for (int d = 0; d < dimension; d++) {
                    m[mu][i] += row[d] * x.get(d, mu) / Math.sqrt(dimension);
                }
            }
        }
        double[] overlap = new double[p];
        double[] features = new double[p * p];
        for (int mu = 0; mu < p; mu++) {
            overlap[mu] = mean(m[mu], w);
            for (int al = 0; al < p; al++) {
                features[mu * p + al] = mean(m[mu], m[al]);
            }
        }
        return new double[][] {overlap, features, {mean(w, w)}};
    }

    private static double[] times(double[] matrix, double[] vector) {
        int n = vector.length;
        double[] product = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                product[i] += matrix[i * n + j] * vector[j];
            }
        }
        return product;
    }

    private static double dot(double[] a, double[] b) {
        return a.length * mean(a, b);
    }

    @Test
    void kernelsAreSymmetricAndPositive() {
        Problem problem = Problems.gaussian(8, 5, 2, 2, new Relu(), Training.descent(1, 0.1, 20));
        OrderParameters network = new NetworkTrainer(400, 2, float32).train(problem);
        for (Tensor kernel : network.featureKernels()) {
            requireSymmetricAndPositive(kernel);
        }
        for (Tensor kernel : network.gradientKernels()) {
            requireSymmetricAndPositive(kernel);
        }
    }

    private static void requireSymmetricAndPositive(Tensor kernel) {
        int n = kernel.size(0) * kernel.size(1);
        double[] k = kernel.data();
        for (int i = 0; i < n; i++) {
            assertThat(k[i * n + i]).isPositive();
            for (int j = 0; j < i; j++) {
                assertThat(k[i * n + j]).isEqualTo(k[j * n + i]);
                // Cauchy-Schwarz, up to the rounding of float32 sums
                assertThat(k[i * n + j] * k[i * n + j]).isLessThan(k[i * n + i] * k[j * n + j] * (1 + 1e-5));
            }
        }
        java.util.Random random = new java.util.Random(1);
        for (int trial = 0; trial < 20; trial++) {
            double[] v = random.doubles(n, -1, 1).toArray();
            assertThat(dot(v, times(k, v))).isPositive();
        }
    }

    @Test
    void recordedTimesAreASelectionOfAllTimes() {
        Training all = Training.descent(1, 0.2, 7);
        Training some = new Training(1, 0.2, 7, 0, 0, 0, Training.Dynamics.DESCENT, new int[] {1, 4});
        NetworkTrainer trainer = new NetworkTrainer(30, 1, backend);
        OrderParameters full = trainer.train(Problems.gaussian(4, 4, 2, 2, new Tanh(1), all));
        OrderParameters part = trainer.train(Problems.gaussian(4, 4, 2, 2, new Tanh(1), some));
        assertThat(part.loss()).isEqualTo(full.loss());
        assertThat(part.times()).containsExactly(1, 4);
        int[] times = {1, 4};
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                assertThat(part.gradientKernels().get(0).get(i, 5, j, 2))
                        .isCloseTo(full.gradientKernels().get(0).get(times[i], 5, times[j], 2), within(1e-12));
            }
        }
        assertThat(part.ntk().get(1, 3, 5)).isCloseTo(full.ntk().get(4, 3, 5), within(1e-12));
    }

    @Test
    void samplesAreTheFieldsWhoseMomentsTheKernelsHold() {
        Problem problem = Problems.gaussian(4, 3, 1, 2, new Linear(), Training.descent(1, 0.2, 5));
        OrderParameters network = new NetworkTrainer(40, 1, backend).train(problem);
        for (int l = 0; l < 2; l++) {
            Tensor h = network.preactivations().get(l);
            Tensor z = network.pullbacks().get(l);
            assertThat(h.shape()).containsExactly(2, 4, 40);
            double features = 0;
            double gradients = 0;
            for (int i = 0; i < 40; i++) {
                features += h.get(0, 2, i) * h.get(1, 3, i) / 40;
                gradients += z.get(0, 2, i) * z.get(1, 3, i) / 40;
            }
            // In a linear network phi = h and g = z.
            assertThat(features).isCloseTo(network.featureKernels().get(l).get(0, 2, 4, 3), within(1e-12));
            assertThat(gradients).isCloseTo(network.gradientKernels().get(l).get(0, 2, 4, 3), within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32", "FLOAT64"})
    void divergenceStopsWithTheStepAndARemedy(FieldPrecision precision) {
        Problem problem = Problems.gaussian(4, 4, 0, 2, new Relu(), Training.descent(1, 1000, 200));
        assertThatThrownBy(() -> new NetworkTrainer(20, 0, precision == FieldPrecision.FLOAT32 ? float32 : backend)
                        .train(problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("network of width 20 diverged at step")
                .hasMessageContaining("training.eta");
    }

    /** A step of 1000 multiplies the residual of a linear network by hundreds: after two the loss is finite, and no result. */
    @Test
    void aRunawayLossThatIsStillFiniteIsADivergence() {
        Problem problem = Problems.gaussian(4, 4, 0, 2, new Linear(), Training.descent(1, 1000, 4));
        assertThatThrownBy(() -> new NetworkTrainer(20, 0, backend).train(problem))
                .isInstanceOf(SolverException.class)
                .message()
                .startsWith("network of width 20 diverged at step ")
                .contains("more than 1e+06 times that at the start");
    }

    @Test
    void widthBelowOneIsRefusedByName() {
        assertThatThrownBy(() -> new NetworkTrainer(0, 0, float32))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("width: 0");
    }

    @Test
    void widthThatCannotFitIsRefusedWithTheNumbers() {
        Problem problem = Problems.gaussian(4, 4, 0, 2, new Relu(), Training.descent(1, 0.1, 2));
        assertThatThrownBy(() -> new NetworkTrainer(1_000_000, 0, float32).train(problem))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("width: 1000000 (needs 4000");
    }

    @Test
    void networkDoesNotDependOnTheOnesBesideIt() {
        Problem problem = Problems.gaussian(6, 4, 1, 2, new Relu(), Training.descent(1, 0.2, 6));
        List<OrderParameters> together =
                NetworkTrainer.trainEnsemble(problem, 50, new long[] {3, 1, 4}, backend, Progress.NONE);
        assertThat(together).hasSize(3);
        for (int b = 0; b < 3; b++) {
            OrderParameters alone = new NetworkTrainer(50, new long[] {3, 1, 4}[b], backend).train(problem);
            assertThat(together.get(b).loss()).isEqualTo(alone.loss());
            assertThat(together.get(b).featureKernels()).isEqualTo(alone.featureKernels());
            assertThat(together.get(b).pullbacks()).isEqualTo(alone.pullbacks());
        }
        assertThat(together.get(0).loss()).isNotEqualTo(together.get(1).loss());
    }
}
