package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.Loss;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class CausalSolverTest {
    private static final String LINEAR = "linear_L5_P20_T50.npz";
    private static final String TANH = "tanh_L3_P10_T50.npz";

    private static double[] labels(int points, double first) {
        double[] y = new double[points];
        Arrays.fill(y, 0, points / 2, first);
        Arrays.fill(y, points / 2, points, -first);
        return y;
    }

    private static Problem gaussian(int dimension, int points, double firstLabel, Network network, Training training) {
        return new Problem(
                new Dataset(Threefry.normal(0, dimension, points), labels(points, firstLabel)), network, training);
    }

    private static OrderParameters solve(CausalSolver solver, Problem problem) {
        try (CpuBackend backend = new CpuBackend()) {
            return solver.solve(problem, backend).results();
        }
    }

    private static double alignment(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    /** Sum over points, {@code (T,T)}. */
    private static double[] trace(Tensor kernel) {
        int times = kernel.size(0);
        double[] trace = new double[times * times];
        for (int i = 0; i < trace.length; i++) {
            for (int mu = 0; mu < kernel.size(1); mu++) {
                trace[i] += kernel.get(i / times, mu, i % times, mu);
            }
        }
        return trace;
    }

    /** Kernel at the last time, {@code (Q,Q)}. */
    private static double[] last(Tensor kernel) {
        int t = kernel.size(0) - 1;
        int q = kernel.size(1);
        double[] block = new double[q * q];
        for (int i = 0; i < block.length; i++) {
            block[i] = kernel.get(t, i / q, t, i % q);
        }
        return block;
    }

    private static double[] layer(Tensor stacked, int l) {
        int size = stacked.data().length / stacked.size(0);
        return Arrays.copyOfRange(stacked.data(), l * size, (l + 1) * size);
    }

    /** Expected numbers: {@code gd_*} of the golden file, accurate to 2e-7 in the loss. */
    @ParameterizedTest
    @EnumSource(
            value = CausalSolver.Form.class,
            names = {"AUTO", "ACCUMULATOR"})
    void whitenedNoiseMakesLinearNetworkExact(CausalSolver.Form form) throws IOException {
        Problem problem = gaussian(40, 20, 1, Network.mlp(5, new Linear()), Training.descent(1.5, 0.05, 50));
        CausalSolver solver =
                new CausalSolver(400, 0).withTolerances(1e-9, 1e-9).withResidualNoise(false);
        OrderParameters theory = solve(solver.withForm(form), problem);
        assertThat(theory.loss())
                .containsExactly(Golden.array(LINEAR, "gd_loss").data(), within(5e-6));
        Tensor traces = Golden.array(LINEAR, "gd_Phi_trace");
        for (int l = 0; l < 5; l++) {
            double[] expected = layer(traces, l);
            double[] measured = trace(theory.featureKernels().get(l));
            for (int i = 0; i < expected.length; i++) {
                assertThat(measured[i]).isCloseTo(expected[i], within(1e-4 * Math.abs(expected[i])));
            }
        }
        CausalSolver otherSeed =
                new CausalSolver(400, 1).withTolerances(1e-9, 1e-9).withResidualNoise(false);
        assertThat(solve(otherSeed, problem).loss()).containsExactly(theory.loss(), within(1e-6));
    }

    /** Expected numbers: the gradient flow of the golden file, converged to 1e-10 by another method. */
    @Test
    void eulerFlowOfLinearNetworkMatchesClosedEquations() throws IOException {
        Problem problem = gaussian(
                40,
                20,
                1,
                Network.mlp(5, new Linear()),
                Training.descent(1.5, 0.05, 50).withDynamics(Training.Dynamics.FLOW));
        CausalSolver solver =
                new CausalSolver(400, 0).withTolerances(1e-9, 1e-9).withResidualNoise(false);
        assertThat(solve(solver, problem).delta().data())
                .containsExactly(Golden.array(LINEAR, "flow_delta").data(), within(1e-5));
    }

    /**
     * The golden loss is itself a solve at looser tolerances whose loss lies .004 above (see the networks beside it: mean
     * over widths 1000 to 4000 .422 +- .002 at t=15, here .419, golden .423).
     */
    @Test
    void tanhAgreesWithGoldenSolveAndNetworks() throws IOException {
        Problem problem = gaussian(25, 10, -1, Network.mlp(3, new Tanh(0.8)), Training.descent(1, 0.2, 50));
        OrderParameters theory = solve(new CausalSolver(4096, 0), problem);
        assertThat(theory.loss())
                .containsExactly(Golden.array(TANH, "dmft_loss_mean").data(), within(0.006));
        double[] networks = Golden.array(TANH, "loss4000").data();
        double[] error = Golden.array(TANH, "se4000").data();
        for (int t = 0; t < networks.length; t++) {
            assertThat(theory.loss()[t]).isCloseTo(networks[t], within(3 * error[t] + 1e-3));
        }
        for (int l = 0; l < 3; l++) {
            Tensor phi = theory.featureKernels().get(l);
            Tensor g = theory.gradientKernels().get(l);
            assertThat(alignment(trace(phi), layer(Golden.array(TANH, "dmft_Phi_trace"), l)))
                    .isGreaterThan(0.999);
            assertThat(alignment(trace(g), layer(Golden.array(TANH, "dmft_G_trace"), l)))
                    .isGreaterThan(0.999);
            assertThat(alignment(last(phi), layer(Golden.array(TANH, "dmft_Phi_final"), l)))
                    .isGreaterThan(0.999);
            assertThat(alignment(last(g), layer(Golden.array(TANH, "dmft_G_final"), l)))
                    .isGreaterThan(0.999);
        }
    }

    /** Expected numbers: {@link LinearSolver}, the closed equations of section 4.3, on train and test points. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0.9, 0, 0", "0, 0.3, 0", "0.5, 0.2, 0", "0.5, 0.2, 2"})
    void linearOptimizersAgreeWithClosedEquations(double momentum, double weightDecay, int batch) {
        int[] record = {0, 3, 11};
        Training training = new Training(1.2, 0.1, 12, momentum, weightDecay, batch, Training.Dynamics.DESCENT, record);
        Problem problem = new Problem(
                new Dataset(Threefry.normal(3, 8, 6), new double[] {1, 1, -1, -1}),
                Network.mlp(3, new Linear()),
                training);
        CausalSolver solver =
                new CausalSolver(200, 5).withTolerances(1e-10, 1e-10).withResidualNoise(false);
        OrderParameters sampled = solve(solver, problem);
        OrderParameters closed = new LinearSolver(2, 0).solve(problem, null).results();
        assertThat(sampled.f().data()).containsExactly(closed.f().data(), within(1e-6));
        for (int l = 0; l < 3; l++) {
            assertThat(sampled.featureKernels().get(l).data())
                    .containsExactly(closed.featureKernels().get(l).data(), within(1e-5));
            assertThat(sampled.gradientKernels().get(l).data())
                    .containsExactly(closed.gradientKernels().get(l).data(), within(1e-5));
        }
        assertThat(sampled.ntk().data()).containsExactly(closed.ntk().data(), within(1e-4));
    }

    /** Expected numbers: {@link LinearSolver}, which reads the schedule through kappa, here through the recursion too. */
    @Test
    void logisticLossAndRateScheduleAgreeWithClosedEquations() {
        Training training = new Training(1.2, 0.4, 8, 0.5, 0.2, 0, Training.Dynamics.DESCENT, null)
                .withLoss(Loss.LOGISTIC)
                .withSchedule(1, 0.5, 2, 0, 1, 1, 0.1, 1);
        Problem problem = gaussian(8, 4, 1, Network.mlp(3, new Linear()), training);
        CausalSolver solver =
                new CausalSolver(200, 5).withTolerances(1e-10, 1e-10).withResidualNoise(false);
        OrderParameters closed = new LinearSolver(2, 0).solve(problem, null).results();
        assertThat(solve(solver, problem).f().data()).containsExactly(closed.f().data(), within(1e-6));
        assertThat(closed.loss()[0]).isCloseTo(Math.log(2), within(1e-12));
    }

    /**
     * The same draws, what was learned kept among the samples, where nothing is left out: what differs is the variance that the pivots
     * leave, here below 1e-10 of the kernels' mean, so fields agree to its root; every pivot is a pivot in both.
     */
    @ParameterizedTest
    @CsvSource({"tanh, 0, 0, 0", "relu, 0, 0, 0", "tanh, 0.5, 0.2, 2"})
    void whatTheLedgerLearnsIsWhatWeightsAmongTheSamplesLearn(
            String activation, double momentum, double weightDecay, int batch) {
        Training training = new Training(1, 0.3, 10, momentum, weightDecay, batch, Training.Dynamics.DESCENT, null);
        Problem problem = new Problem(
                new Dataset(Threefry.normal(3, 8, 5), new double[] {1, 1, -1, -1}),
                Network.mlp(3, Activation.of(activation, 1)),
                training);
        CausalSolver solver = new CausalSolver(512, 5).withTolerances(1e-10, 1e-10);
        OrderParameters kernel = solve(solver.withForm(CausalSolver.Form.ACCUMULATOR), problem);
        OrderParameters pivot = solve(solver, problem);
        assertThat(pivot.f().data()).containsExactly(kernel.f().data(), within(1e-4));
        for (int l = 0; l < 3; l++) {
            assertThat(pivot.featureKernels().get(l).data())
                    .containsExactly(kernel.featureKernels().get(l).data(), within(1e-4));
            assertThat(pivot.gradientKernels().get(l).data())
                    .containsExactly(kernel.gradientKernels().get(l).data(), within(1e-4));
        }
    }

    /**
     * A cap that binds after some steps: up to there the ledger holds all but 1e-10 of the variance, then its core moves among the
     * samples. Expected: weights that were among the samples from the start, on the same noise.
     */
    @ParameterizedTest
    @CsvSource({"0, 0", "0.5, 0.2"})
    void whatTheLedgerLearnedMovesAmongTheSamplesWhereACapBinds(double momentum, double weightDecay) {
        Training training = new Training(1, 0.3, 10, momentum, weightDecay, 0, Training.Dynamics.DESCENT, null);
        Problem problem = gaussian(8, 4, 1, Network.mlp(3, new Tanh(0.8)), training);
        CausalSolver solver =
                new CausalSolver(512, 5).withTolerances(1e-10, 1e-10).withMaxPivots(16);
        OrderParameters moved = solve(solver, problem);
        OrderParameters among = solve(solver.withForm(CausalSolver.Form.ACCUMULATOR), problem);
        assertThat(moved.f().data()).containsExactly(among.f().data(), within(1e-4));
        for (int l = 0; l < 3; l++) {
            assertThat(moved.featureKernels().get(l).data())
                    .containsExactly(among.featureKernels().get(l).data(), within(1e-4));
            assertThat(moved.gradientKernels().get(l).data())
                    .containsExactly(among.gradientKernels().get(l).data(), within(1e-4));
        }
    }

    @Test
    void gradientIndependenceAgreesWithClosedEquations() {
        Problem problem = gaussian(10, 4, 1, Network.mlp(3, new Linear()), Training.descent(1.5, 0.1, 15));
        CausalSolver solver = new CausalSolver(200, 5)
                .withTolerances(1e-10, 1e-10)
                .withResidualNoise(false)
                .withoutResponses();
        OrderParameters closed =
                new LinearSolver(2, 0).withoutResponses().solve(problem, null).results();
        assertThat(solve(solver, problem).f().data()).containsExactly(closed.f().data(), within(1e-6));
    }

    @Test
    void sameSeedGivesTheSamePath() {
        Problem problem = gaussian(5, 4, 1, Network.mlp(2, Activation.of("erf", 1)), Training.descent(1, 0.2, 6));
        assertThat(solve(new CausalSolver(128, 9), problem).loss())
                .containsExactly(solve(new CausalSolver(128, 9), problem).loss());
    }

    @Test
    void unusedTestPointsLeaveTrainingUntouched() {
        Network network = Network.mlp(2, new Linear());
        Training training = Training.descent(1, 0.2, 8);
        Tensor x = Threefry.normal(1, 6, 5);
        double[] fewer = new double[6 * 3];
        for (int d = 0; d < 6; d++) {
            System.arraycopy(x.data(), d * 5, fewer, d * 3, 3);
        }
        double[] y = {1, -1, 1};
        CausalSolver solver =
                new CausalSolver(128, 0).withTolerances(1e-10, 1e-10).withResidualNoise(false);
        OrderParameters with = solve(solver, new Problem(new Dataset(x, y), network, training));
        OrderParameters without =
                solve(solver, new Problem(new Dataset(new Tensor(new int[] {6, 3}, fewer), y), network, training));
        assertThat(with.loss()).containsExactly(without.loss(), within(1e-7));
    }

    @Test
    void tooFewSamplesForThePivotsSaySo() {
        Problem problem = gaussian(25, 10, 1, Network.mlp(2, Activation.of("relu", 1)), Training.descent(1, 0.1, 20));
        assertThatThrownBy(() -> solve(new CausalSolver(16, 0), problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("theory.samples")
                .hasMessageContaining("16 samples");
    }

    @Test
    void divergenceNamesStepAndRemedy() {
        Problem problem = gaussian(5, 4, 1, Network.mlp(2, new Linear()), Training.descent(1, 50, 40));
        assertThatThrownBy(() -> solve(new CausalSolver(64, 0), problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("step")
                .hasMessageContaining("training.eta");
    }
}
