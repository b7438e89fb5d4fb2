package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.random.Threefry;

/** Legal problems where nothing moves give results; problems outside a method's or a loss's range are refused. */
class EdgesOfValidityTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path config(Tensor inputs, double[] targets, String rest) throws IOException {
        Npz.write(folder.resolve("data.npz"), Map.of("X", inputs, "y", Tensor.vector(targets)));
        return Files.writeString(folder.resolve("edge.yaml"), "data: {source: npz, path: data.npz}\n" + rest);
    }

    private static final String SMALL = """
            network: {depth: 2, activation: relu}
            training: {steps: 3}
            theory: {samples: 64}
            sweep: {widths: [6, 12], seeds: 1}
            """;

    /** Without labels no weight moves: losses are 0, and the page says so. */
    @Test
    void aSweepOnLabelsOfZeroHasAPageThatSaysThatNothingMoved() throws IOException {
        Path config = config(Threefry.normal(0, 5, 4), new double[4], SMALL);
        Run run = Run.of("sweep", config, "--out", folder.resolve("out"), "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(folder.resolve("out/index.html")).content().contains("nothing moved");
        assertThat(folder.resolve("out/alignment.csv")).content().doesNotContain("NaN");
        // The rounding of predictions, squared.
        assertThat(JSON.readTree(folder.resolve("out/summary.json").toFile())
                        .get("finalLoss")
                        .asDouble())
                .isLessThan(1e-30);
    }

    /** Inputs of zero give relu no features: theory and network have the same kernels, 0, and agree. */
    @Test
    void aCheckOnInputsOfZeroPasses() throws IOException {
        Path config = config(Tensor.zeros(5, 4), new double[] {-1, 1, -1, 1}, SMALL);
        Run run = Run.of("check", config, "--min-width", 12, "-q");
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("1.000000").doesNotContain("NaN");
        assertThat(Run.of("sweep", config, "--out", folder.resolve("out"), "-q").exit())
                .isZero();
    }

    /** One point, a point twice, one layer without responses, a tiny gamma0. */
    @ParameterizedTest
    @ValueSource(strings = {"one", "twice", "shallow", "lazy"})
    void degenerateProblemsGiveFiniteNumbers(String which) throws IOException {
        boolean one = which.equals("one");
        Tensor inputs = one ? new Tensor(new int[] {2, 1}, new double[] {1, 2}) : Threefry.normal(0, 5, 2);
        if (which.equals("twice")) {
            for (int d = 0; d < 5; d++) {
                inputs.set(inputs.get(d, 0), d, 1);
            }
        }
        Path config = config(inputs, one ? new double[] {1} : new double[] {1, 1}, SMALL);
        Path out = folder.resolve("out");
        Run run = Run.of(
                "sweep",
                config,
                "--out",
                out,
                "-q",
                "--set",
                "network.depth=" + (which.equals("shallow") ? 1 : 2),
                "--set",
                "training.gamma0=" + (which.equals("lazy") ? 1e-6 : 1));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(out.resolve("alignment.csv")).content().doesNotContain("NaN", "Infinity");
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertThat(summary.get("precision").asText()).isEqualTo(which.equals("lazy") ? "float64" : "float32");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            logistic      | solve | data.y: 0.0 at training point 0
            logistic      | train | data.y: 0.0 at training point 0
            logistic      | sweep | data.y: 0.0 at training point 0
            logistic      | check | data.y: 0.0 at training point 0
            """)
    void labelsThatTheLossDoesNotKnowAreRefusedByEveryCommand(String loss, String command, String message)
            throws IOException {
        Path config = config(
                Threefry.normal(0, 5, 2),
                new double[] {0, 1},
                "training: {loss: " + loss + "}\nsweep: {widths: [6], seeds: 1}");
        Path out = folder.resolve("out");
        Run run = command.equals("train")
                ? Run.of(command, config, "--width", 6, "--out", out)
                : command.equals("check")
                        ? Run.of(command, config, "--min-width", 6)
                        : Run.of(command, config, "--out", out);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message, "-1 or +1", "training.loss mse").doesNotContain("\tat ");
        assertThat(out).doesNotExist();
    }

    @Test
    void anExpansionSaysHowFarItHolds() throws IOException {
        Path config = config(
                Threefry.normal(0, 5, 4),
                new double[] {-1, 1, -1, 1},
                "network: {activation: linear}\ntraining: {gamma0: 0.5, steps: 20}\ntheory: {solver: perturbation, samples: 4}");
        Run run = Run.of("solve", config, "--out", folder.resolve("far"), "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("warning: after step ", "leading correction");
        JsonNode far =
                JSON.readTree(folder.resolve("far/summary.json").toFile()).get("expansion");
        assertThat(far.get("largestCorrection").asDouble())
                .isGreaterThan(far.get("small").asDouble());
        assertThat(far.get("smallUntil").asInt()).isBetween(0, 18);
        Run near = Run.of("solve", config, "--out", folder.resolve("near"), "-q", "--set", "training.gamma0=0.05");
        assertThat(near.out()).doesNotContain("warning");
    }

    @Test
    void float32ThatIsTooCoarseIsWarnedOf() throws IOException {
        Path config = config(Threefry.normal(0, 5, 2), new double[] {-1, 1}, "training: {gamma0: 1.0e-5, steps: 3}");
        Run coarse = Run.of("train", config, "--width", 20, "--out", folder.resolve("a"), "--precision", "float32");
        assertThat(coarse.exit()).as(coarse.err()).isZero();
        assertThat(coarse.out() + coarse.err()).contains("warning: float32 is too coarse at gamma0 = 1.0E-5");
        Run auto = Run.of("train", config, "--width", 20, "--out", folder.resolve("b"));
        assertThat(auto.out()).contains(", float64");
        assertThat(JSON.readTree(folder.resolve("b/summary.json").toFile())
                        .get("precision")
                        .asText())
                .isEqualTo("float64");
    }
}
