package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Softplus;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.measure.Observables;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.NetworkRealization;
import org.widthbench.core.weights.Realization;

class CnnTrainerTest {
    @TempDir
    private Path folder;

    private static final double ROUNDING = 1e-10;

    private final Backend backend = new CpuBackend();
    private final Backend float32 = new CpuBackend(FieldPrecision.FLOAT32);

    @AfterEach
    void close() {
        backend.close();
        float32.close();
    }

    private static Network network(int depth, Activation activation, double branch, Cnn.Scaling scaling) {
        Residual residual = branch > 0 ? new Residual(branch, 0.5) : Residual.NONE;
        return new Network(new Cnn(3, residual, scaling), depth, activation, false);
    }

    /** Expected: {@code v = m v + grad - lambda W}, {@code W += v} with central differences of the plain loss. */
    @ParameterizedTest(name = "{0}, {1} scaling, branch {2}, momentum {3}, weight decay {4}")
    @CsvSource({
        "tanh,MEAN_FIELD,0,0,0",
        "relu,MEAN_FIELD,0,0.6,0.2",
        "tanh,NOTEBOOK,0,0,0",
        "softplus,MEAN_FIELD,0.7,0.4,0.1"
    })
    void everyWeightMovesDownTheNumericalGradientOfThePlainLoss(
            String activation, Cnn.Scaling scaling, double branch, double momentum, double weightDecay) {
        int n = 3;
        int layers = 3;
        double eta = 0.3;
        double gamma0 = 0.8;
        Problem problem = Problems.images(
                3,
                4,
                2,
                3,
                1,
                network(branch > 0 ? layers - 1 : layers, Activation.of(activation, 1), branch, scaling),
                new Training(gamma0, eta, 5, momentum, weightDecay, 0, Training.Dynamics.DESCENT, null));
        double[][] velocities = new double[layers + 1][];
        NaiveCnn naive = new NaiveCnn(problem, n, 4);
        LinearOptimizer optimizer = LinearOptimizer.of(problem.training());
        try (Realization realization = new NetworkRealization(backend, Holding.DENSE, new long[] {4}, n, optimizer)) {
            Program network = problem.program(realization, 4);
            ResidualHistory history = new ResidualHistory(problem);
            network.present(0, 1, 2, 3);
            for (int t = 0; t < 3; t++) {
                double[][] before = weights(network);
                for (int l = 0; l <= layers; l++) {
                    System.arraycopy(before[l], 0, naive.weights[l], 0, before[l].length);
                }
                network.forward();
                double[] drive = Arrays.copyOf(history.append(t, network.outputs()), 4);
                Arrays.setAll(drive, mu -> problem.updateScale() * drive[mu]);
                network.backward(0, 1, 2, 3);
                network.learn(drive, 1);
                double[][] after = weights(network);
                assertThat(history.loss(t)).isCloseTo(2 * naive.loss(), within(ROUNDING));
                for (int l = 0; l <= layers; l++) {
                    double[] slopes = slopes(naive, l);
                    velocities[l] = t == 0 ? new double[slopes.length] : velocities[l];
                    double largest = Arrays.stream(slopes).map(Math::abs).max().orElseThrow();
                    for (int i = 0; i < slopes.length; i++) {
                        double parameterRate = eta * gamma0 * gamma0 * n;
                        velocities[l][i] = momentum * velocities[l][i]
                                - parameterRate * slopes[i]
                                - eta * weightDecay * before[l][i];
                        assertThat(after[l][i] - before[l][i])
                                .as("step %d layer %d entry %d", t, l, i)
                                .isCloseTo(velocities[l][i], within(2e-7 * parameterRate * largest));
                    }
                }
            }
        }
    }

    private double[][] weights(Program network) {
        return network.state().entrySet().stream()
                .filter(entry -> !entry.getKey().contains("Velocity"))
                .map(entry -> {
                    double[] values =
                            new double[Math.toIntExact(entry.getValue().entries())];
                    backend.download(entry.getValue(), values);
                    return values;
                })
                .toArray(double[][]::new);
    }

