package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.io.Npz;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

class StaticKernelSolverTest {
    private static final StaticKernelSolver SOLVER = new StaticKernelSolver(40, 2);

    private static Dataset threeTrainedOneTest() {
        Random random = new Random(11);
        double[] inputs =
                random.doubles(20).map(ignored -> random.nextGaussian()).toArray();
        return new Dataset(new Tensor(new int[] {5, 4}, inputs), new double[] {1, -1, 1});
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "tanh", "erf", "softplus"})
    void kernelsAreThoseOfUntrainedWideNetworks(String activation) {
        Problem problem = new Problem(
                threeTrainedOneTest(), Network.mlp(3, Activation.of(activation, 1.2)), Training.descent(1, 0.1, 1));
        OrderParameters solved = SOLVER.solve(problem, null).results();
        NetworkEnsemble ensemble = new NetworkEnsemble(problem, 500, 10);
        for (int l = 0; l < 3; l++) {
            Tensor phi = solved.featureKernels().get(l);
            Tensor g = solved.gradientKernels().get(l);
            for (int al = 1; al < 4; al++) {
                ensemble.assertAgrees("Phi", ensemble.features(l, 0, 1, 0, al), phi.get(0, 1, 0, al), 0.06);
                ensemble.assertAgrees("G", ensemble.gradients(l, 0, 1, 0, al), g.get(0, 1, 0, al), 0.06);
            }
        }
    }

    /**
     * Tanh of raw pixels, slope times standard deviation up to 200, where a fixed Gauss-Hermite grid gives .358773 and 85.407.
     * Expected numbers: quadrature by substitution, of other hands ({@code ../shared/cases/README.md}).
     */
    @Test
    void rawPixelsUnderASteepTanhFollowTheirTangentKernel() throws IOException {
        String file = "cases/steep-tanh-pixels/data.npz";
        Tensor inputs = Npz.readArray(SharedFiles.require(file), "X");
        double[] targets = Npz.readArray(SharedFiles.require(file), "y").data();
        Problem problem =
                new Problem(new Dataset(inputs, targets), Network.mlp(2, new Tanh(0.8)), Training.descent(1, 1e-3, 30));
        OrderParameters solved = SOLVER.solve(problem, null).results();
        assertThat(solved.finalLoss()).isCloseTo(0.491934, within(5e-7));
        assertThat(solved.ntk().get(0, 0, 0)).isCloseTo(54.895, within(5e-4));
    }

    @Test
    void linearNetworksHaveTheKernelLPlusOneTimesTheInputKernel() {
        Problem problem = new Problem(threeTrainedOneTest(), Network.mlp(4, new Linear()), Training.descent(1, 0.1, 3));
        Tensor ntk = SOLVER.solve(problem, null).results().ntk();
        for (int i = 0; i < 16; i++) {
            assertThat(ntk.data()[32 + i]).isCloseTo(5 * problem.inputKernel().data()[i], within(1e-13));
        }
    }

    /** The lazy limit of the exact linear solver, with momentum: the difference falls as gamma0 squared. */
    @ParameterizedTest
    @CsvSource({"false, 1, false", "true, 2, false", "true, 2, true"})
    void predictionsAreTheLazyLimitOfTheFullEquations(boolean bias, int outputs, boolean online) {
        int steps = 10;
        Training training = new Training(0.01, 0.05, steps, 0.5, 0, online ? 2 : 0, Training.Dynamics.DESCENT, null);
        int trained = online ? 2 * steps : 3;
        double[] targets =
                new Random(3).doubles((long) trained * outputs, -1, 1).toArray();
        Problem problem = new Problem(
                new Dataset(Threefry.normal(11, 5, trained + 1), targets, outputs),
                Network.mlp(3, new Linear()).withBias(bias),
                online ? training.withOnlineBatch(2) : training);
        double[] lazy = SOLVER.solve(problem, null).results().f().data();
        double[] full =
                new LinearSolver(1, 0).solve(problem, null).results().f().data();
        double[] fuller = new LinearSolver(1, 0)
                .solve(problem.withGamma0(0.02), null)
                .results()
                .f()
                .data();
        double near = 0;
        double far = 0;
        for (int i = 0; i < lazy.length; i++) {
            near = Math.max(near, Math.abs(full[i] - lazy[i]));
            far = Math.max(far, Math.abs(fuller[i] - lazy[i]));
        }
        assertThat(near).isLessThan(0.01);
        assertThat(far / near).isBetween(3.8, 4.2);
    }

    /** A linear system: each eigenmode of the NTK decays by its own factor, here checked through the whole matrix. */
    @Test
    void residualsDecayByTheTrainingBlockOfTheKernel() {
        Problem problem = new Problem(threeTrainedOneTest(), Network.mlp(2, new Tanh(1)), Training.descent(1, 0.4, 6));
        OrderParameters solved = SOLVER.solve(problem, null).results();
        double[] delta = {1, -1, 1};
        for (int t = 0; t < 6; t++) {
            double[] next = delta.clone();
            for (int mu = 0; mu < 3; mu++) {
                assertThat(solved.delta().get(t, mu)).isCloseTo(delta[mu], within(1e-13));
                for (int al = 0; al < 3; al++) {
                    next[mu] -= 0.4 / 3 * solved.ntk().get(0, mu, al) * delta[al];
                }
            }
            delta = next;
        }
    }

    /** 4 points at 20000 times make kernels of 80000^2 entries, more than an array holds. */
    @Test
    void recordingTooManyTimesIsRefusedBeforeWorkStarts() {
        Problem problem =
                new Problem(threeTrainedOneTest(), Network.mlp(2, new Tanh(1)), Training.descent(1, 0.1, 20_000));
        assertThatThrownBy(() -> SOLVER.solve(problem, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.record");
    }

    @Test
    void weightDecayIsRefused() {
        Training training = new Training(1, 0.1, 5, 0, 0.1, 0, Training.Dynamics.DESCENT, null);
        Problem problem = new Problem(threeTrainedOneTest(), Network.mlp(2, new Tanh(1)), training);
        assertThatThrownBy(() -> SOLVER.solve(problem, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("training.weightDecay");
    }
}
