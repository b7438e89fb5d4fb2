package org.widthbench.training.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;

class StreamsTest {
    /** Probabilists' Hermite polynomials from tables: He_2 = x^2 - 1, He_3 = x^3 - 3x, He_4 = x^4 - 6x^2 + 3. */
    @ParameterizedTest
    @CsvSource({"1, 1.5, 1.5", "2, 3, 8", "3, 2, 2", "4, 1, -2", "5, 1, 6", "6, 0, -15"})
    void hermitePolynomialsAreTheTabulatedOnes(int degree, double x, double expected) {
        double factorial = IntStream.rangeClosed(1, degree).asDoubleStream().reduce(1, (a, b) -> a * b);
        assertThat(Teacher.hermite(degree, x) * Math.sqrt(factorial)).isCloseTo(expected, within(1e-12));
    }

    /** Standard error of the mean of y^2 over 40000 samples: below 0.03 for degrees up to 3. */
    @Test
    void targetsHaveVarianceOneAndInputsTheVariancesAskedFor() {
        Teacher teacher = new Teacher(8, new int[] {1, 3}, 1.5, 0, 2);
        Samples samples = teacher.test(40_000);
        double square =
                Arrays.stream(samples.targets()).map(y -> y * y).average().orElseThrow();
        assertThat(square).isCloseTo(1, within(0.1));
        double[] variances = teacher.variances();
        assertThat(Arrays.stream(variances).sum()).isCloseTo(8, within(1e-12));
        assertThat(variances[0] / variances[3]).isCloseTo(8, within(1e-12));
        for (int d = 0; d < 8; d++) {
            double sum = 0;
            for (int b = 0; b < samples.count(); b++) {
                sum += Math.pow(samples.inputs().get(b, d), 2) / samples.count();
            }
            assertThat(sum).isCloseTo(variances[d], within(0.05 * variances[d]));
        }
    }

    @Test
    void targetOfDegreeOneIsALinearFunctionOfTheInputs() {
        Samples samples = new Teacher(2, new int[] {1}, 1, 0, 3).test(3);
        // Three points of a linear function in two dimensions determine each other.
        double[] x = samples.inputs().data();
        double determinant = x[0] * x[3] - x[1] * x[2];
        double a = (x[4] * x[3] - x[5] * x[2]) / determinant;
        double b = (x[5] * x[0] - x[4] * x[1]) / determinant;
        assertThat(samples.targets()[2]).isCloseTo(a * samples.targets()[0] + b * samples.targets()[1], within(1e-12));
    }

    @Test
    void onlineBatchesAreNeverTheSameAndDoNotDependOnWhenTheyAreAskedFor() {
        SampleStream stream = new Teacher(3, new int[] {1}, 0, 0.5, 3).online(4, 5);
        Samples later = stream.batch(7);
        assertThat(later.inputs())
                .isEqualTo(stream.batch(7).inputs())
                .isNotEqualTo(stream.batch(8).inputs());
        assertThat(later.targets()).isEqualTo(stream.batch(7).targets());
        assertThat(stream.test().count()).isEqualTo(5);
        assertThat(stream.repeated()).isEmpty();
    }

    @Test
    void noiseIsOnTrainingTargetsAlone() {
        Teacher clean = new Teacher(3, new int[] {1}, 0, 0, 3);
        Teacher noisy = new Teacher(3, new int[] {1}, 0, 0.5, 3);
        assertThat(noisy.test(9).targets()).isEqualTo(clean.test(9).targets());
        double[] with = noisy.training(0, 4000).targets();
        double[] without = clean.training(0, 4000).targets();
        double variance = IntStream.range(0, with.length)
                .mapToDouble(b -> Math.pow(with[b] - without[b], 2))
                .average()
                .orElseThrow();
        assertThat(variance).isCloseTo(0.25, within(0.03));
    }

    private static Samples numbered() {
        double[] pixels = IntStream.rangeClosed(1, 24).asDoubleStream().toArray();
        return new Samples(new Tensor(new int[] {2, 3, 4, 1}, pixels), new double[] {-1, 1});
    }

    @Test
    void unshiftedUnmirroredImagesAreThePool() {
        AugmentedImages images = new AugmentedImages(numbered(), numbered(), 0, false, 1);
        assertThat(Arrays.stream(images.stream(2, false).batch(3).inputs().data())
                        .sorted()
                        .toArray())
                .isEqualTo(numbered().inputs().data());
        assertThat(images.stream(2, true).batch(3).inputs().shape()).containsExactly(2, 12);
    }

    @Test
    void everyPixelMovesByTheSameShiftOrIsBlack() {
        SampleStream stream = new AugmentedImages(numbered(), numbered(), 1, true, 1).stream(2, false);
        int moved = 0;
        for (int t = 0; t < 20; t++) {
            Samples batch = stream.batch(t);
            assertThat(batch.inputs()).isEqualTo(stream.batch(t).inputs());
            for (int b = 0; b < 2; b++) {
                assertThat(isShifted(batch, b)).isTrue();
                moved += batch.inputs().get(b, 0, 0, 0) % 12 == 1 ? 0 : 1;
            }
        }
        // Stays in place unmirrored with probability 1/18.
        assertThat(moved).isGreaterThan(20);
    }

    private static boolean isShifted(Samples batch, int b) {
        double offset = batch.targets()[b] < 0 ? 0 : 12;
        for (int down = -1; down <= 1; down++) {
            for (int right = -1; right <= 1; right++) {
                for (int turn = 0; turn < 2; turn++) {
                    boolean all = true;
                    for (int r = 0; r < 3; r++) {
                        for (int c = 0; c < 4; c++) {
                            int sr = r - down;
                            int sc = turn == 0 ? c - right : 3 - (c - right);
                            boolean inside = sr >= 0 && sr < 3 && sc >= 0 && sc < 4;
                            double expected = inside ? offset + 1 + sr * 4 + sc : 0;
                            all &= batch.inputs().get(b, r, c, 0) == expected;
                        }
                    }
                    if (all) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void datasetPutsTestPointsBehindTrainingPoints() {
        Teacher teacher = new Teacher(3, new int[] {1}, 0, 0, 3);
        Samples training = teacher.training(0, 4);
        Dataset dataset = Samples.dataset(training, teacher.test(2));
        assertThat(dataset.inputs().shape()).containsExactly(3, 6);
        assertThat(dataset.trainingPoints()).isEqualTo(4);
        assertThat(dataset.inputs().get(1, 2)).isEqualTo(training.inputs().get(2, 1));
        assertThat(dataset.inputs().get(2, 5))
                .isEqualTo(teacher.test(2).inputs().get(1, 2));
    }

    @Test
    void settingsOutsideTheirRangeAreNamed() {
        assertThatThrownBy(() -> new Teacher(3, new int[] {9}, 0, 0, 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("degrees: 9");
        assertThatThrownBy(() -> new Teacher(3, new int[] {2, 2}, 0, 0, 0)).hasMessageContaining("every degree once");
        assertThatThrownBy(() -> new Teacher(3, new int[] {2}, -1, 0, 0)).hasMessageContaining("spectrum: -1.0");
    }
}
