package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A solve in a process of its own, killed with SIGKILL when it has kept a checkpoint. */
class KilledSolveTest {
    private static final long LOOK_MILLIS = 5;

    @TempDir
    private Path folder;

    @Test
    void aSolveKilledMidwayGoesOnToTheSameBytes() throws Exception {
        Path config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 8, points: 4}
                network:  {depth: 2}
                training: {steps: 100}
                theory:   {samples: 512}
                """);
        Run undisturbed = Run.of("solve", config, "--out", folder.resolve("undisturbed"), "-q");
        assertThat(undisturbed.exit()).as(undisturbed.err()).isZero();

        Path out = folder.resolve("killed");
        Path checkpoint = out.resolve("checkpoint.npz");
        Process solve = start(config, out);
        while (!Files.exists(checkpoint)) {
            assertThat(solve.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS))
                    .as("ended before a checkpoint: %s", Files.readString(folder.resolve("log")))
                    .isFalse();
        }
        solve.destroyForcibly().waitFor();
        assertThat(out.resolve("theory.npz")).doesNotExist();
        assertThat(checkpoint).exists();

        Run resumed = Run.of("solve", config, "--out", out, "--resume", "--checkpoint-every", "50steps");
        assertThat(resumed.exit()).as(resumed.err()).isZero();
        assertThat(resumed.err()).doesNotContain("starting");
        assertThat(Files.readAllBytes(out.resolve("theory.npz")))
                .isEqualTo(Files.readAllBytes(folder.resolve("undisturbed/theory.npz")));
        assertThat(checkpoint).doesNotExist();
    }

    @Test
    void resumeWithoutACheckpointOrWithOneOfAnotherConfigurationStartsAtTheBeginning() throws Exception {
        Path config = Files.writeString(
                folder.resolve("c.yaml"),
                "{data: {points: 4}, network: {depth: 1}, training: {steps: 4}, theory: {samples: 64}}");
        Run none = Run.of("solve", config, "--out", folder, "--resume");
        assertThat(none.exit()).as(none.err()).isZero();
        assertThat(none.err()).contains("no checkpoint; starting at the beginning");
        Files.writeString(folder.resolve("checkpoint.npz"), "damaged");
        Run damaged = Run.of("solve", config, "--out", folder, "--resume");
        assertThat(damaged.exit()).as(damaged.err()).isZero();
        assertThat(damaged.err()).contains("checkpoint.npz", "starting anew");
        Run wrong = Run.of("solve", config, "--out", folder, "--checkpoint-every", "soon");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err())
                .contains("--checkpoint-every: soon is not allowed")
                .hasLineCount(1);
    }

    private Process start(Path config, Path out) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "solve",
                        config.toString(),
                        "--out",
                        out.toString(),
                        "--checkpoint-every",
                        "1steps"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }
}
