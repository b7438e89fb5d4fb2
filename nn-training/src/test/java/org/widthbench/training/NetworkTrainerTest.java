package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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
import org.widthbench.core.activation.Relu;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

class NetworkTrainerTest {
    private static final double ROUNDING = 1e-10;

    private final Backend backend = new CpuBackend();

    @ParameterizedTest(name = "{0}: momentum {1}, weight decay {2}, batch {3}, depth {4}, width {5}")
    @CsvSource({
        "tanh,0,0,0,3,70",
        "relu,0.9,0,0,2,33",
        "softplus,0,0.1,0,2,7",
        "erf,0.5,0.2,0,3,7",
        "linear,0.5,0.1,2,2,7",
        "tanh,0,0,3,1,1"
    })
    void everyRecordedNumberAgreesWithTheOtherEngine(
            String activation, double momentum, double weightDecay, int batch, int depth, int width) {
        Training training = Problems.training(0.3, 9, momentum, weightDecay, batch);
        compare(Problems.gaussian(4, 5, 2, depth, Activation.of(activation, 0.8), training), width);
    }

    @Test
    void logisticLossRateScheduleAndSparseRecordingAgreeWithTheOtherEngine() {
        Training training = new Training(1.3, 0.5, 9, 0.6, 0.2, 0, Training.Dynamics.DESCENT, new int[] {0, 3, 7})
                .withLoss(Loss.LOGISTIC)
                .withSchedule(1, 0.5, 2, 0, 1, 1, 1, 1, 1);
        compare(Problems.gaussian(4, 6, 0, 2, new Tanh(0.8), training), 40);
    }

    private void compare(Problem problem, int width) {
        OrderParameters expected = new MlpTrainer(width, 5, Precision.FLOAT64).train(problem);
        OrderParameters actual = new NetworkTrainer(width, 5, backend).train(problem);
        assertThat(actual.times()).isEqualTo(expected.times());
        assertThat(actual.loss()).containsExactly(expected.loss(), within(ROUNDING));
        compare(actual.f(), expected.f());
        compare(actual.delta(), expected.delta());
        compare(actual.ntk(), expected.ntk());
        for (int l = 0; l < expected.depth(); l++) {
            compare(actual.featureKernels().get(l), expected.featureKernels().get(l));
            compare(actual.gradientKernels().get(l), expected.gradientKernels().get(l));
            compare(actual.preactivations().get(l), expected.preactivations().get(l));
            compare(actual.pullbacks().get(l), expected.pullbacks().get(l));
        }
    }

    private static void compare(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.data()).containsExactly(expected.data(), within(ROUNDING));
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

    @Test
    void divergenceNamesTheStepAndTheRemedy() {
        Problem problem = Problems.gaussian(4, 4, 0, 2, new Relu(), Training.descent(1, 1e6, 60));
        assertThatThrownBy(() -> new NetworkTrainer(20, 1, backend).train(problem))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("network of width 20 diverged at step")
                .hasMessageContaining("training.eta");
    }

    @Test
    void widthZeroIsRefused() {
        assertThatThrownBy(() -> new NetworkTrainer(0, 1, backend)).isInstanceOf(InvalidInputException.class);
    }
}
