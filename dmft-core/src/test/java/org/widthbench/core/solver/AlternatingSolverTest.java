package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Loss;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

class AlternatingSolverTest {
    private static final Backend BACKEND = new CpuBackend();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static Dataset data(int points, double... targets) {
        return new Dataset(inputs(points), targets);
    }

    private static Tensor inputs(int points) {
        Random random = new Random(31);
        double[] inputs = random.doubles(6L * points)
                .map(ignored -> random.nextGaussian())
                .toArray();
        return new Tensor(new int[] {6, points}, inputs);
    }

    /** Orthonormal noise leaves no sampling error in a linear network: what is left is the tolerance. */
    @ParameterizedTest
    @CsvSource({
        "DESCENT, 0, 0, 0, false, 1",
        "DESCENT, 0.5, 0.2, 2, false, 1",
        "FLOW, 0, 0, 0, false, 1",
        "DESCENT, 0.5, 0.2, 2, true, 1",
        "DESCENT, 0.5, 0.2, 2, true, 2",
        "FLOW, 0, 0, 0, true, 2"
    })
    void linearNetworksAreExact(
            Training.Dynamics dynamics, double momentum, double weightDecay, int batch, boolean bias, int outputs) {
        Training training = new Training(0.8, 0.1, 8, momentum, weightDecay, batch, dynamics, null);
        double[] targets = Arrays.copyOf(new double[] {1, -1, 1, 0.5, 0.3, -0.7}, 3 * outputs);
        Problem problem = new Problem(
                new Dataset(inputs(4), targets, outputs),
                Network.mlp(3, new Linear()).withBias(bias),
                training);
        requireExact(problem);
    }

    @Test
    void linearNetworksAreExactOnStreams() {
        Training training = new Training(0.8, 0.1, 6, 0.5, 0.2, 2, Training.Dynamics.DESCENT, null).withOnlineBatch(2);
        double[] targets = new Random(4).doubles(24, -1, 1).toArray();
        Network network = Network.mlp(3, new Linear()).withBias(true);
        requireExact(new Problem(new Dataset(inputs(13), targets, 2), network, training));
    }

    private static void requireExact(Problem problem) {
        OrderParameters exact = new LinearSolver(1, 0).solve(problem, null).results();
        OrderParameters alternating = new AlternatingSolver(128, 5, 0.8, 1e-10, 200)
                .solve(problem, BACKEND)
                .results();
        assertThat(alternating.f().data()).containsExactly(exact.f().data(), within(1e-8));
        assertThat(alternating.loss()).containsExactly(exact.loss(), within(1e-8));
        for (int l = 0; l < 3; l++) {
            assertThat(alternating.featureKernels().get(l).data())
                    .containsExactly(exact.featureKernels().get(l).data(), within(1e-8));
            assertThat(alternating.gradientKernels().get(l).data())
                    .containsExactly(exact.gradientKernels().get(l).data(), within(1e-8));
        }
        assertThat(alternating.ntk().data()).containsExactly(exact.ntk().data(), within(1e-8));
    }

    /**
     * Two routes to the same equations: Jacobians and whole kernels here, integration by parts and pivots there. The largest
     * relative standard deviation of the difference of one run's losses is 0.28%, 0.29% and 0.30% (8 seeds each), so that the
     * means of two stand within standard errors of 0.20%, 0.20% and 0.21%; static kernels are 8%, 13% and 3% off. Larger steps make
     * losses so small that the error of one run is 1% of them.
     */
    @ParameterizedTest
    @CsvSource({"2, false, 0.08, 12", "3, false, 0.08, 12", "2, true, 0.08, 10"})
    void causalSolverAgreesOnDeepTanhNetworks(int depth, boolean bias, double eta, int steps) {
        Problem problem = new Problem(
                data(4, 1, -1, 1, -1), Network.mlp(depth, new Tanh(1)).withBias(bias), Training.descent(2, eta, steps));
        requireAgreement(problem, 2);
    }

    /**
     * Every other option of the causal solver, two at a time: outputs and their losses, streams, optimizers. (Biases and two
     * outputs together saturate tanh: G^1 then needs 4096 samples to align to .999 with either solver. Linear networks have both.)
     * Losses of one run differ by a standard deviation of 0.08%, kernels are misaligned by 2e-4, 14e-4 and 4e-4 at most (12 seeds):
     * means of two by 5e-4 on streams.
     */
    @ParameterizedTest
    @CsvSource({"CROSS_ENTROPY, 2, false, false", "MSE, 2, false, true", "LOGISTIC, 1, true, false"})
    void causalSolverAgreesOnOutputsStreamsAndLosses(Loss loss, int outputs, boolean bias, boolean online) {
        Training training = new Training(1, 0.1, 8, 0.4, 0.1, 2, Training.Dynamics.DESCENT, null).withLoss(loss);
        double[] targets = new double[(online ? 16 : 4) * outputs];
        for (int i = 0; i < targets.length; i++) {
            int label = i / outputs % 2;
            targets[i] = outputs == 1 ? 2 * label - 1 : i % 2 == label ? 1 : 0;
        }
        int points = targets.length / outputs + 1;
        Problem problem = new Problem(
                new Dataset(inputs(points), targets, outputs),
                Network.mlp(3, new Tanh(1)).withBias(bias),
                online ? training.withOnlineBatch(2) : training);
        requireAgreement(problem, online ? 2 : 1);
    }

