package org.widthbench.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;

class ApproximationFigureTest {
    /** The authors read their picture by eye; issue and report state this tolerance. */
    private static final double TOLERANCE = 0.02;

    /** Mean alignment over layers with a network, at gamma0 = 1.5. */
    private static final Map<Approximation, Double> ALIGNMENT = new EnumMap<>(Approximation.class);

    private static Problem problem;
    private static OrderParameters network;

    @TempDir
    private Path folder;

    /** The authors' problem with a training time of 2.5 walked in 25 steps in place of 100. */
    @BeforeAll
    static void compareWithOneNetwork() {
        Training training = Training.descent(1.5, 0.1, 25).withRecord(0, 4, 8, 12, 16, 20, 24);
        problem = new Problem(new GaussianSource(40, 20, 0).load(), Network.mlp(5, new Linear()), training);
        network = Ensemble.networks().train(problem, 1000, 0, Progress.NONE);
        for (Approximation theory : Approximation.values()) {
            OrderParameters solved =
                    theory.solver().solve(problem, null, Progress.NONE).results();
            ALIGNMENT.put(theory, Approximation.mean(Approximation.alignment(solved, network)));
        }
    }

    @Test
    void theoryAlignsBetterThanEveryApproximationAtStrongFeatureLearning() {
        double exact = ALIGNMENT.get(Approximation.DMFT);
        Stream.of(Approximation.values())
                .filter(theory -> theory != Approximation.DMFT)
                .forEach(theory ->
                        assertThat(ALIGNMENT.get(theory)).as(theory.word()).isLessThan(exact - 0.05));
    }

    @Test
    void theoryStaticKernelsAndGradientIndependenceAlignAsInTheAuthorsPicture() {
        for (Approximation theory : List.of(Approximation.DMFT, Approximation.STATIC, Approximation.INDEPENDENCE)) {
            double read = theory.read().orElseThrow()[1];
            assertThat(ALIGNMENT.get(theory)).as(theory.word()).isEqualTo(read, within(TOLERANCE));
        }
    }

    /** The printed expansion drops terms of its own order, so that it moves kernels too little. */
    @Test
    void correctedExpansionAlignsBetterThanThePrintedOne() {
        assertThat(ALIGNMENT.get(Approximation.CORRECTED)).isGreaterThan(ALIGNMENT.get(Approximation.PUBLISHED));
    }

    /** The solver sums over steps what is integrated here in the eigenbasis of K. */
    @Test
    void printedFormulaIntegratedExactlyAlignsAsTheSolversDoes() {
        NotebookExpansion exact = new NotebookExpansion(problem, false, null);
        assertThat(exact.alignment(network)).isEqualTo(ALIGNMENT.get(Approximation.PUBLISHED), within(0.01));
    }

    /**
     * Why 0.862 is not reproduced: what the authors' notebook computes changes with the signs of the eigenvectors, which are
     * arbitrary, by more than the tolerance ({@code docs/theory.md} section 8). 16 draws of signs; 0.862 lies among what they give.
     */
    @Test
    void curveOfThePrintedExpansionDependsOnArbitrarySignsOfEigenvectors() {
        double[] alignments = IntStream.range(0, 16)
                .mapToDouble(seed -> new NotebookExpansion(problem, true, new Random(seed)).alignment(network))
                .sorted()
                .toArray();
        assertThat(alignments[15] - alignments[0]).isGreaterThan(2 * TOLERANCE);
        assertThat(Approximation.PUBLISHED.read().orElseThrow()[1]).isBetween(alignments[0], alignments[15]);
    }

    @Test
    void writesOneRowPerTheoryGamma0AndLayer() throws IOException {
        FigureOptions options = TinyFigures.options();
        ApproximationFigure figure = new ApproximationFigure();
        Experiment tiny = new Experiment(
                new GaussianSource(6, 4, 0),
                Network.mlp(2, new Linear()),
                Training.descent(1.5, 0.1, 4),
                figure.experiment(options).theory(),
                new SweepSpec(new int[] {16}, 2));
        Report report = figure.reproduce(tiny, FigureStudy.inMemory(folder, null, Reporter.SILENT));
        assertThat(report.summary()).containsEntry("precision", "float32");
        report.writeFigures(folder, Style.PAPER, PageWidth.DOUBLE_COLUMN);
        List<String> csv = Files.readAllLines(folder.resolve("approximations.csv"));
        assertThat(csv.get(0)).isEqualTo("theory,gamma0,layer,alignment");
        // 5 theories, gamma0 from 0.25 to 1.5 in 15 steps, 2 layers.
        assertThat(csv).hasSize(1 + 5 * 16 * 2);
        assertThat(csv).anyMatch(line -> line.startsWith("perturbation-as-published,1.0,2,"));
        assertThat(csv.stream().skip(1).map(line -> Double.parseDouble(line.split(",")[3])))
                .allMatch(alignment -> alignment > 0 && alignment <= 1);
        for (String panel : List.of("", "-loss", "-alignment", "-layers", "-kernels")) {
            assertThat(folder.resolve("fig4" + panel + ".png")).isNotEmptyFile();
        }
    }
}
