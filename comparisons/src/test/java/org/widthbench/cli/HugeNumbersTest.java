package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole numbers of thousands of millions are refused with what they would take and what there is, before anything is computed: no
 * bound wraps around, none ends as "this is a bug" or in exhausted memory.
 */
class HugeNumbersTest {
    @TempDir
    private Path folder;

    private Run run(String yaml, String command, Object... options) throws IOException {
        Path config = Files.writeString(folder.resolve("huge.yaml"), yaml);
        List<Object> words = new ArrayList<>(List.of(command, config, "--out", folder.resolve("out")));
        words.addAll(List.of(options));
        return Run.of(words.toArray());
    }

    private void expectRefusal(Run run, String key) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(key).doesNotContain("bug", "out of memory");
        // Progress comes line by line: there is none but what the data are, so nothing was begun.
        assertThat(run.err().lines().filter(line -> !line.startsWith("data: "))).hasSize(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            theory: {samples: 1000000000}                                      | theory.samples
            theory: {samples: 3000000}                                         | theory.samples
            theory: {samples: 2147483647}                                      | theory.samples
            {theory: {samples: 50000, memory: accumulator}}                    | theory.samples
            {theory: {solver: static-ntk, samples: 1000000000}}                | theory.samples
            {theory: {solver: linear, samples: 2147483647}, network: {activation: linear}}       | theory.samples
            {theory: {solver: perturbation, samples: 1000000000}, network: {activation: linear}} | theory.samples
            {theory: {solver: perturbation, samples: 1000000000}}              | theory.samples
            {theory: {solver: gradient-independence, samples: 1000000000}}     | theory.samples
            {theory: {solver: one-hidden-layer, samples: 1000000000}, network: {depth: 1}}       | theory.samples
            {theory: {solver: alternating, samples: 1000000000}}               | alternating solver
            network: {depth: 1000000}                                          | network.depth
            network: {depth: 10000}                                            | training.record
            training: {steps: 1000000000}                                      | training.steps
            training: {steps: 2147483647}                                      | training.steps
            training: {steps: 5000000}                                         | training.record
            data: {points: 2000000000}                                         | data.points
            data: {points: 100000}                                             | training.record
            data: {dimension: 2147483647}                                      | data.points
            data: {source: teacher, outputs: 2000000000}                       | data.outputs
            data: {source: teacher, testPoints: 2000000000}                    | data.points
            {network: {architecture: cnn}, data: {source: textures, side: 50000}}             | data.points
            {network: {architecture: cnn}, data: {source: textures, channels: 2147483647}}    | data.points
            {network: {architecture: cnn, kernel: 46341}, data: {source: textures}}           | network.kernel
            {network: {architecture: cnn, kernel: 65537}, data: {source: textures}}           | network.kernel
            {network: {architecture: cnn, activation: relu}, data: {source: textures, side: 4, points: 4}, training: {steps: 3}, theory: {samples: 1000000000}} | theory.solver
            sweep: {seeds: 2000000000}                                         | sweep.seeds
            """)
    void solveRefusesItAtOnce(String yaml, String key) throws IOException {
        expectRefusal(run(yaml, "solve"), key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sweep", "check"})
    void networksThatCannotFitAreRefusedBeforeTheTheoryIsSolved(String command) throws IOException {
        expectRefusal(
                run("sweep: {widths: [10, 2000000000]}", command, "--set", "theory.samples=64"), "width: 2000000000");
        expectRefusal(run("network: {depth: 1000000}", command), "network.depth");
    }

    @Test
    void anOptionIsRefusedAsAKeyIs() throws IOException {
        String cnn = "{network: {architecture: cnn, depth: 2}, data: {source: textures}}";
        expectRefusal(run("{}", "train", "--width", 2_000_000_000), "width: 2000000000");
        expectRefusal(run("{network: {bias: true}}", "train", "--width", 2_000_000_000), "width: 2000000000");
        expectRefusal(run("{}", "train", "--width", 2_000_000_000, "--engine", "backend"), "2000000000");
        expectRefusal(run(cnn, "train", "--width", 2_000_000_000), "width: 2000000000");
        Path out = folder.resolve("out");
        expectRefusal(Run.of("reproduce", "fig1", "--quick", "--seeds", 2_000_000_000, "--out", out), "seeds");
        expectRefusal(Run.of("reproduce", "fig1", "--quick", "--widths", 2_000_000_000, "--out", out), "2000000000");
    }

    @Test
    void theRefusalSaysWhatWouldBeTakenAndHowMuchThereIsRoomFor() throws IOException {
        Run run = run("theory: {solver: static-ntk, samples: 1000000000}", "solve");
        // 2 fields x 3 layers x 2 times x 10 points x 1e9 samples x 8 bytes; at most 2^31 / (2 times x 10 points)
        // samples, or fewer.
        assertThat(run.err()).contains("take 960.0 GB", "at most ", "(-Xmx)");
    }
}
