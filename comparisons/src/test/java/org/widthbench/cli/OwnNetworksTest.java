package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.Python;

/**
 * The programs of {@code docs/how-to/compare-your-own-network.md} train networks that owe nothing to our trainers, and {@code compare}
 * finds the theory in what they save. Skipped where NumPy, or for some PyTorch, is missing.
 */
class OwnNetworksTest {
    private static final Path PAGE = Path.of("../docs/how-to/compare-your-own-network.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```python\\n(.*?)^```");
    private static final Pattern SAVED = Pattern.compile("sav(?:ez|e)\\(\"([^\"]+)\"");
    private static final Path PACKAGE =
            Path.of("../python/src").toAbsolutePath().normalize();
    private static final int MOST_LINES = 25;

    /** Networks of N = 1000 have {@code N (1 - A)} of 4 to 8 here, {@code docs/how-to/guard-with-check.md}. */
    private static final double LEAST = 0.99;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void solve() {
        Path config = Path.of("../examples/tanh.yaml");
        for (Run run : List.of(
                Run.of("data", "export", config, "--out", folder.resolve("data.npz"), "--quiet"),
                Run.of(
                        "solve",
                        config,
                        "--out",
                        folder.resolve("theory"),
                        "--quiet",
                        "--set",
                        "theory.samples=1024"))) {
            assertThat(run.exit()).as(run.err()).isZero();
        }
    }

    static Stream<String> programs() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE)).results().map(block -> block.group(1)).toList().stream();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aNetworkOfWidth1000AlignsWithTheTheoryInEveryLayer(String program) throws IOException, InterruptedException {
        Python python = program.contains("torch") ? Python.with("numpy", "torch") : Python.with("numpy");
        assertThat(program.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        python.run(folder, "import sys; sys.path.insert(0, '" + PACKAGE + "')\n" + program);
        Matcher saved = SAVED.matcher(program);
        assertThat(saved.find()).isTrue();
        Run run = Run.of("compare", folder.resolve("theory"), folder.resolve(saved.group(1)), "--json");
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(run.out());
        for (String kernel : List.of("Phi", "G")) {
            assertThat(result.at("/alignment/" + kernel)).as(run.out()).hasSize(3);
            result.at("/alignment/" + kernel)
                    .forEach(a -> assertThat(a.doubleValue()).as(run.out()).isGreaterThanOrEqualTo(LEAST));
            result.at("/normRatio/" + kernel)
                    .forEach(ratio ->
                            assertThat(ratio.doubleValue()).as(run.out()).isBetween(0.8, 1.25));
        }
        // The law of independent samples, 1.63 / sqrt(N) at one in a hundred, and twice as much for what training
        // correlates.
        result.get("densityDistance")
                .forEach(ends -> ends.forEach(
                        d -> assertThat(d.doubleValue()).as(run.out()).isLessThan(0.1)));
        assertThat(result.get("densityDistance")).hasSize(3);
        assertThat(result.get("dataCompared").booleanValue()).isTrue();
    }
}
