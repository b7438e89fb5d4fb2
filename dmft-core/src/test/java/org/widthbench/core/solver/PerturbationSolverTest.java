package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

class PerturbationSolverTest {
    private static final Backend BACKEND = new CpuBackend();
    private static final int DEPTH = 3;
    private static final int STEPS = 20;
    /** Small enough for the fourth order, large enough for rounding: both are near 1e-6 of the second order. */
    private static final double SMALL = 1e-3;

    private static final PerturbationSolver CORRECTED =
            new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 10, 0);
    private static final PerturbationSolver PUBLISHED =
            new PerturbationSolver(PerturbationSolver.Form.AS_PUBLISHED, 10, 0);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    /** Correlated points with unequal labels, so that V is far from symmetric; the last point is a test point. */
    private static Problem problem(double gamma0, Training.Dynamics dynamics) {
        Random random = new Random(7);
        double[] inputs = new double[20];
        for (int i = 0; i < 20; i++) {
            inputs[i] = random.nextGaussian() + 0.7;
        }
        Dataset data = new Dataset(new Tensor(new int[] {5, 4}, inputs), new double[] {1.5, -1, 0.3});
        Training training = Training.descent(gamma0, 0.1, STEPS).withDynamics(dynamics);
        return new Problem(data, Network.mlp(DEPTH, new Linear()), training);
    }

    /** {@code (q(gamma0) - q(0)) / gamma0^2} against the same of the expansion, which is exactly {@code q_2}. */
    private static void assertSecondOrder(double[] exact, double[] expansion, double[] lazy, double tolerance) {
        for (int i = 0; i < exact.length; i++) {
            double measured = (exact[i] - lazy[i]) / (SMALL * SMALL);
            double predicted = (expansion[i] - lazy[i]) / (SMALL * SMALL);
            assertThat(predicted).isCloseTo(measured, within(tolerance * Math.max(1, Math.abs(measured))));
        }
    }

    @Test
    void correctedKernelsAreTheSecondOrderOfTheExactDescentSolution() {
        Problem problem = problem(SMALL, Training.Dynamics.DESCENT);
        OrderParameters exact = new LinearSolver(1, 0).solve(problem, null).results();
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        OrderParameters expansion = CORRECTED.solve(problem, null).results();
        for (int l = 0; l < DEPTH; l++) {
            assertSecondOrder(
                    exact.featureKernels().get(l).data(),
                    expansion.featureKernels().get(l).data(),
                    lazy.featureKernels().get(l).data(),
                    1e-4);
            assertSecondOrder(
                    exact.gradientKernels().get(l).data(),
                    expansion.gradientKernels().get(l).data(),
                    lazy.gradientKernels().get(l).data(),
                    1e-4);
        }
        assertSecondOrder(exact.ntk().data(), expansion.ntk().data(), lazy.ntk().data(), 1e-4);
    }

    @Test
    void correctedPredictionsAreTheSecondOrderOfGradientFlow() {
        Problem problem = problem(SMALL, Training.Dynamics.FLOW);
        OrderParameters exact = new LinearSolver(1, 0).solve(problem, null).results();
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        OrderParameters expansion = CORRECTED.solve(problem, null).results();
        assertThat(exact.f().get(STEPS - 1, 3)).isNotCloseTo(0, within(0.05));
        assertSecondOrder(exact.f().data(), expansion.f().data(), lazy.f().data(), 1e-4);
    }

    @Test
    void publishedKernelsAreTheSecondOrderWithoutResponses() {
        Problem problem = problem(SMALL, Training.Dynamics.DESCENT);
        OrderParameters exact =
                new LinearSolver(1, 0).withoutResponses().solve(problem, null).results();
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        OrderParameters expansion = PUBLISHED.solve(problem, null).results();
        assertSecondOrder(exact.ntk().data(), expansion.ntk().data(), lazy.ntk().data(), 1e-4);
        assertSecondOrder(
                exact.featureKernels().get(2).data(),
                expansion.featureKernels().get(2).data(),
                lazy.featureKernels().get(2).data(),
                1e-4);
    }

    /** {@code q(L) = L (L+1)^2 (L+2) / 12} against {@code L (L+1) / 2}, section 5: 20 against 6 at L = 3. */
    @Test
    void theTwoFormsDifferByTheirPrefactors() {
        Problem problem = problem(0.3, Training.Dynamics.FLOW);
        double[] corrected = CORRECTED.solve(problem, null).results().ntk().data();
        double[] published = PUBLISHED.solve(problem, null).results().ntk().data();
        double[] lazy = new StaticKernelSolver(1, 0)
                .solve(problem, null)
                .results()
                .ntk()
                .data();
        int last = corrected.length - 1;
        assertThat((corrected[last] - lazy[last]) / (published[last] - lazy[last]))
                .isCloseTo(20.0 / 6, within(1e-10));
    }

    /** The measured expansion, which knows nothing of the closed form, on a linear network. */
    @Test
    void differencesOfCausalSolvesReproduceTheClosedForm() {
        Problem problem = problem(0.5, Training.Dynamics.FLOW);
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        for (PerturbationSolver.Form form : PerturbationSolver.Form.values()) {
            PerturbationSolver solver = new PerturbationSolver(form, 128, 3);
            OrderParameters closed = solver.solve(problem, null).results();
            OrderParameters measured = solver.solveByDifference(problem, BACKEND, Progress.NONE);
            assertMoved(measured.ntk(), closed.ntk(), lazy.ntk(), 0.01);
            assertMoved(measured.f(), closed.f(), lazy.f(), 0.01);
            assertMoved(
                    measured.featureKernels().get(1),
                    closed.featureKernels().get(1),
                    lazy.featureKernels().get(1),
                    0.01);
        }
    }

    /** Second order in gamma0 of the closed equations with biases and two outputs, which no closed expansion covers. */
    @Test
    void differencesOfCausalSolvesAreTheSecondOrderUnderBiasesAndSeveralOutputs() {
        Problem plain = problem(SMALL, Training.Dynamics.DESCENT);
        Dataset data = new Dataset(plain.dataset().inputs(), new double[] {1, 0.5, -1, 0.2, 0.3, -0.6}, 2);
        Training training = Training.descent(SMALL, 0.05, STEPS).withRecord(0, 5, STEPS - 1);
        Problem problem = new Problem(data, Network.mlp(DEPTH, new Linear()).withBias(true), training);
        OrderParameters exact = new LinearSolver(1, 0).solve(problem, null).results();
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        OrderParameters measured = new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 256, 3)
                .solve(problem, BACKEND)
                .results();
        assertMoved(measured.ntk(), exact.ntk(), lazy.ntk(), 0.02);
        assertMoved(measured.f(), exact.f(), lazy.f(), 0.02);
        assertMoved(
                measured.gradientKernels().get(0),
                exact.gradientKernels().get(0),
                lazy.gradientKernels().get(0),
                0.02);
    }

    /** At gamma0 = 0.2 what the expansion misses is of fourth order: far less than what it adds to the lazy limit. */
    @Test
    void expansionOfTanhNetworksComesCloseToTheFullSolution() {
        Problem linear = problem(0.2, Training.Dynamics.DESCENT);
        Problem problem = new Problem(linear.dataset(), Network.mlp(2, new Tanh(1)), linear.training());
        OrderParameters lazy = new StaticKernelSolver(1, 0).solve(problem, null).results();
        OrderParameters full = new CausalSolver(4096, 9).solve(problem, BACKEND).results();
        OrderParameters expansion = new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 4096, 3)
                .solve(problem, BACKEND)
                .results();
        assertMoved(expansion.ntk(), full.ntk(), lazy.ntk(), 0.25);
        assertThat(expansion.preactivations().get(0).shape()).containsExactly(2, 4, 4096);
    }

    /** The change from {@code lazy} to {@code expected} is reproduced up to a relative error. */
    private static void assertMoved(Tensor actual, Tensor expected, Tensor lazy, double tolerance) {
        double error = 0;
        double change = 0;
        for (int i = 0; i < lazy.data().length; i++) {
            error += Math.pow(actual.data()[i] - expected.data()[i], 2);
            change += Math.pow(expected.data()[i] - lazy.data()[i], 2);
        }
        assertThat(Math.sqrt(error / change)).isLessThan(tolerance);
    }

    @Test
    void weightDecayIsRefused() {
        Training training = new Training(1, 0.1, 5, 0, 0.1, 0, Training.Dynamics.DESCENT, null);
        Problem problem =
                new Problem(problem(1, Training.Dynamics.DESCENT).dataset(), Network.mlp(2, new Tanh(1)), training);
        assertThatThrownBy(() -> CORRECTED.solve(problem, BACKEND))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.weightDecay");
    }
}
