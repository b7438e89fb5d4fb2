package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Fuzzer;
import org.widthbench.core.InvalidInputException;

/** Whatever a configuration holds, reading it gives experiments or an InvalidInputException of one line, nothing else. */
class ConfigFuzzTest {
    /** Some seconds; -Dwidthbench.fuzz.runs asks for more. */
    private static final int RUNS = Integer.getInteger("widthbench.fuzz.runs", 4_000);

    private static final List<String> WORDS = List.of(
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
            "\ufeff");

    @TempDir
    private Path folder;

    @Test
    void configurationsAndOverridesOfAnyBytesAreReadOrRefused() throws Exception {
        List<byte[]> seeds = List.of(bytes("c" + ConfigReaders.FULL), bytes("o" + "training.eta=0.1"));
        String log = new Fuzzer(folder).run(ConfigReaders.class, RUNS, seeds, WORDS);
        assertThat(log).endsWith("exit 0");
        assertThat(Fuzzer.counts(log)).hasSize(2).allSatisfy((file, counts) -> {
            assertThat(counts.read()).as(file).isPositive();
            assertThat(counts.refused()).as(file).isGreaterThan(100);
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void assertRefused(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("lie.yaml"), yaml);
        assertThatThrownBy(() -> ExperimentReader.readGrid(file, List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("lie.yaml")
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 5_000, 200_000})
    void deepNestingIsRefused(int depth) throws IOException {
        for (String[] brackets : new String[][] {{"[", "]"}, {"{a: ", "}"}, {"- ", ""}, {"? ", ""}}) {
            String yaml = "training: {eta: " + brackets[0].repeat(depth) + brackets[1].repeat(depth) + "}";
            assertRefused(yaml);
        }
    }

    @Test
    void aliasesThatMultiplyDoNotFillTheMemory() throws IOException {
        StringBuilder text = new StringBuilder("a0: &a0 [1, 1]\n");
        for (int i = 1; i < 40; i++) {
            text.append("a")
                    .append(i)
                    .append(": &a")
                    .append(i)
                    .append(" [*a")
                    .append(i - 1)
                    .append(", *a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertRefused(text.toString());
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
        assertRefused(yaml);
    }
}
