package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.ByteMutator;
import org.widthbench.core.InvalidInputException;

/** Whatever a configuration holds, reading it gives experiments or an InvalidInputException of one line, nothing else. */
class ConfigFuzzTest {
    private static final int ROUNDS = 1000;

    private static final String FULL = """
            data:     {source: gaussian, dimension: 25, points: 10, seed: 0}
            network:  {architecture: mlp, depth: 3, activation: softplus, beta: 0.8}
            training: {gamma0: 1.0, eta: 0.1, steps: 20, momentum: 0.5, weightDecay: 1.0e-3, batch: 5, record: [0, 19]}
            theory:   {solver: causal, samples: 4096, seed: 0, toleranceU: 1.0e-5, toleranceR: 1.0e-3}
            sweep:
              widths: [50, 100]
              seeds: 10
              grid: {training.gamma0: [0.5, 1], network.depth: [1, 2]}
            """;

    private static final String[] WORDS = {
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "\n",
        "  ",
        "- ",
        "&a ",
        "*a",
        "!!binary ",
        "!!java.net.URL ",
        "<<: ",
        "? ",
        "| ",
        "> ",
        "\"",
        "'",
        "#",
        "---\n",
        "...\n",
        "%YAML 9.9\n",
        "null",
        "~",
        "true",
        ".nan",
        ".inf",
        "-1",
        "0",
        "1e309",
        "1e-400",
        "99999999999999999999",
        "2147483648",
        "0x7fffffff",
        "0o17",
        "1_000",
        "\u03b3",
        "\u0000",
        "\t",
        "data",
        "training.gamma0",
        "grid",
        "steps",
        "widths",
        "record",
        "source",
        "npz",
        "cnn",
        "2001-01-01",
        "\ufeff"
    };

    @TempDir
    private Path folder;

    /** Reads the bytes; tells whether they were accepted. */
    private boolean accepts(byte[] yaml, String round, String... overrides) throws IOException {
        Path file = Files.write(folder.resolve("mutant.yaml"), yaml);
        try {
            ExperimentGrid grid = ExperimentReader.readGrid(file, List.of(overrides));
            assertThat(grid.points()).isNotEmpty();
            assertThat(Json.text(grid.toMap())).doesNotContain("NaN");
            return true;
        } catch (InvalidInputException e) {
            assertThat(e.getMessage()).as(round).contains("mutant.yaml").doesNotContain("\n");
            return false;
        } catch (RuntimeException | Error e) {
            return fail(round + " escaped as " + e + " from\n" + new String(yaml, StandardCharsets.UTF_8), e);
        }
    }

    @Test
    void damagedConfigurationsAreReadOrRefused() throws IOException {
        byte[] whole = FULL.getBytes(StandardCharsets.UTF_8);
        assertThat(accepts(whole, "original")).isTrue();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            accepted += accepts(new ByteMutator(round).mutate(whole), "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS - 1);
    }

    @Test
    void configurationsOfShuffledWordsAreReadOrRefused() throws IOException {
        Random random = new Random(3);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder yaml = new StringBuilder(FULL);
            for (int edits = random.nextInt(4); edits >= 0; edits--) {
                int at = random.nextInt(yaml.length());
                int end = Math.min(yaml.length(), at + random.nextInt(8));
                yaml.replace(at, end, WORDS[random.nextInt(WORDS.length)]);
            }
            accepted += accepts(yaml.toString().getBytes(StandardCharsets.UTF_8), "round " + round) ? 1 : 0;
        }
        assertThat(accepted).isBetween(1, ROUNDS - 1);
    }

    @Test
    void overridesOfShuffledWordsAreReadOrRefused() throws IOException {
        Random random = new Random(4);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder override = new StringBuilder("training.eta=0.1");
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                int at = random.nextInt(override.length());
                int end = Math.min(override.length(), at + random.nextInt(8));
                override.replace(at, end, WORDS[random.nextInt(WORDS.length)]);
            }
            accepts(FULL.getBytes(StandardCharsets.UTF_8), "round " + round, override.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 5_000, 200_000})
    void deepNestingIsRefused(int depth) throws IOException {
        for (String[] brackets : new String[][] {{"[", "]"}, {"{a: ", "}"}, {"- ", ""}, {"? ", ""}}) {
            String yaml = "training: {eta: " + brackets[0].repeat(depth) + brackets[1].repeat(depth) + "}";
            assertThat(accepts(yaml.getBytes(StandardCharsets.UTF_8), brackets[0] + " x " + depth))
                    .isFalse();
        }
    }

    @Test
    void aliasesThatMultiplyDoNotFillTheMemory() throws IOException {
        StringBuilder yaml = new StringBuilder("a0: &a0 [1, 1]\n");
        for (int i = 1; i < 40; i++) {
            yaml.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThat(accepts(yaml.toString().getBytes(StandardCharsets.UTF_8), "aliases"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "training: {steps: 99999999999999999999}",
                "training: {steps: -1}",
                "training: {eta: .nan}",
                "training: {eta: .inf}",
                "training: {eta: 1e999}",
                "sweep: {widths: [-5]}",
                "sweep: {widths: [2147483648]}",
                "data: {points: 1.0e+1}",
                "theory: !!javax.script.ScriptEngineManager [x]",
                "data: {source: npz, path: 7}",
            })
    void numbersAndTypesThatCannotBeAreRefused(String yaml) throws IOException {
        assertThat(accepts(yaml.getBytes(StandardCharsets.UTF_8), yaml)).isFalse();
    }
}
