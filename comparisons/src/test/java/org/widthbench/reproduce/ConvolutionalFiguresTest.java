package org.widthbench.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.comparison.Comparison;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.data.TextureSource;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.report.Report;
import org.widthbench.sweep.AlignmentTable;
import org.widthbench.sweep.TaskResult;

class ConvolutionalFiguresTest {
    @TempDir
    private Path folder;

    @Test
    void kernelsOfPixelsApproachTheTheoryAsChannelsGrow() throws IOException {
        ChannelFigure figure = new ChannelFigure();
        Experiment standard = figure.experiment(TinyFigures.options());
        Experiment tiny = new Experiment(
                new TextureSource(3, 2, 4, 0, 0),
                standard.network(),
                Training.descent(1, 0.2, 6),
                standard.theory().withSamples(512),
                new SweepSpec(new int[] {16, 128}, 3));
        Report report;
        try (Backend backend = new CpuBackend()) {
            report = figure.reproduce(tiny, FigureStudy.inMemory(folder, backend, Reporter.SILENT));
        }
        assertThat(report.summary()).containsEntry("precision", "float32");
        for (String file : List.of("alignment.csv", "alignment-of-pixels.csv")) {
            List<String> csv = Files.readAllLines(folder.resolve(file));
            assertThat(csv.get(0)).isEqualTo("width,seed,kernel,layer,alignment,loss_distance");
            // Two widths, three seeds, Phi and G of two layers.
            assertThat(csv).hasSize(1 + 2 * 3 * 4);
        }
        List<String> pixels = Files.readAllLines(folder.resolve("alignment-of-pixels.csv"));
        for (String layer : List.of(",Phi,1,", ",Phi,2,")) {
            // One over N makes it an eighth.
            assertThat(misalignment(pixels, "128", layer)).isLessThan(0.4 * misalignment(pixels, "16", layer));
        }
        assertThat(report.verdicts()).last().satisfies(verdict -> {
            assertThat(verdict.outcome()).isEqualTo(Report.Outcome.UNRESOLVED);
            assertThat(verdict.text()).contains("needs three widths");
        });
        assertThat(folder.resolve("theory.npz")).isNotEmptyFile();
    }

    /** {@code tan^2 = c / N^p} exactly, c different for each seed; the last seed of the unresolved case falls otherwise. */
    @Test
    void aPowerOfWidthPassesOnlyWithItsInterval() {
        assertThat(power(1, 1, 16, 32, 64)).isEqualTo(Report.Outcome.PASS);
        assertThat(power(0.5, 0.5, 16, 32, 64)).isEqualTo(Report.Outcome.FAIL);
        assertThat(power(1, 0.7, 16, 32, 64)).isEqualTo(Report.Outcome.UNRESOLVED);
        assertThat(power(1, 1, 16, 64)).isEqualTo(Report.Outcome.UNRESOLVED);
    }

    private static Report.Outcome power(double exponent, double ofLast, int... widths) {
        List<TaskResult> results = new ArrayList<>();
        for (int width : widths) {
            for (int seed = 0; seed < 3; seed++) {
                double tangent = (1 + seed) * Math.pow(width, -(seed == 2 ? ofLast : exponent));
                double[] alignment = {1 / Math.sqrt(1 + tangent)};
                results.add(new TaskResult(
                        width,
                        seed,
                        new Comparison(alignment, alignment, alignment, alignment, 0, 0),
                        new double[] {1},
                        0));
            }
        }
        return ChannelFigure.power(new AlignmentTable(results)).outcome();
    }

    private static double misalignment(List<String> csv, String width, String kernel) {
        return csv.stream()
                .filter(row -> row.startsWith(width + ",") && row.contains(kernel))
                .mapToDouble(row -> 1 - Double.parseDouble(row.split(",")[4]))
                .average()
                .orElseThrow();
    }

