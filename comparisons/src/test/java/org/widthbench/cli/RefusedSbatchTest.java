package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Slurm that takes the array and refuses the job that gathers: scripts of its programs' names, first on the PATH. */
class RefusedSbatchTest {
    @TempDir
    private Path folder;

    @Test
    void anArrayWhoseGatheringJobIsRefusedIsCancelledAndSaidToBe() throws Exception {
        assertThat(submit("exit 0"))
                .contains("QOSMaxSubmitJobPerUserLimit", "array job 41, already queued, was cancelled");
        assertThat(folder.resolve("cancelled")).hasContent("41");
        assertThat(submit("exit 1"))
                .contains("QOSMaxSubmitJobPerUserLimit", "array job 41 is queued all the same: scancel 41");
    }

    private String submit(String scancel) throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("c.yaml"), "{sweep: {widths: [5], seeds: 1}}");
        Path programs = Files.createDirectories(folder.resolve("programs"));
        program(programs.resolve("sbatch"), """
                case "$*" in
                    *--dependency*) echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1 ;;
                    *) echo 41 ;;
                esac
                """);
        program(programs.resolve("scancel"), "echo \"$*\" >'" + folder.resolve("cancelled") + "'\n" + scancel + "\n");
        ProcessBuilder process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "sweep",
                        config.toString(),
                        "--out",
                        folder.resolve("out").toString(),
                        "--engine",
                        "slurm",
                        "-q"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        process.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        assertThat(process.start().waitFor()).isEqualTo(2);
        return Files.readString(folder.resolve("log"));
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
