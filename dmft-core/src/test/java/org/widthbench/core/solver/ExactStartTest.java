package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Shifted fields have the exact kernels at t = 0 ({@link StaticKernels}, closed forms), and less sampling error later. */
class ExactStartTest {
    private static final Backend BACKEND = Backends.open("cpu");

    @Test
    void theShiftTurnsTheSampledKernelIntoTheExactOne() {
        int q = 5;
        double[] sampled = wishart(q, 40, 1);
        double[] exact = wishart(q, 60, 2);
        double[] d = ExactStart.displacement(sampled, exact, q);
        double[] moved = identityPlus(d, q);
        double[] result = DenseMath.product(moved, DenseMath.product(sampled, moved, q, q, q), q, q, q);
        // Two eigendecompositions of well-conditioned matrices: rounding alone.
        assertThat(result).usingComparatorWithPrecision(1e-12).containsExactly(exact);
        assertThat(d).usingComparatorWithPrecision(1e-12).containsExactly(DenseMath.transpose(d, q, q));
    }

    @Test
    void repeatedPointsAreShiftedAlike() {
        double[] sampled = repeated(wishart(2, 30, 3));
        double[] exact = repeated(wishart(2, 50, 4));
        double[] moved = identityPlus(ExactStart.displacement(sampled, exact, 3), 3);
        double[] result = DenseMath.product(moved, DenseMath.product(sampled, moved, 3, 3, 3), 3, 3, 3);
        assertThat(result).usingComparatorWithPrecision(1e-12).containsExactly(exact);
    }

    @Test
    void aFieldThatIsZeroStaysZero() {
        assertThat(ExactStart.displacement(new double[4], new double[] {1, 0, 0, 1}, 2))
                .containsOnly(0);
    }

    @ParameterizedTest
    @CsvSource({"tanh, false", "relu, false", "tanh, true", "relu, true"})
    void kernelsOfTimeZeroAreThoseOfTheUntrainedNetwork(String activation, boolean bias) {
        Network network = Network.mlp(3, Activation.of(activation, 0.8));
        Problem problem = problem(4, network.withBias(bias), 3);
        OrderParameters solved = new CausalSolver(64, 1).solve(problem, BACKEND).results();
        StaticKernels exact = StaticKernels.of(problem);
        for (int l = 0; l < 3; l++) {
            assertThat(start(solved.featureKernels().get(l)))
                    .usingComparatorWithPrecision(1e-10)
                    .containsExactly(exact.features()[l + 1]);
            assertThat(start(solved.gradientKernels().get(l)))
                    .usingComparatorWithPrecision(1e-10)
                    .containsExactly(exact.gradients()[l]);
        }
    }