    @Test
    void imageClassesStartUndecidedAndLearn() throws IOException {
        ImageClassesFigure figure = ImageClassesFigure.variants().get(0);
        Experiment standard = figure.experiment(TinyFigures.options());
        Training training = new Training(10, 5e-4, 31, 0, 0, 8, Training.Dynamics.DESCENT, new int[] {0, 15, 30});
        Experiment tiny = new Experiment(
                new TextureSource(4, 1, 32, 16, 0),
                standard.network(),
                training,
                standard.theory(),
                new SweepSpec(new int[] {8, 16}, 1));
        Report report = figure.reproduce(tiny, FigureStudy.inMemory(folder, null, Reporter.SILENT));
        List<String> csv = Files.readAllLines(folder.resolve("curves.csv"));
        assertThat(csv.get(0)).isEqualTo("gamma0,channels,time,test_mse,test_error,alignment");
        // Three gamma0, two widths, three times.
        assertThat(csv).hasSize(1 + 3 * 2 * 3);
        for (int i = 1; i < csv.size(); i += 3) {
            double[] start = numbers(csv.get(i));
            double[] end = numbers(csv.get(i + 2));
            // Predictions are centred, so every test image costs y^2 = 1 and is on neither side.
            assertThat(start[3]).isCloseTo(1, within(1e-9));
            assertThat(start[4]).isCloseTo(0.5, within(1e-9));
            assertThat(end[3]).isNotEqualTo(start[3]);
        }
        assertThat(report.summary()).containsKeys("widthEffect", "gamma0Effect");
        assertThat(report.tables().get(0).rows()).hasSize(6);
        // One seed has no spread that a difference of widths could be held against.
        assertThat(report.verdicts()).extracting(Report.Verdict::outcome).containsExactly(Report.Outcome.UNRESOLVED);
    }

    @Test
    void oneWidthHasNoWidthEffect() {
        ImageClassesFigure figure = ImageClassesFigure.variants().get(0);
        Experiment standard = figure.experiment(TinyFigures.options());
        Experiment tiny = new Experiment(
                new TextureSource(4, 1, 8, 4, 0),
                standard.network(),
                new Training(10, 5e-4, 3, 0, 0, 4, Training.Dynamics.DESCENT, new int[] {0, 2}),
                standard.theory(),
                new SweepSpec(new int[] {8}, 2));
        Report report = figure.reproduce(tiny, FigureStudy.inMemory(folder, null, Reporter.SILENT));
        assertThat(Json.text(report.summary())).contains("gamma0EffectError").doesNotContain("widthEffect");
        assertThat(report.verdicts()).isEmpty();
        // What a killed run would go on from is gone with the work done.
        assertThat(folder.resolve("networks")).doesNotExist();
    }

    private static double[] numbers(String row) {
        return Arrays.stream(row.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    /** Published: batches of 250 at 40 places, one image apart, so 289 images; here 290, since classes are of one size. */
    @Test
    void thePublishedRunSees289Images() {
        for (int variant : new int[] {2, 3}) {
            ImageClassesFigure published = ImageClassesFigure.variants().get(variant);
            Experiment experiment = published.experiment(
                    new FigureOptions(false, Optional.empty(), OptionalInt.empty(), Optional.empty()));
            assertThat(experiment.training().batch()).isEqualTo(250);
            assertThat(((TextureSource) experiment.data()).points()).isEqualTo(290);
            assertThat(experiment.network().depth()).isEqualTo(3);
        }
    }

    @Test
    void classesAlternateSoThatABatchOfNeighboursHoldsBoth() {
        ImageClassesFigure figure = ImageClassesFigure.variants().get(0);
        ClassifiedImages images = ClassifiedImages.of(
                figure.experiment(TinyFigures.options()).withData(new TextureSource(4, 1, 64, 6, 0)));
        assertThat(images.problem().dataset().targets()).startsWith(-1, 1, -1, 1);
        assertThat(images.testTargets()).containsExactly(-1, 1, -1, 1, -1, 1);
        // The second image is the first of the second class.
        double[] sorted = new TextureSource(4, 1, 64, 6, 0).load().inputs().data();
        double[] mixed = images.problem().dataset().inputs().data();
        assertThat(Arrays.copyOfRange(mixed, 16, 32)).containsExactly(Arrays.copyOfRange(sorted, 32 * 16, 33 * 16));
    }

    @Test
    void vectorsAreRefused() {
        FigureOptions options = new FigureOptions(
                true, Optional.of(new GaussianSource(5, 4, 0)), OptionalInt.empty(), Optional.empty());
        assertThatThrownBy(() -> new ChannelFigure().experiment(options))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--data: gaussian");
    }
}
