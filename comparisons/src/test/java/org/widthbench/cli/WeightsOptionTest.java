package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** {@code train --weights}: how the matrices of a network are held changes its numbers and not its law. */
class WeightsOptionTest {
    @TempDir
    private Path folder;

    private Path config;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(
                folder.resolve("small.yaml"),
                "network: {depth: 2}\ntraining: {steps: 4, eta: 0.3}\ndata: {points: 4}\n");
    }

    private Run train(String weights, int width, String out) {
        return Run.of("train", config, "--width", width, "--weights", weights, "--out", folder.resolve(out), "-q");
    }

    /** Kernels at the start scatter by {@code sqrt(2/N)} of their size; five times that, of two networks of 2000 neurons. */
    @Test
    void conditionedNetworkHasTheKernelsOfADrawnOneUpToItsScatter() {
        assertThat(train("dense", 2000, "drawn").exit()).isZero();
        Run run = train("conditioned", 2000, "conditioned");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(folder.resolve("conditioned/summary.json")).content().contains("\"weights\" : \"conditioned\"");
        requireAlike(2000);
    }

    /**
     * Four points have features of rank four at the start, four times of them at most 16 directions. What is left lies below the
     * tolerance of 1e-8.
     */
    @Test
    void directionsAndWhatTheyLeaveAreReported() throws IOException {
        Run run = train("conditioned", 200, "conditioned");
        JsonNode summary = new ObjectMapper()
                .readTree(folder.resolve("conditioned/summary.json").toFile());
        int features = summary.at("/directions/features/0").intValue();
        int gradients = summary.at("/directions/gradients/0").intValue();
        assertThat(features).isBetween(4, 16);
        assertThat(gradients).isBetween(4, 16);
        assertThat(summary.at("/directions/features")).hasSize(1);
        assertThat(summary.at("/directions/leftFeatures/0").doubleValue()).isBetween(0.0, 1e-8);
        assertThat(summary.at("/directions/leftGradients/0").doubleValue()).isBetween(0.0, 1e-8);
        assertThat(run.out())
                .contains("directions of features " + features + " and gradients " + gradients + " per matrix");
        Run drawn = train("dense", 20, "drawn");
        assertThat(drawn.out()).doesNotContain("directions");
        assertThat(folder.resolve("drawn/summary.json")).content().doesNotContain("directions");
    }

    private void requireAlike(int width) {
        Tensor drawn = Npz.read(folder.resolve("drawn/network.npz")).get("Phi_2");
        Tensor conditioned = Npz.read(folder.resolve("conditioned/network.npz")).get("Phi_2");
        assertThat(conditioned.shape()).isEqualTo(drawn.shape());
        double distance = 0;
        double size = 0;
        for (int i = 0; i < drawn.data().length; i++) {
            distance += Math.pow(drawn.data()[i] - conditioned.data()[i], 2);
            size += Math.pow(drawn.data()[i], 2);
        }
        assertThat(distance).isPositive();
        assertThat(Math.sqrt(distance / size)).isLessThan(5 * Math.sqrt(2 * 2.0 / width));
    }

    /** Four steps of four points: 16 directions at most, times 3 for each of two sides, against the width. */
    @Test
    void autoTakesConditionedWeightsWhereTheyAreCertainlyCheaper() {
        assertThat(train("auto", 40, "narrow").exit()).isZero();
        assertThat(folder.resolve("narrow/summary.json")).content().contains("\"weights\" : \"dense\"");
        assertThat(train("auto", 60, "wide").exit()).isZero();
        assertThat(folder.resolve("wide/summary.json")).content().contains("\"weights\" : \"conditioned\"");
    }

    @Test
    void otherWordsAreRefusedInOneLine() {
        Run word = train("sparse", 20, "out");
        assertThat(word.exit()).isEqualTo(2);
        assertThat(word.err()).contains("--weights", "sparse", "dense, conditioned or auto");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** As above, of two networks of 500 channels. */
    @Test
    void conditionedConvolutionalNetworkHasTheKernelsOfADrawnOne() throws IOException {
        Files.writeString(config, """
                data: {source: textures, points: 4, side: 4}
                network: {architecture: cnn, depth: 2, activation: tanh}
                training: {steps: 3, eta: 0.3}
                """);
        assertThat(train("dense", 500, "drawn").exit()).isZero();
        Run run = train("conditioned", 500, "conditioned");
        assertThat(run.exit()).as(run.err()).isZero();
        requireAlike(500);
    }

    @Test
    void sweepsAndChecksHoldNetworksAsAskedAndAgainstTheory() {
        Run sweep = Run.of(
                "sweep",
                config,
                "--weights",
                "conditioned",
                "--set",
                "sweep.widths=[300]",
                "--set",
                "sweep.seeds=2",
                "--out",
                folder.resolve("sweep"),
                "--width-theory",
                "--draws",
                2,
                "-q");
        assertThat(sweep.exit()).as(sweep.err()).isZero();
        assertThat(folder.resolve("sweep/summary.json")).content().contains("conditioned", "\"widthTheory\"");
        // In the same sweep, which costs time: what theory expects of two such networks beside them.
        assertThat(sweep.out()).contains("expected beside seen", "scatter as theory says");
        assertThat(folder.resolve("sweep/width-agreement.csv"))
                .content()
                .contains("300,lossBias,1,", "300,misalignmentG,1,");
        assertThat(folder.resolve("sweep/manifest.sha256")).content().contains("width-agreement.csv");
        Run check = Run.of("check", config, "--weights", "sparse");
        assertThat(check.exit()).isEqualTo(2);
        assertThat(check.err()).contains("--weights", "sparse", "dense, conditioned or auto");
    }

    @Test
    void figuresWithoutWidthsRefuseWhatIsAboutWidths() {
        for (List<String> options : List.of(List.of("--weights", "auto"), List.of("--width-theory"))) {
            Run run = Run.of(
                    Stream.concat(Stream.of("reproduce", "fig2", "--out", folder.resolve("out")), options.stream())
                            .toArray());
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains(options.get(0), "fig2", "fig1");
            assertThat(folder.resolve("out")).doesNotExist();
        }
    }
}
