package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** {@code solve --width-theory} and {@code width}: finite width from theory alone. */
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