    /** Compares means over seeds of each solver. */
    private static void requireAgreement(Problem problem, int seeds) {
        List<OrderParameters> alternating = new ArrayList<>();
        List<OrderParameters> causal = new ArrayList<>();
        for (int seed = 5; seed < 5 + seeds; seed++) {
            alternating.add(new AlternatingSolver(1024, seed, 0.8, 1e-3, 60)
                    .solve(problem, BACKEND)
                    .results());
            causal.add(new CausalSolver(4096, seed).solve(problem, BACKEND).results());
        }
        double[] loss = mean(alternating, OrderParameters::loss);
        double[] expected = mean(causal, OrderParameters::loss);
        for (int t = 0; t < loss.length; t++) {
            double larger = Math.max(loss[t], expected[t]);
            assertThat(loss[t]).as("loss[%d]", t).isCloseTo(expected[t], within(0.01 * larger));
        }
        for (int l = 0; l < problem.network().depth(); l++) {
            int layer = l;
            requireAlignment(
                    alternating, causal, run -> run.featureKernels().get(layer).data());
            requireAlignment(
                    alternating, causal, run -> run.gradientKernels().get(layer).data());
        }
    }

    private static void requireAlignment(
            List<OrderParameters> some, List<OrderParameters> others, Function<OrderParameters, double[]> kernel) {
        double[] a = mean(some, kernel);
        double[] b = mean(others, kernel);
        double norms = Math.sqrt(Dense.dot(a, 0, a, 0, a.length) * Dense.dot(b, 0, b, 0, b.length));
        assertThat(Dense.dot(a, 0, b, 0, a.length) / norms).isGreaterThan(0.999);
    }

    private static double[] mean(List<OrderParameters> runs, Function<OrderParameters, double[]> values) {
        double[] mean = new double[values.apply(runs.get(0)).length];
        runs.forEach(run -> Dense.axpy(1.0 / runs.size(), values.apply(run), 0, mean, 0, mean.length));
        return mean;
    }

    @Test
    void everyIterationIsReportedAndTheLastIsWithinTolerance() {
        Problem problem = new Problem(data(3, 1, -1), Network.mlp(2, new Tanh(1)), Training.descent(1, 0.2, 5));
        List<AlternatingSolver.Iteration> report = new ArrayList<>();
        new AlternatingSolver(64, 5, 0.9, 1e-6, 100)
                .solve(problem, BACKEND, Progress.NONE, report::add)
                .results();
        for (int k = 0; k < report.size(); k++) {
            assertThat(report.get(k).number()).isEqualTo(k + 1);
        }
        assertThat(report.size()).isGreaterThan(3);
        AlternatingSolver.Iteration last = report.get(report.size() - 1);
        assertThat(last.kernelChange()).isLessThan(1e-6);
        assertThat(last.predictionChange()).isLessThan(1e-6);
        assertThat(report.get(0).kernelChange()).isGreaterThan(1e-3);
    }

    @Test
    void stoppingBeforeConvergenceNamesIterationKernelAndGamma0() {
        Problem problem = new Problem(data(3, 1, -1), Network.mlp(2, new Tanh(1)), Training.descent(0.9, 0.2, 5));
        assertThatThrownBy(() -> new AlternatingSolver(64, 5, 0.5, 1e-6, 2).solve(problem, BACKEND))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("gamma0 = 0.9")
                .hasMessageContaining("iteration 2")
                .hasMessageMatching(".*(Phi|G)\\^[12].*")
                .hasMessageContaining("theory.damping");
    }

    /** A deep linear network runs away in its predictions at gamma0 = 1, in its kernels at 8, and not at all at 0.5. */
    @ParameterizedTest
    @CsvSource({"1, 'the read-out of layer 4 at step \\d+'", "8, Phi\\^4"})
    void divergenceNamesIterationLayerGamma0AndARemedyThatWorks(double gamma0, String where) {
        Problem problem = new Problem(data(3, 1, -1), Network.mlp(4, new Linear()), Training.descent(gamma0, 0.2, 20));
        AlternatingSolver solver = new AlternatingSolver(128, 5, 1, 1e-6, 100);
        assertThatThrownBy(() -> solver.solve(problem, BACKEND))
                .isInstanceOf(SolverException.class)
                .hasMessageMatching("the alternating solver diverged at iteration [1-9]\\d* in " + where
                        + " at gamma0 = " + gamma0 + "; lower training.gamma0, .* or use theory.solver causal");
        double[] exact = new LinearSolver(1, 0)
                .solve(problem.withGamma0(0.5), null)
                .results()
                .f()
                .data();
        assertThat(solver.solve(problem.withGamma0(0.5), BACKEND).results().f().data())
                .containsExactly(exact, within(1e-4));
    }

    @Test
    void aLearningRateTooLargeForTheStaticKernelsIsNamedBeforeTheFirstIteration() {
        Problem problem = new Problem(data(3, 1, -1), Network.mlp(3, new Linear()), Training.descent(0.5, 50, 20));
        assertThatThrownBy(() -> new AlternatingSolver(128, 5).solve(problem, BACKEND))
                .isInstanceOf(SolverException.class)
                .hasMessageMatching("the alternating solver diverged at iteration 0 in the read-out of layer 3 at step"
                        + " \\d+ at gamma0 = 0.5; .*lower training.eta \\(now 50.0\\).*theory.solver causal");
    }

    @Test
    void fewerSamplesThanNoiseRowsAreRefused() {
        Problem problem = new Problem(data(3, 1, -1), Network.mlp(2, new Tanh(1)), Training.descent(1, 0.2, 5));
        assertThatThrownBy(() -> new AlternatingSolver(29, 5).solve(problem, BACKEND))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("theory.samples: 29")
                .hasMessageContaining("30");
    }
}