    private static double[] slopes(NaiveCnn naive, int layer) {
        double distance = 1e-5;
        double[] w = naive.weights[layer];
        double[] slopes = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            double kept = w[i];
            w[i] = kept + distance;
            double above = naive.loss();
            w[i] = kept - distance;
            double below = naive.loss();
            w[i] = kept;
            slopes[i] = (above - below) / (2 * distance);
        }
        return slopes;
    }

    @ParameterizedTest(name = "momentum {0}, weight decay {1}, batch {2}")
    @CsvSource({"0,0,0", "0.8,0.1,0", "0.5,0,2"})
    void imagesOfOnePixelTrainAsAFullyConnectedNetwork(double momentum, double weightDecay, int batch) {
        Training training = Problems.training(0.3, 8, momentum, weightDecay, batch);
        Problem images = Problems.images(1, 1, 4, 5, 2, Problems.cnn(2, new Tanh(0.8), 1), training);
        double[] pixels = images.dataset().inputs().data();
        Tensor columns = Tensor.zeros(4, 7);
        for (int mu = 0; mu < 7; mu++) {
            for (int d = 0; d < 4; d++) {
                columns.set(pixels[mu * 4 + d], d, mu);
            }
        }
        Problem vectors =
                new Problem(new Dataset(columns, images.dataset().targets()), Network.mlp(2, new Tanh(0.8)), training);
        OrderParameters cnn = new NetworkTrainer(9, 3, backend).train(images);
        OrderParameters mlp = new NetworkTrainer(9, 3, backend).train(vectors);
        assertThat(cnn.loss()).containsExactly(mlp.loss(), within(ROUNDING));
        requireEqual(List.of(cnn.f(), cnn.delta(), cnn.ntk()), List.of(mlp.f(), mlp.delta(), mlp.ntk()));
        requireEqual(cnn.featureKernels(), mlp.featureKernels());
        requireEqual(cnn.gradientKernels(), mlp.gradientKernels());
        requireEqual(cnn.preactivations(), mlp.preactivations());
        requireEqual(cnn.pullbacks(), mlp.pullbacks());
    }

    private static void requireEqual(List<Tensor> found, List<Tensor> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(distance(found.get(i), expected.get(i)))
                    .as("tensor %d", i)
                    .isLessThan(ROUNDING);
        }
    }

    private static double distance(Tensor a, Tensor b) {
        assertThat(a.shape()).isEqualTo(b.shape());
        double largest = 0;
        for (int i = 0; i < a.data().length; i++) {
            largest = Math.max(largest, Math.abs(a.data()[i] - b.data()[i]));
        }
        return largest;
    }

    @ParameterizedTest
    @CsvSource({"0", "0.6"})
    void tangentKernelPredictsASmallStep(double residual) {
        double eta = 1e-6;
        Network blocks = network(3, new Softplus(1), residual, Cnn.Scaling.MEAN_FIELD);
        Problem problem = Problems.images(4, 4, 2, 4, 2, blocks, Training.descent(1, eta, 2));
        OrderParameters network = new NetworkTrainer(6, 1, backend).train(problem);
        for (int mu = 0; mu < 6; mu++) {
            double predicted = 0;
            for (int al = 0; al < 4; al++) {
                predicted +=
                        eta / 4 * network.ntk().get(0, mu, al) * network.delta().get(0, al);
            }
            // The next order is smaller by a factor of about eta.
            assertThat(network.f().get(1, mu)).isCloseTo(predicted, within(1e-4 * eta));
        }
    }

    @Test
    void singlePrecisionFollowsDoublePrecision() {
        Problem problem = Problems.images(8, 8, 3, 6, 2, Problems.cnn(3, new Relu(), 3), Training.descent(1, 3, 18));
        OrderParameters single = new NetworkTrainer(16, 1, float32).train(problem);
        OrderParameters twice = new NetworkTrainer(16, 1, backend).train(problem);
        assertThat(single.loss()).containsExactly(twice.loss(), within(1e-4));
        assertThat(twice.finalLoss()).isLessThan(0.9);
        for (int l = 0; l < 3; l++) {
            assertThat(distance(
                            single.featureKernels().get(l),
                            twice.featureKernels().get(l)))
                    .isLessThan(1e-3);
        }
    }

    @Test
    void resultDoesNotDependOnHowManyImagesPassAtATime() {
        Training training = Problems.training(0.2, 6, 0.5, 0.1, 3);
        Problem problem = Problems.images(4, 5, 2, 5, 2, Problems.cnn(2, new Tanh(1), 3), training);
        NetworkTrainer trainer = new NetworkTrainer(5, 2, backend);
        OrderParameters together = trainer.train(problem);
        OrderParameters alone = trainer.train(problem, 1, Progress.NONE);
        assertThat(alone.loss()).containsExactly(together.loss(), within(ROUNDING));
        requireEqual(alone.featureKernels(), together.featureKernels());
        requireEqual(alone.gradientKernels(), together.gradientKernels());
        requireEqual(List.of(alone.ntk()), List.of(together.ntk()));
    }

    @Test
    void pooledKernelIsTheMeanOfThePixelsKernels() {
        Problem problem = Problems.images(3, 2, 2, 4, 1, Problems.cnn(2, new Tanh(1), 3), Training.descent(1, 0.4, 4));
        OrderParameters network = new NetworkTrainer(5, 2, backend).train(problem.observing(Observables.PIXEL_KERNELS));
        for (int l = 0; l < 2; l++) {
            Tensor pixels = network.layers("PhiPixels").get(l);
            Tensor pooled = network.featureKernels().get(l);
            assertThat(pixels.shape()).containsExactly(5, 6, 5, 6);
            for (int mu = 0; mu < 5; mu++) {
                double mean = 0;
                for (int a = 0; a < 36; a++) {
                    mean += pixels.get(mu, a / 6, 3, a % 6) / 36;
                }
                assertThat(mean).isCloseTo(pooled.get(3, mu, 3, 3), within(ROUNDING));
            }
        }
    }

    /** ReLU is homogeneous, so the missing factors c = sqrt(3 9) 3 3 make gamma0 / c and c^2 eta of gamma0 and eta. */
    @Test
    void theNotebooksScalingOfReluIsTheMeanFieldOneAtAnotherGamma0() {
        double c = Math.sqrt(27) * 9;
        Training notebook = Training.descent(5, 1e-3, 12);
        Training meanField = Training.descent(5 / c, c * c * 1e-3, 12);
        OrderParameters expected = new NetworkTrainer(6, 1, backend)
                .train(Problems.images(4, 4, 3, 4, 2, Problems.cnn(3, new Relu(), 3), meanField));
        OrderParameters actual = new NetworkTrainer(6, 1, backend)
                .train(Problems.images(4, 4, 3, 4, 2, network(3, new Relu(), 0, Cnn.Scaling.NOTEBOOK), notebook));
        assertThat(expected.finalLoss()).isLessThan(0.95 * expected.loss()[0]);
        assertThat(actual.f().data()).containsExactly(expected.f().data(), within(ROUNDING));
    }

    @Test
    void slidingBatchesNeverSeeThePointsBehindThem() {
        // Five steps of batches of two that slide by one see points 0 to 5 of 8.
        BatchOrder sliding = BatchOrder.SLIDING_BY_ONE;
        OrderParameters run = slidingRun(sliding, -1);
        assertThat(slidingRun(sliding, 6).f()).isEqualTo(run.f());
        assertThat(slidingRun(sliding, 5).f()).isNotEqualTo(run.f());
        assertThat(slidingRun(BatchOrder.RESHUFFLED_EPOCHS, 6).f())
                .isNotEqualTo(slidingRun(BatchOrder.RESHUFFLED_EPOCHS, -1).f());
    }

    /** Five steps on eight points, the label of one of them turned. */
    private OrderParameters slidingRun(BatchOrder order, int turned) {
        Problem problem =
                Problems.images(2, 2, 1, 8, 0, Problems.cnn(1, new Tanh(1), 3), Problems.training(0.2, 6, 0, 0, 2));
        double[] targets = problem.dataset().targets().clone();
        if (turned >= 0) {
            targets[turned] = -targets[turned];
        }
        Dataset dataset = new Dataset(problem.dataset().inputs(), targets);
        return new NetworkTrainer(4, 0, Holding.DENSE, order, backend)
                .train(new Problem(dataset, problem.network(), problem.training()));
    }

    @ParameterizedTest(name = "batch {0}")
    @CsvSource({"0", "2"})
    void longRunSeesTheSameNetworkAsTheFullRecord(int batch) {
        Training training = Problems.training(0.5, 7, 0.3, 0, batch);
        int[] record = {0, 2, 6};
        Problem problem = Problems.images(3, 4, 2, 5, 3, Problems.cnn(2, new Tanh(1), 3), training.withRecord(record));
        NetworkTrainer trainer = new NetworkTrainer(5, 2, backend);
        OrderParameters full = trainer.train(problem);
        int[] watched = {6, 1, 7, 5};
        CnnTrajectory seen = trainer.follow(problem, watched, 3, Progress.NONE);
        assertThat(seen.times()).containsExactly(record);
        for (int slot = 0; slot < 3; slot++) {
            for (int k = 0; k < 4; k++) {
                assertThat(seen.f().get(slot, k)).isCloseTo(full.f().get(record[slot], watched[k]), within(ROUNDING));
            }
            for (int l = 0; l < 2; l++) {
                assertThat(seen.featureKernels().get(l).shape()).containsExactly(3, 3, 3);
                assertThat(seen.featureKernels().get(l).get(slot, 2, 1))
                        .isCloseTo(full.featureKernels().get(l).get(slot, 7, slot, 1), within(ROUNDING));
            }
        }
        for (int t = 0; batch == 0 && t < 6; t++) {
            assertThat(seen.batchLoss()[t]).isCloseTo(full.loss()[t], within(ROUNDING));
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @EnumSource(FieldPrecision.class)
    void aLongRunKilledAfterAnyStepGoesOnToTheSameBits(FieldPrecision precision) {
        Training training = Problems.training(0.5, 7, 0.3, 0.1, 2);
        Problem problem = Problems.images(
                3, 4, 2, 5, 3, Problems.cnn(2, new Tanh(1), 3), training.withRecord(new int[] {0, 2, 6}));
        NetworkTrainer trainer = new NetworkTrainer(5, 2, precision == FieldPrecision.FLOAT32 ? float32 : backend);
        int[] watched = {6, 1, 7, 5};
        CnnTrajectory undisturbed = trainer.follow(problem, watched, 3, Progress.NONE);
        for (int killed = 1; killed <= 7; killed++) {
            List<String> said = new ArrayList<>();
            KeptRun kept = new KeptRun(folder.resolve(killed + ".npz"), "this run", Duration.ZERO, said::add);
            int last = killed;
            Progress fatal = (completed, total) -> {
                if (completed > last) {
                    throw new Killed();
                }
            };
            if (killed < 7) {
                assertThatThrownBy(() -> trainer.follow(problem, watched, 3, kept, fatal))
                        .isInstanceOf(Killed.class);
            } else {
                trainer.follow(problem, watched, 3, kept, fatal);
            }
            List<Integer> steps = new ArrayList<>();
            CnnTrajectory resumed =
                    trainer.follow(problem, watched, 3, kept, (completed, total) -> steps.add(completed));
            assertThat(resumed).usingRecursiveComparison().isEqualTo(undisturbed);
            assertThat(steps).hasSize(7 - killed);
            assertThat(said).hasSize(1);
        }
    }

    @Test
    void theStateOfAnotherRunOrADamagedOneIsNotTaken() throws IOException {
        Problem problem =
                Problems.images(3, 4, 2, 4, 2, Problems.cnn(2, new Tanh(1), 3), Problems.training(0.5, 5, 0, 0, 2));
        NetworkTrainer trainer = new NetworkTrainer(3, 2, backend);
        List<String> said = new ArrayList<>();
        KeptRun kept = new KeptRun(folder.resolve("state.npz"), "this run", Duration.ZERO, said::add);
        KeptRun other = new KeptRun(kept.file(), "another", Duration.ZERO, said::add);
        int[] watched = {4, 5};
        CnnTrajectory expected = trainer.follow(problem, watched, 1, kept, Progress.NONE);
        assertThat(trainer.follow(problem, watched, 1, other, Progress.NONE))
                .usingRecursiveComparison()
                .isEqualTo(expected);
        byte[] whole = Files.readAllBytes(kept.file());
        Files.write(kept.file(), Arrays.copyOf(whole, whole.length / 2));
        assertThat(trainer.follow(problem, watched, 1, other, Progress.NONE))
                .usingRecursiveComparison()
                .isEqualTo(expected);
        assertThat(said).hasSize(2).allMatch(line -> line.endsWith("starting anew"));
    }

    @Test
    void pairsOfNeighboursStayTogetherAndEveryEpochSeesAll() {
        Problem problem =
                Problems.images(2, 2, 1, 12, 0, Problems.cnn(1, new Tanh(1), 1), Problems.training(0.5, 9, 0, 0, 4));
        BatchSchedule schedule = BatchSchedule.of(problem);
        Set<List<Integer>> orders = new HashSet<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> seen = new ArrayList<>();
            for (int step = 0; step < 3; step++) {
                int[] batch = BatchOrder.RESHUFFLED_PAIRS.at(schedule, 3 * epoch + step);
                assertThat(batch).hasSize(4);
                for (int i = 0; i < 4; i += 2) {
                    assertThat(batch[i] % 2).isZero();
                    assertThat(batch[i + 1]).isEqualTo(batch[i] + 1);
                }
                Arrays.stream(batch).forEach(seen::add);
            }
            assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
            orders.add(seen);
        }
        assertThat(orders).hasSizeGreaterThan(1);
    }

    @Test
    void divergenceStopsWithTheStepAndARemedy() {
        Problem problem =
                Problems.images(4, 4, 1, 4, 0, Problems.cnn(2, new Linear(), 3), Training.descent(1, 1000, 200));
        assertThatThrownBy(() -> new NetworkTrainer(8, 0, float32).train(problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("diverged at step")
                .hasMessageContaining("training.eta");
    }

    @Test
    void aRunawayLossThatIsStillFiniteIsADivergence() {
        Problem problem =
                Problems.images(4, 4, 1, 4, 0, Problems.cnn(2, new Linear(), 3), Training.descent(1, 1000, 4));
        assertThatThrownBy(() -> new NetworkTrainer(8, 0, backend).train(problem))
                .isInstanceOf(SolverException.class)
                .message()
                .startsWith("network of 8 channels diverged at step ")
                .contains("more than 1e+06 times that at the start");
    }

    @Test
    void channelsBelowOneAreRefusedByName() {
        assertThatThrownBy(() -> new NetworkTrainer(0, 0, float32))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("width: 0");
    }
}
