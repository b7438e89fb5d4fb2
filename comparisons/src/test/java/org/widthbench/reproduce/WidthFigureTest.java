package org.widthbench.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Progress;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.Networks;
import org.widthbench.experiment.Reporter;
import org.widthbench.experiment.Settings;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.experiment.TheorySettings;
import org.widthbench.figure.Figure;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;
import org.widthbench.sweep.SharedFolder;
import org.widthbench.training.PrecisionChoice;

class WidthFigureTest {
    private static final double DPI = 72;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void ninePanelsOfEveryDepthFitEveryPageAndStyleAndNothingIsCutOffAtItsEdge(int depth) throws IOException {
        Experiment tiny = new Experiment(
                new GaussianSource(6, 4, 0),
                Network.mlp(depth, new Tanh(1)),
                Training.descent(1, 0.1, 4),
                TheorySettings.causal().withSamples(128),
                new SweepSpec(new int[] {8, 32}, 2));
        Report report;
        try (Backend backend = new CpuBackend()) {
            report = new WidthFigure().reproduce(tiny, FigureStudy.inMemory(folder, backend, Reporter.SILENT));
        }
        Report.Picture picture = report.figures().get(0);
        assertThat(picture.panels())
                .containsOnlyKeys(
                        "loss",
                        "density-initial",
                        "density-final",
                        "features-final",
                        "features-traced",
                        "features-alignment",
                        "gradients-final",
                        "gradients-traced",
                        "gradients-alignment");
        for (Style style : Style.values()) {
            for (PageWidth width : PageWidth.values()) {
                Figure figure = picture.whole().in(style).in(width);
                // Panels without room for their data are refused; networks and theory stand in three and more of nine.
                assertThat(figure.difference()).isPresent();
                assertEdgesAreBare(figure.image(DPI));
            }
        }
        // Two widths, two seeds, both kernels of every layer.
        assertThat(Files.readAllLines(folder.resolve("alignment.csv"))).hasSize(1 + 2 * 2 * 2 * depth);
    }

    /**
     * Two steps of four points are 8 rows. With each a direction of features and one of gradients, 6 flops times 16 are fewer than the
     * 4 N of a drawn matrix from N = 25 on.
     */
    @Test
    void networksThatAreNeverDrawnStandBesideTheLineOfTheoryAtFiniteWidth() throws IOException {
        Experiment tiny = new Experiment(
                new GaussianSource(6, 4, 0),
                Network.mlp(2, new Tanh(1)),
                Training.descent(1, 0.1, 2),
                TheorySettings.causal().withSamples(128),
                new SweepSpec(new int[] {20, 100, 300}, 2));
        List<String> said = new ArrayList<>();
        Report report;
        try (Backend backend = new CpuBackend();
                Networks networks =
                        Networks.standard(PrecisionChoice.AUTO).holding(null, precision -> new CpuBackend(precision))) {
            FigureStudy study = FigureStudy.inMemory(folder, backend, reporter(new ArrayList<>(), said, 0))
                    .with(networks, true);
            report = new WidthFigure().reproduce(tiny, study);
        }
        Map<String, Object> held = Map.of("dense", List.of(20), "conditioned", List.of(100, 300));
        assertThat(report.summary()).containsEntry("weights", held);
        assertThat(said).singleElement().asString().contains("dense=[20]", "conditioned=[100, 300]");
        List<String> rows = Files.readAllLines(folder.resolve(Misalignment.FILE));
        assertThat(rows).hasSize(1 + 2 * 2).startsWith("kernel,layer,misalignment,standard_error");
        for (String row : rows.subList(1, rows.size())) {
            double[] numbers = Arrays.stream(row.split(","))
                    .skip(2)
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            assertThat(numbers[0]).as(row).isPositive();
            assertThat(numbers[1]).as(row).isPositive().isLessThan(numbers[0]);
        }
        assertThat(report.tables().get(1).header()).contains("theory", "N = 100", "N = 300");
        assertThat(report.figures().get(0).caption()).contains("theory alone says of finite width");
    }

    /** Stopped at the fifth of its six stages; the next process has the networks of two widths left. */
    @Test
    void aStoppedFigureGoesOnWithWhatItHadFinishedToTheSameNumbers() throws IOException {
        Experiment tiny = new Experiment(
                new GaussianSource(6, 4, 0),
                Network.mlp(1, new Tanh(1)),
                Training.descent(1, 0.1, 4),
                TheorySettings.causal().withSamples(64),
                new SweepSpec(new int[] {4, 8, 16}, 2));
        assertThat(stages(tiny, folder.resolve("whole"), 7)).hasSize(6);
        Path stopped = folder.resolve("stopped");
        assertThatThrownBy(() -> stages(tiny, stopped, 5)).hasMessage("killed");
        assertThat(stages(tiny, stopped, 7)).containsExactly("2 networks, N up to 8", "2 networks, N up to 16");
        for (String file : List.of("alignment.csv", "theory.npz")) {
            assertThat(Files.readAllBytes(stopped.resolve(file)))
                    .as(file)
                    .isEqualTo(Files.readAllBytes(folder.resolve("whole").resolve(file)));
        }
        assertThat(stopped.resolve("tasks")).doesNotExist();
    }

    /** Reproduces, and names the stages of the work, of which one is the last. */
    private static List<String> stages(Experiment experiment, Path place, int killedAt) {
        List<String> stages = new ArrayList<>();
        Reporter reporter = reporter(stages, new ArrayList<>(), killedAt);
        Settings settings = Settings.of("fig1", experiment.toMap());
        try (Backend backend = new CpuBackend();
                SharedFolder shared = new SharedFolder(place, settings, false, line -> {})) {
            shared.begin();
            FigureStudy study = FigureStudy.in(place, backend, reporter, shared, settings);
            new WidthFigure().reproduce(experiment, study);
            study.finish();
        }
        return stages;
    }

    private static Reporter reporter(List<String> stages, List<String> said, int killedAt) {
        return new Reporter() {
            @Override
            public <T> T stage(String name, Function<Progress, T> work) {
                stages.add(name);
                if (stages.size() == killedAt) {
                    throw new IllegalStateException("killed");
                }
                return work.apply(Progress.NONE);
            }

            @Override
            public void say(String line) {
                said.add(line);
            }
        };
    }

    private static void assertEdgesAreBare(BufferedImage image) {
        int paper = image.getRGB(0, 0);
        for (int x = 0; x < image.getWidth(); x++) {
            assertThat(List.of(image.getRGB(x, 0), image.getRGB(x, image.getHeight() - 1)))
                    .as("top and bottom at %s", x)
                    .containsOnly(paper);
        }
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(List.of(image.getRGB(0, y), image.getRGB(image.getWidth() - 1, y)))
                    .as("left and right at %s", y)
                    .containsOnly(paper);
        }
    }
}
