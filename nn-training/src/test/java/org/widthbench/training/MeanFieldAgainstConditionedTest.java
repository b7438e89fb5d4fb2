package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Mlp;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Residual;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.weights.Holding;

/**
 * Mean-field weights beside conditioned ones, which are exact by construction: S samples of infinitely many neurons, and networks
 * so wide that their 1/N is far below what their mean is known to.
 */
class MeanFieldAgainstConditionedTest {
    /** {@code -Dwidthbench.fullSize=true}: a hundred thousand neurons and 16384 samples. */
    private static final boolean FULL_SIZE = Boolean.getBoolean("widthbench.fullSize");

    private static final int SAMPLES = FULL_SIZE ? 16_384 : 2048;
    private static final int WIDTH = FULL_SIZE ? 100_000 : 10_000;
    /** Solves, and networks, with noise of their own each. */
    private static final int SEEDS = 6;

    private static final Backend BACKEND = new CpuBackend();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** Some numbers of every run: their mean and the sum over them of its squared standard errors. */
    private record Mean(double[] values, double error2) {
        static Mean of(List<OrderParameters> runs, Function<OrderParameters, double[]> numbers) {
            double[] mean = new double[numbers.apply(runs.get(0)).length];
            double spread = 0;
            for (OrderParameters run : runs) {
                double[] own = numbers.apply(run);
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += own[i] / runs.size();
                }
            }
            for (OrderParameters run : runs) {
                spread += distance2(numbers.apply(run), mean);
            }
            return new Mean(mean, spread / (runs.size() - 1) / runs.size());
        }
    }

    private static double distance2(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    /**
     * Standard errors are those that the six runs of a kind show, ten degrees of freedom in all: a loss beyond four of them comes
     * by chance in .25% of all choices of seeds. Squared distances of whole kernels are in units of their expectation, the sum of squared
     * standard errors: above ten only in 1% even if a single direction carries all of it.
     */
    @ParameterizedTest(name = "{0}, depth {1}, momentum {2}, decay {3}, batch {4}, bias {5}, residual {6}")
    @CsvSource({
        "tanh,2,0,0,0,false,false",
        "relu,2,0,0,0,false,false",
        "tanh,3,0.5,0.1,3,true,false",
        "tanh,2,0,0,0,false,true"
    })
    void theSameProgramHasTheSameLossesAndKernels(
            String activation, int depth, double momentum, double decay, int batch, boolean bias, boolean residual) {
        Training training =
                new Training(1.5, 0.3, 9, momentum, decay, batch, Training.Dynamics.DESCENT, new int[] {0, 2, 5, 8});
        Residual stream = residual ? new Residual(1, 0.5) : Residual.NONE;
        Network network = new Network(new Mlp(stream), depth, Activation.of(activation, 0.8), bias);
        Problem plain = Problems.gaussian(6, 4, 1, depth, network.activation(), training);
        requireAgreement(new Problem(plain.dataset(), network, training));
    }

    private static void requireAgreement(Problem problem) {
        List<OrderParameters> networks = LongStream.range(0, SEEDS)
                .mapToObj(seed -> new NetworkTrainer(WIDTH, seed, Holding.CONDITIONED, BACKEND).train(problem))
                .toList();
        List<OrderParameters> theory = LongStream.range(0, SEEDS)
                .mapToObj(seed ->
                        new CausalSolver(SAMPLES, seed).solve(problem, BACKEND).results())
                .toList();
        StringBuilder said = new StringBuilder("loss, theory and networks");
        for (int time : new int[] {2, 5, 8}) {
            Mean expected = Mean.of(networks, run -> new double[] {run.loss()[time]});
            Mean actual = Mean.of(theory, run -> new double[] {run.loss()[time]});
            double error = Math.sqrt(expected.error2 + actual.error2);
            said.append(
                    String.format(Locale.ROOT, " | %.5f %.5f +- %.5f", actual.values[0], expected.values[0], error));
            assertThat(actual.values[0]).as("loss at step %d", time).isCloseTo(expected.values[0], within(4 * error));
        }
        System.out.println(said);
        for (int l = 0; l < problem.network().layers(); l++) {
            int layer = l;
            requireClose(networks, theory, "Phi", run -> run.featureKernels()
                    .get(layer)
                    .data());
            requireClose(networks, theory, "G", run -> run.gradientKernels()
                    .get(layer)
                    .data());
        }
    }

    private static void requireClose(
            List<OrderParameters> networks,
            List<OrderParameters> theory,
            String name,
            Function<OrderParameters, double[]> kernel) {
        Mean expected = Mean.of(networks, kernel);
        Mean actual = Mean.of(theory, kernel);
        assertThat(distance2(expected.values, actual.values) / (expected.error2 + actual.error2))
                .as(name)
                .isLessThan(10);
    }
}
