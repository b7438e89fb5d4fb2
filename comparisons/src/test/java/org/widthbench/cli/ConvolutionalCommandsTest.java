package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

class ConvolutionalCommandsTest {
    @TempDir
    private Path folder;

    private Path config;

    @BeforeEach
    void writeConfiguration() throws IOException {
        config = Files.writeString(folder.resolve("cnn.yaml"), """
                data:     {source: textures, side: 4, channels: 2, points: 4, testPoints: 2}
                network:  {architecture: cnn, depth: 2, activation: tanh, kernel: 3}
                training: {eta: 0.5, steps: 8}
                theory:   {samples: 512}
                sweep:    {widths: [128], seeds: 2}
                """);
    }

    @Test
    void solveSaysWhatItTakesAndWritesKernelsOfPooledFeatures() {
        Run run = Run.of("solve", config, "--out", folder, "--no-error-bars");
        assertThat(run.exit()).as(run.err()).isZero();
        // Six images of 16 pixels.
        assertThat(run.err()).contains("96 points x pixels, 8 steps, 512 samples, 2 layers", "GB", "GFLOP/s");
        Map<String, Tensor> arrays = Npz.read(folder.resolve("theory.npz"));
        assertThat(arrays.get("Phi_2").shape()).containsExactly(8, 6, 8, 6);
        assertThat(arrays.get("ntk").shape()).containsExactly(8, 6, 6);
        assertThat(arrays.get("delta").shape()).containsExactly(8, 4);
        assertThat(arrays.get("h_1").shape()).containsExactly(2, 6, 512);
    }

    @Test
    void whatCannotFitIsRefusedWithItsNumbersBeforeItStarts() {
        Run run = Run.of(
                "solve",
                config,
                "--out",
                folder,
                "--set",
                "data.side=64",
                "--set",
                "training.steps=200",
                "--set",
                "training.record=[0]");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err())
                .contains("24576 points x pixels", "GB", "lower theory.samples, training.steps, data.points");
        assertThat(folder.resolve("theory.npz")).doesNotExist();
    }

    @Test
    void checkHoldsNetworksAgainstTheTheory() {
        Run run = Run.of("check", config, "--min-width", 128, "--threshold", 0.9);
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("passed");
    }

    @Test
    void otherSolversSayWhichOneTakesImages() {
        Run run = Run.of("solve", config, "--out", folder, "--set", "theory.solver=alternating");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("network.architecture", "theory.solver causal");
    }
}
