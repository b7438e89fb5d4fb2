package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.widthbench.comparison.Comparison;
import org.widthbench.comparison.SmallResults;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.training.WidthTheory;

class WidthAgreementTest {
    private static final int SAMPLES = 1 << 20;
    private static final int WIDTH = 100;

    private final OrderParameters theory = SmallResults.result(1, 0.5);

    /** Seeds whose losses lie above and below the theory's by {@code 2/sqrt(N)} at the second time, with {@code A = 1 - 3/N}. */
    private AlignmentTable seeds(int count) {
        List<TaskResult> results = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
            double[] loss = theory.loss().clone();
            loss[1] += (seed % 2 == 0 ? 2 : -2) / Math.sqrt(WIDTH);
            double[] alignment = {1 - 3.0 / WIDTH};
            double[] one = {1};
            results.add(new TaskResult(WIDTH, seed, new Comparison(alignment, alignment, one, one, 0, 0), loss, 1));
        }
        return new AlignmentTable(results);
    }

    /** A theory of such networks, its numbers times a factor, each to a hundredth; a network's {@code 1 - A} scatters by a tenth. */
    private WidthTheory expected(double std, double misalignment) {
        double[] scatter = new double[theory.loss().length];
        scatter[1] = 2 * std;
        WidthTheory.Estimate losses = relative(scatter);
        WidthTheory.Estimate kernels = relative(3 * misalignment);
        return new WidthTheory(
                losses,
                relative(new double[scatter.length]),
                losses,
                losses,
                kernels,
                relative(3),
                new WidthTheory.Settings(1024, 100, 0.1, 0, 0));
    }

    private static WidthTheory.Estimate relative(double... values) {
        double[] errors = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            errors[i] = values[i] / 100;
        }
        return new WidthTheory.Estimate(values, errors);
    }

    private WidthAgreement judge(double std, double misalignment, int seeds) {
        return WidthAgreement.of(expected(std, misalignment), theory, SAMPLES, seeds(seeds));
    }

    /** Of 40 seeds the deviation is {@code sqrt(40/39)} of what each is off; its error {@code 1/sqrt(78)}. */
    @Test
    void seedsThatDoWhatTheorySaysAreWithin() {
        WidthAgreement agreement = judge(1, 1, 40);
        assertThat(agreement.step()).isEqualTo(1);
        assertThat(agreement.scatter().orElseThrow().value()).isCloseTo(Math.sqrt(40 / 39.0), within(1e-12));
        assertThat(agreement.scatter().orElseThrow().error())
                .isCloseTo(Math.hypot(1 / Math.sqrt(78), 0.01), within(1e-12));
        assertThat(agreement.outside()).isEmpty();
        assertThat(agreement.text())
                .contains("seeds scatter as theory says: ratio 1.01 +- 0.11")
                .doesNotContain("OUTSIDE");
        // Mean of as many above as below: no bias, known to sqrt(N) 2 / sqrt(40).
        WidthAgreement.Row bias = agreement.judged(WIDTH).get(1);
        assertThat(bias.seen()).isCloseTo(0, within(1e-9));
        assertThat(bias.seenError()).isCloseTo(20 / Math.sqrt(39), within(1e-9));
    }

    @Test
    void theoriesThatAreOffByAFactorAreSaidToBeSo() {
        WidthAgreement scatter = judge(0.5, 1, 40);
        assertThat(scatter.outside()).containsExactly(WIDTH);
        assertThat(scatter.text())
                .contains(
                        "seeds do NOT scatter as theory says: ratio 2.03", "N = 100 lies OUTSIDE", "lossStd at 1 by +");
        WidthAgreement wide = judge(3, 1, 40);
        assertThat(wide.outside()).containsExactly(WIDTH);
        WidthAgreement kernels = judge(1, 2, 40);
        assertThat(kernels.outside()).containsExactly(WIDTH);
        assertThat(kernels.text())
                .contains("seeds scatter as theory says", "misalignmentPhi at 1 by -")
                .doesNotContain("misalignmentG at 1 by");
        assertThat(kernels.toMap().toString()).contains("verdict=outside", "verdict=within");
    }

    /** Two seeds know a deviation to 1/sqrt(2) only; that they lie close together by chance is no bias either. */
    @Test
    void fewSeedsAreUnresolvedNotRight() {
        assertThat(judge(1, 1, 2).text())
                .contains("whether seeds scatter as theory says is unresolved: ratio 1.41 +- 0.71");
        WidthAgreement one = judge(1, 1, 1);
        assertThat(one.rows()).isEmpty();
        assertThat(one.outside()).isEmpty();
        assertThat(one.text()).contains("N = 100 is unresolved: 1 seed, 2 are needed");
    }
}
