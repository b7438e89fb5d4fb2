package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** {@code --width-theory} of {@code solve}, {@code sweep} and {@code check}, and {@code width}: finite width from theory alone. */
class WidthCommandTest {
    @TempDir
    private Path folder;

    private Path config;

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(
                folder.resolve("small.yaml"),
                "network: {depth: 2}\ntraining: {steps: 5, eta: 0.3}\ndata: {points: 4}\ntheory: {samples: 256}\n");
    }

    @Test
    void solveWritesEveryEstimateWithItsError() {
        Run run = Run.of(
                "solve",
                config,
                "--out",
                folder.resolve("out"),
                "--width-theory",
                "--draws",
                4,
                "--no-error-bars",
                "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("sqrt(N) std of the loss", "N (1 - A) of Phi");
        Map<String, Tensor> arrays = Npz.read(folder.resolve("out/width.npz"));
        assertThat(arrays.keySet())
                .contains("lossStd", "lossStdError", "lossBias", "lossBiasError", "predictionStd", "ntkStd")
                .contains("misalignmentPhi", "misalignmentPhiError", "misalignmentG", "misalignmentGError", "identity");
        assertThat(arrays.get("lossStd").shape()).containsExactly(5);
        assertThat(arrays.get("misalignmentG").shape()).containsExactly(2);
        // All networks start from f = 0.
        assertThat(arrays.get("lossStd").data()[0]).isZero();
        assertThat(arrays.get("lossStd").data()[4]).isPositive();
    }

    /** A tenth of the misalignment takes ten times the width: what the answer follows from is linear in 1/N. */
    @Test
    void theWidthThatIsEnoughGoesLikeOneOverWhatMayBeMissed() throws IOException {
        double loose = width("--alignment", "0.9").at("/width").doubleValue();
        double tight = width("--alignment", "0.99").at("/width").doubleValue();
        assertThat(tight / loose).isBetween(9.0, 10.5);
        assertThat(width("--alignment", "0.99").at("/because").textValue()).matches("alignment 0.99 in (Phi|G)_[12]");
        JsonNode at = width("--at", String.valueOf((long) tight));
        double worst = 1;
        for (JsonNode alignment : at.at("/alignment")) {
            worst = Math.min(worst, alignment.doubleValue());
        }
        assertThat(worst).isBetween(0.99, 0.9905);
    }

    /** Independent networks against the bootstrap: both are right only if the seeds scatter, miss and misalign as 1/N says. */
    @Test
    void checkFindsItsSeedsToScatterAsTheorySays() throws IOException {
        Path out = folder.resolve("check");
        JsonNode found =
                check(out, "[64, 128]", 6, "--width-theory", "--draws", 12).at("/widthTheory");
        // Ten degrees of freedom: 1/sqrt(20) = .22; the theory's own, 12 draws: about 1/sqrt(24) = .20.
        double error = found.at("/scatter/error").doubleValue();
        assertThat(error).isBetween(0.22, 0.5);
        assertThat(found.at("/scatter/value").doubleValue()).isBetween(1 - 4 * error, 1 + 4 * error);
        assertThat(found.findValuesAsText("verdict")).containsExactly("within", "within", "within");
        List<String> lines = Files.readAllLines(out.resolve("width-agreement.csv"));
        assertThat(lines.get(0)).isEqualTo("width,quantity,at,expected,expectedError,seen,seenError");
        // Two losses at five times and two kernels in two layers, of two widths.
        assertThat(lines).hasSize(1 + 2 * (2 * 5 + 2 * 2));
        assertThat(Files.readString(out.resolve("manifest.sha256"))).contains("width-agreement.csv");
    }

    @Test
    void oneSeedIsUnresolvedAndALaterRunWithoutTheOptionLeavesNoOldTable() throws IOException {
        Path out = folder.resolve("check");
        JsonNode found = check(out, "[64]", 1, "--width-theory", "--draws", 2);
        assertThat(found.at("/widthTheory/widths/0/verdict").textValue()).isEqualTo("unresolved");
        assertThat(Files.readAllLines(out.resolve("width-agreement.csv"))).hasSize(1);
        assertThat(check(out, "[64]", 1).has("widthTheory")).isFalse();
        assertThat(out.resolve("width-agreement.csv")).doesNotExist();
    }

    private JsonNode check(Path out, String widths, int seeds, Object... more) throws IOException {
        Object[] check = {
            "check",
            config,
            "--out",
            out,
            "-q",
            "--set",
            "sweep.widths=" + widths,
            "--set",
            "sweep.seeds=" + seeds,
            "--set",
            "theory.samples=2048",
            "--min-width",
            64,
            "--threshold",
            0.5
        };
        Run run = Run.of(Stream.concat(Stream.of(check), Stream.of(more)).toArray());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out().contains("expected beside seen")).isEqualTo(more.length > 0);
        return new ObjectMapper().readTree(out.resolve("check.json").toFile());
    }

    /** Before a network is trained. */
    @ParameterizedTest
    @CsvSource({"check", "sweep"})
    void anOptimizerThatTheoriesOfWidthDoNotTakeIsRefusedInOneLine(String command) {
        Path out = folder.resolve("out");
        Run run = Run.of(command, config, "--out", out, "-q", "--width-theory", "--set", "training.optimizer=adam");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("training.optimizer: adam is not allowed");
        assertThat(run.err().strip()).doesNotContain("\n");
        assertThat(out).doesNotExist();
    }

    private JsonNode width(String... demand) throws IOException {
        Run run = Run.of("width", config, demand[0], demand[1], "--draws", 4, "--json", "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @ParameterizedTest
    @CsvSource({
        "--alignment 1.2, --alignment: 1.2 is not allowed",
        "--loss 200%, --loss: 200% is not allowed",
        "--predictions few, --predictions: few is not allowed",
        "--at 0, --at: 0 is not allowed",
        "--draws 4, at least one of --alignment",
    })
    void demandsThatCannotBeMeantAreRefusedInOneLine(String options, String message) {
        String[] words = options.split(" ");
        Run run = Run.of("width", config, words[0], words[1], "-q");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.err().strip()).doesNotContain("\n");
    }
}
