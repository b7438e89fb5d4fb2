package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;

/** Networks whose matrices are never drawn, beside networks whose are: the same law, not the same numbers. */
class ConditionedNetworksTest {
    /** {@code -Dwidthbench.fullSize=true} runs the full statement: 4000 networks of 64 neurons, or channels, of each kind. */
    private static final boolean FULL_SIZE = Boolean.getBoolean("widthbench.fullSize");

    private static final int NETWORKS = Integer.getInteger("widthbench.networks", FULL_SIZE ? 4000 : 600);
    private static final int WIDTH = FULL_SIZE ? 64 : 24;
    private static final int SIDE_BY_SIDE = 100;
    private static final double[] QUANTILES = {0.05, 0.25, 0.5, 0.75, 0.95};

    private final Backend backend = new CpuBackend();

    @AfterEach
    void close() {
        backend.close();
    }

    /**
     * A quantile at p of n values that fall below it with probability p has a share {@code p +- sqrt(p (1 - p)/n)} below it; of
     * two samples the shares below the pooled quantile differ by that times sqrt 2. Fixed seeds. Of 45 comparisons one lies beyond
     * 3.5 standard errors in 2% of all choices of seeds, beyond three in 12%.
     */
    @ParameterizedTest(name = "{0}, eta {1}, momentum {2}, decay {3}, batch {4}, bias {5}")
    @CsvSource({"tanh,0.3,0,0,0,false", "relu,0.3,0,0,0,false", "softplus,0.08,0.5,0.1,3,true"})
    void lossesHaveTheLawOfDrawnNetworks(
            String activation, double eta, double momentum, double decay, int batch, boolean bias) {
        Training training = new Training(1, eta, 9, momentum, decay, batch, Training.Dynamics.DESCENT, new int[] {0});
        Problem plain = Problems.gaussian(6, 4, 1, 3, Activation.of(activation, 0.8), training);
        Network network = Network.mlp(3, Activation.of(activation, 0.8)).withBias(bias);
        Problem problem = new Problem(plain.dataset(), network, training);
        requireSameLaw(problem);
    }

    /** The same of channels: two layers of 3 x 3 filters on images of 2 x 3 pixels, with and without a residual stream. */
    @ParameterizedTest(name = "{0}, branch {1}")
    @CsvSource({"tanh,0", "relu,0", "tanh,1"})
    void lossesOfConvolutionalNetworksHaveTheLawOfDrawnOnes(String activation, double branch) {
        Training training = Training.descent(1, 1, 9).withRecord(0);
        Residual residual = branch > 0 ? new Residual(branch, 0.5) : Residual.NONE;
        Network network =
                new Network(new Cnn(3, residual, Cnn.Scaling.MEAN_FIELD), 2, Activation.of(activation, 0.8), false);
        requireSameLaw(Problems.images(2, 3, 2, 4, 0, network, training));
    }

    private void requireSameLaw(Problem problem) {
        double[][] drawn = new double[NETWORKS][];
        double[][] conditioned = new double[NETWORKS][];
        for (int first = 0; first < NETWORKS; first += SIDE_BY_SIDE) {
            long[] seeds = new long[SIDE_BY_SIDE];
            for (int i = 0; i < SIDE_BY_SIDE; i++) {
                // Other seeds than those of the conditioned networks: the two share their thin first and last weights.
                seeds[i] = (long) NETWORKS + first + i;
            }
            int slot = first;
            for (OrderParameters one : NetworkTrainer.trainEnsemble(problem, WIDTH, seeds, backend, Progress.NONE)) {
                drawn[slot++] = one.loss();
            }
        }
        for (int i = 0; i < NETWORKS; i++) {
            conditioned[i] = new NetworkTrainer(WIDTH, i, Holding.CONDITIONED, backend)
                    .train(problem)
                    .loss();
        }
        for (int t : new int[] {1, 4, 8}) {
            StringBuilder said = new StringBuilder("step " + t);
            double[] a = at(drawn, t);
            double[] b = at(conditioned, t);
            double[] pooled = new double[2 * NETWORKS];
            System.arraycopy(a, 0, pooled, 0, NETWORKS);
            System.arraycopy(b, 0, pooled, NETWORKS, NETWORKS);
            Arrays.sort(pooled);
            for (double p : QUANTILES) {
                double quantile = pooled[(int) Math.round(p * 2 * NETWORKS)];
                double error = Math.sqrt(2 * p * (1 - p) / NETWORKS);
                double share = below(b, quantile) - below(a, quantile);
                said.append(String.format(Locale.ROOT, " | %.5f %+.1f", quantile, share / error));
                assertThat(share)
                        .as("share of losses at step %d below the %.0f%% quantile", t, 100 * p)
                        .isCloseTo(0, within(3.5 * error));
            }
            System.out.println(said);
        }
    }

    private static double[] at(double[][] losses, int t) {
        return Arrays.stream(losses).mapToDouble(loss -> loss[t]).toArray();
    }

    private static double below(double[] values, double limit) {
        return (double) Arrays.stream(values).filter(value -> value < limit).count() / values.length;
    }

    @Test
    void kernelsReadFromCoordinatesAreThoseOfTheFields() {
        Training training = new Training(1, 0.3, 6, 0, 0, 0, Training.Dynamics.DESCENT, new int[] {0, 2, 5});
        Problem problem = Problems.gaussian(5, 4, 2, 2, new Tanh(0.8), training);
        OrderParameters network = new NetworkTrainer(300, 4, Holding.CONDITIONED, backend).train(problem);
        // Samples of h are all 300 neurons of the first and last recorded time, from which phi and Phi follow.
        for (int l = 0; l < 2; l++) {
            for (int slot = 0; slot < 2; slot++) {
                int time = slot == 0 ? 0 : 2;
                for (int mu = 0; mu < 6; mu++) {
                    for (int al = 0; al < 6; al++) {
                        double sum = 0;
                        for (int i = 0; i < 300; i++) {
                            sum += phi(network.preactivations().get(l).get(slot, mu, i))
                                    * phi(network.preactivations().get(l).get(slot, al, i));
                        }
                        assertThat(network.featureKernels().get(l).get(time, mu, time, al))
                                .isCloseTo(sum / 300, within(1e-7));
                    }
                }
            }
        }
    }

    private static double phi(double h) {
        return Math.tanh(0.8 * h) / 0.8;
    }
}
