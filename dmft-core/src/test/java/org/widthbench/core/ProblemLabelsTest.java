package org.widthbench.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.problem.Problem;

/** Every solver and every trainer takes a {@link Problem}, which knows labels and loss. */
class ProblemLabelsTest {
    private static Problem problem(Loss loss, int outputs, double... targets) {
        Tensor inputs = new Tensor(new int[] {1, 2}, new double[] {1, 2});
        return new Problem(
                new Dataset(inputs, targets, outputs),
                Network.mlp(1, new Linear()),
                Training.descent(1, 0.1, 2).withLoss(loss));
    }

    @Test
    void labelsThatTheLossIsDefinedForAreTaken() {
        assertThat(problem(Loss.LOGISTIC, 1, -1, 1).initialLoss()).isEqualTo(Math.log(2));
        // 0.1 + 0.9 of float32 numbers is not 1 to the last bit.
        assertThat(problem(Loss.CROSS_ENTROPY, 2, 1, 0, 0.1f, 0.9f).initialLoss())
                .isBetween(0.693, 0.694);
        assertThat(problem(Loss.MSE, 1, 0, -3).initialLoss()).isEqualTo(4.5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LOGISTIC      | 1 | 1   | 0    | 0   | 0   | data.y: 0.0 at training point 1 is not allowed; expected -1 or +1
            LOGISTIC      | 1 | 2   | -1   | 0   | 0   | data.y: 2.0 at training point 0 is not allowed; expected -1 or +1
            CROSS_ENTROPY | 2 | 1   | 0    | -1  | 1   | data.y: -1.0 at training point 1, class 0 is not allowed; expected probabilities
            CROSS_ENTROPY | 2 | 0.5 | 0.25 | 1   | 0   | data.y: a row of sum 0.75 at training point 0 is not allowed; expected rows of sum 1
            CROSS_ENTROPY | 2 | 0   | 0    | 0   | 1   | data.y: a row of sum 0.0 at training point 0 is not allowed; expected rows of sum 1
            """)
    void otherLabelsAreRefusedByPointAndRemedy(
            Loss loss, int outputs, double a, double b, double c, double d, String message) {
        double[] targets = outputs == 1 ? new double[] {a, b} : new double[] {a, b, c, d};
        assertThatThrownBy(() -> problem(loss, outputs, targets))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .startsWith(message)
                .contains("training.loss", "or training.loss mse")
                .doesNotContain("\n");
    }
}
