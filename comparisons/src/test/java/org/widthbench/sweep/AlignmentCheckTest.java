package org.widthbench.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.SweepSpec;

class AlignmentCheckTest {
    private static TaskResult result(int width, long seed, double phi, double g) {
        return result(width, seed, phi, g, 1);
    }

    private static TaskResult result(int width, long seed, double phi, double g, double normRatio) {
        Comparison comparison =
                new Comparison(new double[] {phi}, new double[] {g}, new double[] {normRatio}, new double[] {1}, 0, 0);
        return new TaskResult(width, seed, comparison, new double[] {1}, 0.5);
    }

    private final AlignmentTable table = new AlignmentTable(
            List.of(result(500, 0, 0.99, 0.995), result(500, 1, 0.97, 0.999), result(1000, 0, 0.98, 0.99)));

    @Test
    void oneSeedBelowTheThresholdFailsItsCase() {
        AlignmentCheck check = AlignmentCheck.of("tanh", table, 0.98);
        assertThat(check.passed()).isFalse();
        assertThat(check.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.name()).isEqualTo("N=500 A(Phi_1)");
            assertThat(failure.smallest()).isEqualTo(0.97);
            assertThat(failure.seed()).isEqualTo(1);
        });
        assertThat(check.text()).containsOnlyOnce("BELOW 0.98");
    }

    /** Mean .98, deviation .01 * sqrt(2), standard error .01; 500 (1 - .98) = 10. */
    @Test
    void meanOfTheSeedsMayBeJudgedInstead() {
        AlignmentCheck check = AlignmentCheck.of("tanh", table, 0.98, 2, AlignmentCheck.Judged.MEAN);
        assertThat(check.passed()).isTrue();
        assertThat(check.cases().get(0).standardError()).isCloseTo(0.01, within(1e-12));
        assertThat(check.cases().get(0).lawConstant()).isCloseTo(10, within(1e-9));
        assertThat(check.text()).contains("0.010000").contains("10.00");
        assertThat(check.toMap()).containsEntry("judged", "mean");
        AlignmentCheck stricter = AlignmentCheck.of("tanh", table, 0.985, 2, AlignmentCheck.Judged.MEAN);
        assertThat(stricter.failures()).hasSize(2);
        assertThat(stricter.junitXml()).contains("in the mean (standard error");
    }

    /** Kernels ten times too large, or too small, have an alignment of 1. */
    @ParameterizedTest
    @ValueSource(doubles = {10, 0.1})
    void aNormBeyondTheFactorFailsItsCaseThoughTheAlignmentIsOne(double ratio) {
        AlignmentTable wrong = new AlignmentTable(List.of(result(500, 0, 1, 1), result(500, 1, 1, 1, ratio)));
        AlignmentCheck check = AlignmentCheck.of("tanh", wrong, 0.98);
        assertThat(check.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.name()).isEqualTo("N=500 A(Phi_1)");
            assertThat(failure.normRatio()).isEqualTo(ratio);
        });
        assertThat(check.text()).containsOnlyOnce("NORM BEYOND A FACTOR OF 2.0").doesNotContain("BELOW");
        assertThat(check.junitXml()).contains("the norm of Phi_1 at N=500 is " + ratio + " times the theory's");
        // The mean of 1 and .1 is .55, that of 1 and 10 is 5.5.
        assertThat(AlignmentCheck.of("tanh", wrong, 0.98, 2, AlignmentCheck.Judged.MEAN)
                        .passed())
                .isEqualTo(ratio < 1);
        assertThat(AlignmentCheck.of("tanh", wrong, 0.98, 10, AlignmentCheck.Judged.SMALLEST)
                        .passed())
                .isTrue();
    }

    @Test
    void exactlyTheThresholdPasses() {
        assertThat(AlignmentCheck.of("tanh", table, 0.97).passed()).isTrue();
    }

    /** A file may be called anything; XML has no word for a bell, an escape or half a pair of surrogates. */
    @Test
    void junitXmlOfANameWithControlCharactersCanBeRead() throws Exception {
        String xml = AlignmentCheck.of("a\u0007b\u001b[31m\n\ud800\uffff c", table, 0.98)
                .junitXml();
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(suite.getAttribute("name")).isEqualTo("widthbench check a?b?[31m??? c");
    }

    @Test
    void junitXmlCountsCasesAndFailuresWhateverTheName() throws Exception {
        String xml = AlignmentCheck.of("a<b & \"c\"", table, 0.98).junitXml();
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(suite.getAttribute("name")).isEqualTo("widthbench check a<b & \"c\"");
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(4);
        assertThat(suite.getElementsByTagName("failure").getLength()).isEqualTo(1);
    }

    @Test
    void checksOnlyWideEnoughNetworks() {
        SweepSpec sweep = new SweepSpec(new int[] {10, 500, 1000}, 2);
        assertThat(AlignmentCheck.widths(sweep, 500, 0.98, 2).widths()).containsExactly(500, 1000);
        assertThatThrownBy(() -> AlignmentCheck.widths(sweep, 2000, 0.98, 2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--min-width: 2000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.01, Double.NaN})
    void aThresholdThatIsNoAlignmentIsRefused(double threshold) {
        assertThatThrownBy(() -> AlignmentCheck.widths(new SweepSpec(new int[] {500}, 1), 500, threshold, 2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--threshold");
    }
}