    /**
     * 16 points, more than the leading rows of noise take care of. The spread over 12 seeds is known to 1/sqrt(22) = 21%, the ratio of
     * two to 30%; the mean over the seeds must not move by more than three of its own standard errors.
     */
    @ParameterizedTest
    @CsvSource({"tanh", "relu"})
    void trainedKernelsSpreadLessOverSeedsAndKeepTheirMean(String activation) {
        Problem problem = problem(16, Network.mlp(2, Activation.of(activation, 0.8)), 8);
        int seeds = 12;
        List<double[]> plain = new ArrayList<>();
        List<double[]> shifted = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            CausalSolver solver = new CausalSolver(256, seed);
            plain.add(firstKernel(solver.withExactStart(false), problem));
            shifted.add(firstKernel(solver, problem));
        }
        double before = spread(plain);
        double after = spread(shifted);
        assertThat(after).isLessThan(before / 2);
        double[] meanBefore = mean(plain);
        double[] meanAfter = mean(shifted);
        double distance = 0;
        for (int i = 0; i < meanAfter.length; i++) {
            distance += Math.pow(meanAfter[i] - meanBefore[i], 2);
        }
        double standardError = Math.sqrt((before * before + after * after) / seeds);
        assertThat(Math.sqrt(distance)).isCloseTo(0, within(3 * standardError));
    }

    /**
     * To first order in the learning rate the output moves along the tangent kernel of the untrained network, a closed form. At
     * eta = 1e-3 the second order is below 1e-3 of the first. Samples as they are miss it by their 1/sqrt(S), less what leading noise
     * gains; with gradients that are shifted where weights learn from them, but not in the output's response, by half of that.
     */
    @ParameterizedTest
    @CsvSource({"tanh", "relu"})
    void theFirstStepFollowsTheTangentKernelOfTheUntrainedNetwork(String activation) {
        Dataset data = new GaussianSource(20, 8, 0).load();
        Problem problem =
                new Problem(data, Network.mlp(3, Activation.of(activation, 0.8)), Training.descent(1, 1e-3, 2));
        double[] expected = firstMove(problem, StaticKernels.of(problem).tangentKernel());
        CausalSolver solver = new CausalSolver(256, 1);

        double sampled = distance(secondOutput(solver.withExactStart(false), problem), expected);
        assertThat(distance(secondOutput(solver, problem), expected)).isLessThan(Math.min(4e-3, sampled / 2));
    }

    @ParameterizedTest
    @CsvSource({"tanh", "relu"})
    void theFirstStepOfCnnsFollowsTheirTangentKernel(String activation) {
        Tensor images = new Tensor(
                new int[] {3, 3, 3, 2}, new Random(5).doubles(54, -1.7, 1.7).toArray());
        Network network = Network.cnn(2, Activation.of(activation, 0.8), 3);
        Problem problem =
                new Problem(new Dataset(images, new double[] {1, -1, 1}), network, Training.descent(1, 1e-3, 2));
        FilterShifts shifts = new FilterShifts(3, 3, 3);
        double[] input = shifts.inputKernel(images);
        double[] readout = new double[27 * 27];
        Arrays.fill(readout, 1.0 / 81);
        StaticKernels kernels = StaticKernels.of(network, input, readout, shifts);
        double[] tangent = new double[9];
        for (int i = 0; i < 27 * 27; i++) {
            tangent[i / 27 / 9 * 3 + i % 27 / 9] += kernels.gradients()[0][i] * kernels.covariances()[0][i]
                    + kernels.gradients()[1][i] * kernels.covariances()[1][i]
                    + readout[i] * kernels.features()[2][i];
        }
        double[] expected = firstMove(problem, tangent);
        CausalSolver solver = new CausalSolver(256, 1).withTolerances(1e-6, 1e-6);

        double sampled = distance(secondOutput(solver.withExactStart(false), problem), expected);
        assertThat(distance(secondOutput(solver, problem), expected)).isLessThan(Math.min(4e-3, sampled / 2));
    }

    /** {@code f(1) = (eta / P) NTK y}. */
    private static double[] firstMove(Problem problem, double[] tangent) {
        double[] targets = problem.dataset().targets();
        int q = targets.length;
        double[] move = new double[q];
        for (int mu = 0; mu < q; mu++) {
            move[mu] = problem.training().eta() / q * Dense.dot(tangent, mu * q, targets, 0, q);
        }
        return move;
    }

    private static double[] secondOutput(CausalSolver solver, Problem problem) {
        double[] f = solver.solve(problem, BACKEND).results().f().data();
        return Arrays.copyOfRange(f, f.length / 2, f.length);
    }

    /** Relative, in the Euclidean norm. */
    private static double distance(double[] x, double[] expected) {
        double[] difference = x.clone();
        Dense.axpy(-1, expected, 0, difference, 0, expected.length);
        return Math.sqrt(Dense.dot(difference, 0, difference, 0, expected.length)
                / Dense.dot(expected, 0, expected, 0, expected.length));
    }

    private static double[] firstKernel(CausalSolver solver, Problem problem) {
        return solver.solve(problem, BACKEND).results().featureKernels().get(0).data();
    }

    private static double[] mean(List<double[]> values) {
        double[] mean = new double[values.get(0).length];
        values.forEach(value -> Dense.axpy(1.0 / values.size(), value, 0, mean, 0, mean.length));
        return mean;
    }

    /** Standard deviation over the seeds, in the Frobenius norm. */
    private static double spread(List<double[]> values) {
        double[] mean = mean(values);
        double sum = 0;
        for (double[] value : values) {
            for (int i = 0; i < mean.length; i++) {
                sum += Math.pow(value[i] - mean[i], 2) / (values.size() - 1);
            }
        }
        return Math.sqrt(sum);
    }

    private static Problem problem(int points, Network network, int steps) {
        Dataset data = new GaussianSource(20, points, 0).load();
        return new Problem(data, network, Training.descent(1, 0.2, steps));
    }

    private static double[] start(Tensor kernel) {
        int q = kernel.size(1);
        int stride = kernel.size(0) * q;
        double[] block = new double[q * q];
        for (int mu = 0; mu < q; mu++) {
            System.arraycopy(kernel.data(), mu * stride, block, mu * q, q);
        }
        return block;
    }

    private static double[] wishart(int q, int samples, long seed) {
        Random random = new Random(seed);
        double[] field = random.doubles((long) q * samples, -1.7, 1.7).toArray();
        return DenseMath.product(field, DenseMath.transpose(field, q, samples), q, samples, q);
    }

    private static double[] identityPlus(double[] d, int q) {
        double[] moved = d.clone();
        for (int i = 0; i < q; i++) {
            moved[i * q + i] += 1;
        }
        return moved;
    }

    /** Points 0, 1, 1. */
    private static double[] repeated(double[] kernel) {
        int[] of = {0, 1, 1};
        double[] result = new double[9];
        for (int i = 0; i < 9; i++) {
            result[i] = kernel[of[i / 3] * 2 + of[i % 3]];
        }
        return result;
    }
}
