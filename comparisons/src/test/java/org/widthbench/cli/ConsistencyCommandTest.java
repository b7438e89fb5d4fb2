package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsistencyCommandTest {
    private static final String SMALL = """
            tasks:
              online: {source: teacher, dimension: 3, degrees: [1, 2]}
              repeated: {source: teacher, dimension: 3, degrees: [2], points: 4}
            training: {eta: 0.3, steps: 6, batch: 2}
            measure: {times: 4, testPoints: 6, kernelPoints: 3, sharpnessPoints: 4}
            edge: {task: online, points: 4, rates: [0.5], steps: 6, every: 2, seeds: 1}
            sweep: {widths: [4, 8, 16], seeds: 2}
            theory: {samples: 256}
            """;

    @TempDir
    private Path folder;

    @Test
    void studyWritesAFigurePerClaimATableOfExponentsAndAPage() throws IOException {
        Path config = Files.writeString(folder.resolve("small.yaml"), SMALL);
        Path out = folder.resolve("out");
        Run run = Run.of("consistency", config, "--out", out, "--device", "cpu");
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> claims = List.of(
                "loss", "predictions", "representations", "preactivations", "edge", "rates", "ensembles", "spectra");
        for (String claim : claims) {
            for (String suffix : List.of("png", "svg", "pdf")) {
                assertThat(out.resolve("consistency-" + claim + "." + suffix)).isNotEmptyFile();
            }
            assertThat(run.out()).contains("consistency-" + claim + ": ");
        }
        assertThat(run.out()).contains("Mean loss of single networks = loss of their ensemble + variance");
        assertThat(Files.readString(out.resolve("exponents.csv")))
                .startsWith("figure,task,quantity,exponent,low,high,expected,narrowest,widest\n")
                .contains("variance between seeds");
        assertThat(Files.readString(out.resolve("summary.json")))
                .contains("readings")
                .doesNotContain("NaN");
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("Powers of N", "Arithmetic of the study: pass", "Agreement across widths is not judged here")
                .doesNotContain("\u00b1 -")
                .contains("DMFT");
        try (Stream<Path> tasks = Files.list(out.resolve("tasks"))) {
            assertThat(tasks).hasSize(12 + 3 + 2 + 1);
        }
    }

    @Test
    void mistakesInTheConfigurationExitWithTwoAndLeaveNothing() {
        Path out = folder.resolve("none");
        Run missing = Run.of("consistency", folder.resolve("no.yaml"), "--out", out);
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("no.yaml: no such file");
        Run images = Run.of(
                "consistency", "../examples/consistency/mlp.yaml", "--set", "network.architecture=cnn", "--out", out);
        assertThat(images.exit()).isEqualTo(2);
        assertThat(images.err()).contains("tasks.easy.source: teacher is not allowed; expected cifar10 or mnist");
        assertThat(out).doesNotExist();
    }

    /** The architecture is known from a class and a line in the test resources alone, docs/how-to/add-an-architecture.md. */
    @Test
    void anArchitectureThatIsAddedIsStudiedLikeTheOthers() throws IOException {
        Path config = Files.writeString(folder.resolve("small.yaml"), SMALL + "network: {architecture: gain}\n");
        Path out = folder.resolve("out");
        Run run = Run.of("consistency", config, "--out", out, "--device", "cpu");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).doesNotContain("no DMFT line");
        assertThat(out.resolve("consistency-spectra.png")).isNotEmptyFile();
        assertThat(Files.readString(out.resolve("summary.json"))).contains("\"architecture\" : \"gain\"");
    }

    @Test
    void networksWithBiasesAreStudiedAndMeetTheirTheory() throws IOException {
        Path config = Files.writeString(folder.resolve("small.yaml"), SMALL + "network: {bias: true}\n");
        Path out = folder.resolve("out");
        Run run = Run.of("consistency", config, "--out", out, "--device", "cpu");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).doesNotContain("no DMFT line");
        assertThat(Files.readString(out.resolve("summary.json"))).contains("\"bias\" : true");
    }
}
