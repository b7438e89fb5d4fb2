package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.io.Npz;

/** Disks that are full or write-protected: small file systems in memory, which only root can mount. */
class HostileDiskTest {
    @TempDir
    private Path folder;

    private Path disk;
    private Path config;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk \u00fc"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0;
        if (!mounted) {
            System.out.println("SKIPPED: HostileDiskTest needs the right to mount a tmpfs (root)");
            disk = null;
        }
        Assumptions.assumeTrue(mounted, "no right to mount a tmpfs");
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2}
                training: {steps: 8}
                theory:   {samples: 128}
                sweep:    {widths: [6, 12], seeds: 3}
                """);
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private void remount(String options) throws Exception {
        assertThat(run("mount", "-o", "remount," + options, disk.toString())).isZero();
    }

    @Test
    void aFullDiskIsSaidClearlyAndLeavesNoHalfFileAndTheSweepGoesOnWhenThereIsRoom() throws Exception {
        Run reference = Run.of("sweep", config, "--out", folder.resolve("reference"), "-q");
        assertThat(reference.exit()).as(reference.err()).isZero();
        Path out = disk.resolve("out");
        int refusals = 0;
        // From no room for the theory to room for everything but the last figures.
        for (String size : List.of("20k", "120k", "200k", "280k", "360k", "440k")) {
            remount("size=" + size);
            Run run = Run.of("sweep", config, "--out", out, "--resume", "-q");
            assertThat(run.exit()).as("%s: %s", size, run.err()).isIn(0, 2);
            if (run.exit() == 2) {
                refusals++;
                assertThat(run.err())
                        .as(size)
                        .startsWith("widthbench: ")
                        .contains("No space left on device", "free space")
                        .hasLineCount(1);
            }
            everyFileIsWhole(out);
        }
        assertThat(refusals).as("disks that were too small").isGreaterThanOrEqualTo(3);
        remount("size=16m");
        Run rest = Run.of("sweep", config, "--out", out, "--resume", "-q");
        assertThat(rest.exit()).as(rest.err()).isZero();
        assertThat(Files.readAllBytes(out.resolve("alignment.csv")))
                .isEqualTo(Files.readAllBytes(folder.resolve("reference/alignment.csv")));
    }

    @Test
    void solveAndTrainOnAFullDiskLeaveNothing() throws Exception {
        remount("size=8k");
        for (List<Object> command : List.<List<Object>>of(
                List.of("solve", config, "--out", disk, "-q"),
                List.of("train", config, "--width", 10, "--out", disk, "-q"))) {
            Run run = Run.of(command.toArray());
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("No space left on device").hasLineCount(1);
            assertThat(disk.toFile().list()).isEmpty();
        }
    }

    @Test
    void aWriteProtectedFolderIsRefusedBeforeTheWork() throws Exception {
        remount("ro");
        for (List<Object> command : List.<List<Object>>of(
                List.of("solve", config, "--out", disk.resolve("new")),
                List.of("train", config, "--width", 10, "--out", disk),
                List.of("sweep", config, "--out", disk.resolve("new")),
                List.of("check", config, "--min-width", 6, "--out", disk))) {
            Run run = Run.of(command.toArray());
            assertThat(run.exit()).as("%s: %s", command, run.err()).isEqualTo(2);
            assertThat(run.err()).contains("no permission to write").hasLineCount(1);
            assertThat(run.out()).isEmpty();
        }
    }

    private static void everyFileIsWhole(Path out) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(out)) {
            try (Stream<Path> all = Files.walk(out)) {
                all.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            assertThat(name).doesNotEndWith(".tmp");
            assertThat(file).isNotEmptyFile();
            if (name.endsWith(".npz")) {
                assertThat(Npz.read(file)).containsKey("loss");
            } else if (name.endsWith(".json")) {
                assertThat(new JsonMapper().readTree(Files.readAllBytes(file)).isObject())
                        .isTrue();
            }
        }
    }
}
