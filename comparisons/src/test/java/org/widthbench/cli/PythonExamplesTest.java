package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.Python;

/**
 * The Python of the documentation runs as it stands there, on results of a small problem. Skipped where NumPy, or for what
 * draws matplotlib, is missing.
 */
class PythonExamplesTest {
    private static final Path PAGE = Path.of("../docs/how-to/read-results-in-python.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```python\\n(.*?)^```");
    private static final int MOST_LINES = 7;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void computeWhatTheExamplesRead() throws IOException {
        Path config = Files.writeString(folder.resolve("small.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2}
                training: {steps: 5}
                theory:   {samples: 128}
                sweep:    {widths: [16, 32], seeds: 1}
                """);
        for (Run run : List.of(
                Run.of("solve", config, "--out", folder.resolve("theory"), "--quiet"),
                Run.of("train", config, "--width", 32, "--out", folder.resolve("network"), "--quiet"),
                Run.of("sweep", config, "--out", folder.resolve("sweep"), "--quiet"))) {
            assertThat(run.exit()).as(run.err()).isZero();
        }
    }

    static Stream<String> examples() throws IOException {
        return BLOCK
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList()
                .stream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleRuns(String example) throws IOException, InterruptedException {
        boolean draws = example.contains("matplotlib");
        Python python = draws ? Python.with("numpy", "matplotlib") : Python.with("numpy");
        assertThat(example.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        String out = python.run(folder, example);
        if (draws) {
            String file = example.replaceAll("(?s).*savefig\\(\"([^\"]+)\"\\).*", "$1");
            assertThat(folder.resolve(file)).isNotEmptyFile();
        } else {
            assertThat(out).isNotBlank();
        }
    }

    @Test
    void exampleOfTheAlignmentSaysWhatCompareSays() throws IOException, InterruptedException {
        Python python = Python.with("numpy");
        String example =
                examples().filter(block -> block.contains("x @ y")).findFirst().orElseThrow();
        double printed = Double.parseDouble(
                python.run(folder, example).lines().findFirst().orElseThrow().split(" ")[1]);
        Run compare =
                Run.of("compare", folder.resolve("theory/theory.npz"), folder.resolve("network/network.npz"), "--json");
        Map<?, ?> json = new com.fasterxml.jackson.databind.ObjectMapper().readValue(compare.out(), Map.class);
        Object expected = ((List<?>) ((Map<?, ?>) json.get("alignment")).get("Phi")).get(0);
        assertThat(printed).isCloseTo((Double) expected, org.assertj.core.api.Assertions.within(1e-12));
    }
}
