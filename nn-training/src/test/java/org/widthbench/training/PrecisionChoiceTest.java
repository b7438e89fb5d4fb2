package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Relu;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.problem.Problem;

class PrecisionChoiceTest {
    private static Problem problem(double gamma0) {
        return Problems.gaussian(8, 20, 0, 2, new Relu(), Training.descent(gamma0, 0.2, 30));
    }

    private static double distance(Problem problem, int width) {
        double[] single =
                Problems.trained(problem, width, 1, FieldPrecision.FLOAT32).loss();
        double[] exact =
                Problems.trained(problem, width, 1, FieldPrecision.FLOAT64).loss();
        double largest = 0;
        for (int t = 0; t < exact.length; t++) {
            largest = Math.max(largest, Math.abs(single[t] - exact[t]) / exact[0]);
        }
        return largest;
    }

    /** The reference is float64 itself: at gamma0 = 1e-5 most updates fall below the last bit of a float. */
    @ParameterizedTest
    @CsvSource({"1, true", "0.1, true", "0.02, true", "1e-4, false", "1e-5, false"})
    void float32IsChosenWhereTheLossIsThatOfFloat64(double gamma0, boolean single) {
        Problem problem = problem(gamma0);
        assertThat(PrecisionChoice.AUTO.isSingle(problem, 200)).isEqualTo(single);
        if (single) {
            assertThat(distance(problem, 200)).isLessThan(1e-5);
            assertThat(PrecisionChoice.FLOAT32.warning(problem, 200)).isEmpty();
        } else {
            assertThat(distance(problem, 200)).isGreaterThan(2e-5);
            assertThat(PrecisionChoice.FLOAT32.warning(problem, 200))
                    .get()
                    .asString()
                    .contains("gamma0 = " + gamma0, "N = 200", "--precision auto");
        }
    }

    /** Small labels make small updates; labels of 0 make none, and neither format loses any. */
    @Test
    void theScaleOfLabelsAndDecayCount() {
        Problem problem = problem(1);
        double[] tiny =
                Arrays.stream(problem.dataset().targets()).map(y -> 1e-6 * y).toArray();
        Tensor inputs = problem.dataset().inputs();
        Problem small = new Problem(new Dataset(inputs, tiny), problem.network(), problem.training());
        assertThat(PrecisionChoice.AUTO.isSingle(small, 200)).isFalse();
        Problem none = new Problem(new Dataset(inputs, new double[8]), problem.network(), problem.training());
        assertThat(PrecisionChoice.AUTO.isSingle(none, 200)).isTrue();
        Training decayed = new Training(1, 0.2, 30, 0, 1e-7, 0, Training.Dynamics.DESCENT, null);
        Problem slow = new Problem(problem.dataset(), problem.network(), decayed);
        assertThat(PrecisionChoice.AUTO.isSingle(slow, 200)).isFalse();
    }

    @Test
    void formatsAreSaidByWidth() {
        Problem problem = problem(0.005);
        assertThat(PrecisionChoice.AUTO.describe(problem, 50, 2000)).isEqualTo("float64 for N = 50, else float32");
        assertThat(PrecisionChoice.AUTO.describe(problem(1), 50, 2000)).isEqualTo("float32");
        assertThat(PrecisionChoice.FLOAT64.describe(problem, 50)).isEqualTo("float64");
        assertThatThrownBy(() -> PrecisionChoice.of("float16"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("--precision: float16 is not allowed; expected auto, float32 or float64");
    }
}
