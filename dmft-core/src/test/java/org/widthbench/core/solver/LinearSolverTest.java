package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class LinearSolverTest {
    private static final String REFERENCE = "linear_L5_P20_T50.npz";
    private static final LinearSolver SOLVER = new LinearSolver(50, 1);

    private static OrderParameters solveReference(Training.Dynamics dynamics) throws IOException {
        Dataset data = new Dataset(
                Golden.array(REFERENCE, "X"), Golden.array(REFERENCE, "y").data());
        Training training = Training.descent(1.5, 0.05, 50).withDynamics(dynamics);
        return SOLVER.solve(new Problem(data, Network.mlp(5, new Linear()), training), null)
                .results();
    }

    /** Traces over points and the final kernels against arrays {@code prefix_...} of the reference. */
    private static void assertKernels(OrderParameters solved, String prefix, double tolerance) throws IOException {
        Tensor trace = Golden.array(REFERENCE, prefix + "_Phi_trace");
        Tensor last = Golden.array(REFERENCE, prefix + "_Phi_final");
        Tensor gradient = Golden.array(REFERENCE, prefix + "_G");
        for (int l = 0; l < 5; l++) {
            Tensor phi = solved.featureKernels().get(l);
            for (int t = 0; t < 50; t++) {
                for (int s = 0; s < 50; s++) {
                    double sum = 0;
                    for (int mu = 0; mu < 20; mu++) {
                        sum += phi.get(t, mu, s, mu);
                    }
                    assertThat(sum).isCloseTo(trace.get(l, t, s), within(tolerance));
                    assertThat(solved.gradientKernels().get(l).get(t, 3, s, 7))
                            .isCloseTo(gradient.get(l, t, s), within(tolerance));
                }
            }
            for (int mu = 0; mu < 20; mu++) {
                for (int al = 0; al < 20; al++) {
                    assertThat(phi.get(49, mu, 49, al)).isCloseTo(last.get(l, mu, al), within(tolerance));
                }
            }
        }
    }

    @Test
    void gradientFlowAgreesWithThePublishedRoutineAtDepthFive() throws IOException {
        OrderParameters solved = solveReference(Training.Dynamics.FLOW);
        assertThat(solved.delta().data())
                .containsExactly(Golden.array(REFERENCE, "flow_delta").data(), within(1e-6));
        assertKernels(solved, "flow", 1e-6);
    }

    @Test
    void exactDescentAgreesWithTheCausalReferenceAtDepthFive() throws IOException {
        OrderParameters solved = solveReference(Training.Dynamics.DESCENT);
        // The reference's seeds agree to 2e-7 in the loss; its traces sum twenty points and reach 70.
        assertThat(solved.loss())
                .containsExactly(Golden.array(REFERENCE, "gd_loss").data(), within(2e-6));
        assertKernels(solved, "gd", 4e-4);
    }

    /** P whitened points (K^x = 1) in P dimensions. */
    private static Dataset whitened(double... targets) {
        int p = targets.length;
        Tensor inputs = Tensor.zeros(p, p);
        for (int mu = 0; mu < p; mu++) {
            inputs.set(Math.sqrt(p), mu, mu);
        }
        return new Dataset(inputs, targets);
    }

    /**
     * One hidden layer on whitened data: {@code h_y + g} and {@code h_y - g} evolve independently, each by its own scalar
     * factor, so {@code f_y = (p^2 - q^2) / (2 gamma0)} and {@code H_y = G = (p^2 + q^2) / 2} at any step size.
     */
    @Test
    void whitenedDescentWithMomentumAndDecayFollowsTwoScalarRecursions() {
        double gamma0 = 1.3;
        double eta = 0.4;
        double momentum = 0.6;
        double lambda = 0.15;
        Dataset data = whitened(2, -1, 2);
        Training training = new Training(gamma0, eta, 40, momentum, lambda, 0, Training.Dynamics.DESCENT, null);
        OrderParameters solved = SOLVER.solve(new Problem(data, Network.mlp(1, new Linear()), training), null)
                .results();

        double norm = 3;
        double[] mode = {1, 1};
        double[] velocity = new double[2];
        for (int t = 0; t < 40; t++) {
            double f = (mode[0] * mode[0] - mode[1] * mode[1]) / (2 * gamma0);
            double kernel = (mode[0] * mode[0] + mode[1] * mode[1]) / 2;
            for (int mu = 0; mu < 3; mu++) {
                assertThat(solved.f().get(t, mu)).isCloseTo(f * data.targets()[mu] / norm, within(1e-12));
            }
            assertThat(solved.gradientKernels().get(0).get(t, 0, t, 2)).isCloseTo(kernel, within(1e-12));
            for (int sign = 0; sign < 2; sign++) {
                double pull = (sign == 0 ? 1 : -1) * gamma0 / 3 * (norm - f) * mode[sign];
                velocity[sign] = momentum * velocity[sign] + pull - lambda * mode[sign];
            }
            mode[0] += eta * velocity[0];
            mode[1] += eta * velocity[1];
        }
    }

    /** {@code dDelta/dtau = -2 sqrt(1 + gamma0^2 (y - Delta)^2) Delta}, section 4.3, with the factor 2 that print lacks. */
    @Test
    void smallStepsApproachTheWhitenedClosedForm() {
        double gamma0 = 1.5;
        double y = 2;
        double coarse = errorAgainstFlow(gamma0, y, 0.02, 100);
        double fine = errorAgainstFlow(gamma0, y, 0.01, 200);
        assertThat(fine).isLessThan(0.012);
        assertThat(coarse / fine).as("first order in eta").isBetween(1.8, 2.2);
    }

    private static double errorAgainstFlow(double gamma0, double y, double eta, int steps) {
        Problem problem =
                new Problem(whitened(y), Network.mlp(1, new Linear()), Training.descent(gamma0, eta, steps + 1));
        OrderParameters solved = SOLVER.solve(problem, null).results();
        double delta = y;
        double worst = 0;
        for (int t = 0; t <= steps; t++) {
            worst = Math.max(worst, Math.abs(solved.delta().get(t, 0) - delta));
            double k1 = flowRate(delta, gamma0, y);
            double k2 = flowRate(delta + eta / 2 * k1, gamma0, y);
            double k3 = flowRate(delta + eta / 2 * k2, gamma0, y);
            double k4 = flowRate(delta + eta * k3, gamma0, y);
            delta += eta / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        }
        return worst;
    }

    private static double flowRate(double delta, double gamma0, double y) {
        return -2 * Math.sqrt(1 + gamma0 * gamma0 * (y - delta) * (y - delta)) * delta;
    }

    /** Depth three with momentum, decay and a test point, against networks of finite width. */
    @Test
    void wideLinearNetworksWithMomentumAndDecayAgree() {
        Random random = new Random(5);
        Tensor inputs = new Tensor(
                new int[] {6, 4},
                random.doubles(24).map(ignored -> random.nextGaussian()).toArray());
        Dataset data = new Dataset(inputs, new double[] {1, -1, 1});
        Training training = new Training(0.8, 0.1, 10, 0.5, 0.2, 0, Training.Dynamics.DESCENT, null);
        Problem problem = new Problem(data, Network.mlp(3, new Linear()), training);
        OrderParameters solved = SOLVER.solve(problem, null).results();

        NetworkEnsemble ensemble = new NetworkEnsemble(problem, 600, 8);
        for (int mu = 0; mu < 4; mu++) {
            ensemble.assertAgrees("f", ensemble.prediction(9, mu), solved.f().get(9, mu), 0.03);
        }
        for (int l = 0; l < 3; l++) {
            Tensor phi = solved.featureKernels().get(l);
            Tensor g = solved.gradientKernels().get(l);
            ensemble.assertAgrees("Phi", ensemble.features(l, 0, 3, 9, 1), phi.get(0, 3, 9, 1), 0.05);
            ensemble.assertAgrees("Phi", ensemble.features(l, 9, 3, 9, 3), phi.get(9, 3, 9, 3), 0.05);
            ensemble.assertAgrees("G", ensemble.gradients(l, 9, 0, 5, 1), g.get(9, 0, 5, 1), 0.05);
        }
    }

    /** The causal solver reaches the same equations through sampled fields, accumulated weights and one bias row per layer. */
    @ParameterizedTest
    @CsvSource({"true, 1, 0", "false, 3, 0.5", "true, 2, 0.5"})
    void causalSolverAgreesUnderBiasesAndSeveralOutputs(boolean bias, int outputs, double momentum) {
        double[] y = new double[4 * outputs];
        Arrays.setAll(y, i -> Math.cos(3 * i));
        Problem problem = new Problem(
                new Dataset(Threefry.normal(3, 6, 5), y, outputs),
                Network.mlp(3, new Linear()).withBias(bias),
                new Training(1.2, 0.1, 10, momentum, 0.1, 2, Training.Dynamics.DESCENT, null));
        OrderParameters closed = SOLVER.solve(problem, null).results();
        try (CpuBackend backend = new CpuBackend()) {
            OrderParameters causal = new CausalSolver(400, 1)
                    .withTolerances(1e-10, 1e-10)
                    .withResidualNoise(false)
                    .solve(problem, backend)
                    .results();
            assertThat(closed.f().data()).containsExactly(causal.f().data(), within(1e-6));
            assertThat(closed.loss()).containsExactly(causal.loss(), within(1e-6));
            for (int l = 0; l < 3; l++) {
                assertThat(closed.featureKernels().get(l).data())
                        .containsExactly(causal.featureKernels().get(l).data(), within(1e-5));
                assertThat(closed.gradientKernels().get(l).data())
                        .containsExactly(causal.gradientKernels().get(l).data(), within(1e-5));
            }
            assertThat(closed.ntk().data()).containsExactly(causal.ntk().data(), within(1e-4));
        }
    }

    @Test
    void samplesHaveTheCovarianceOfTheKernelAtFirstAndLastRecordedTime() {
        Dataset data = whitened(1, -1);
        Training training = new Training(1.5, 0.3, 20, 0, 0, 0, Training.Dynamics.DESCENT, new int[] {2, 9, 18});
        int samples = 20_000;
        OrderParameters solved = new LinearSolver(samples, 4)
                .solve(new Problem(data, Network.mlp(2, new Linear()), training), null)
                .results();
        assertThat(solved.featureKernels().get(1).shape()).containsExactly(3, 2, 3, 2);
        Tensor h = solved.preactivations().get(1);
        assertThat(h.shape()).containsExactly(2, 2, samples);
        double sum = 0;
        for (int i = 0; i < samples; i++) {
            sum += h.get(0, 1, i) * h.get(1, 0, i);
        }
        double expected = solved.featureKernels().get(1).get(0, 1, 2, 0);
        double scale = solved.featureKernels().get(1).get(2, 0, 2, 0);
        assertThat(sum / samples).isCloseTo(expected, within(5 * scale / Math.sqrt(samples)));
    }

    @Test
    void otherActivationsAreRefusedByName() {
        Problem problem = new Problem(whitened(1), Network.mlp(1, new Relu()), Training.descent(1, 0.1, 3));
        assertThatThrownBy(() -> SOLVER.solve(problem, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("network.activation: relu");
    }

    @Test
    void tooLargeALearningRateStopsWithStepAndRemedy() {
        Problem problem = new Problem(whitened(1), Network.mlp(2, new Linear()), Training.descent(1, 50, 60));
        assertThatThrownBy(() -> SOLVER.solve(problem, null))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("diverged at step")
                .hasMessageContaining("training.eta");
    }

    @Test
    void kernelsThatDoNotFitTheHeapAreRefusedBeforeTheyAreAllocated() {
        Problem problem = new Problem(
                whitened(1, 1, 1, 1),
                Network.mlp(2, new Linear()),
                Training.descent(1, 0.1, 11_000).withRecord(0));
        assertThatThrownBy(() -> SOLVER.solve(problem, null))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("training.steps");
    }
}
