package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed with SIGKILL at random moments, two at a time on one folder. */
class KilledSweepTest {
    private static final int KILLS = 50;
    private static final int AT_ONCE = 2;
    private static final long SEED = 20220519;

    @TempDir
    private Path folder;

    private Path config;
    private String undisturbed;

    @BeforeEach
    void sweepUndisturbed() throws IOException {
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2}
                training: {steps: 6}
                theory:   {samples: 64}
                sweep:    {widths: [6, 12, 30], seeds: 12, grid: {training.gamma0: [0.5, 1], data.seed: [0, 1]}}
                """);
        Path out = folder.resolve("undisturbed");
        Run run = Run.of("sweep", config, "--out", out, "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        undisturbed = Files.readString(out.resolve("alignment.csv"));
    }

    @Test
    void sweepsKilledAtAnyMomentGoOnToTheTableOfAnUndisturbedOne() throws Exception {
        // The first, left alone, tells how long one lives.
        long started = System.nanoTime();
        Process whole = start(folder.resolve("first"));
        assertThat(whole.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
        long life = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);

        Random random = new Random(SEED);
        int kills = 0;
        int campaign = 0;
        int midway = 0;
        while (kills < KILLS) {
            Path out = folder.resolve("campaign " + campaign++);
            boolean complete = false;
            while (!complete && kills < KILLS) {
                List<Process> running = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    running.add(start(out));
                }
                for (Process process : running) {
                    // A new process needs a while before it does anything worth a disturbance.
                    long delay = life / 8 + random.nextInt((int) Math.max(1, life / 3));
                    boolean ended = process.waitFor(delay, TimeUnit.MILLISECONDS);
                    if (ended) {
                        assertThat(process.exitValue())
                                .as(Files.readString(folder.resolve("log")))
                                .isZero();
                        complete = true;
                    } else {
                        process.destroyForcibly().waitFor();
                        kills++;
                    }
                }
                midway += finished(out) > 0 && finished(out) < 144 ? 1 : 0;
            }
            Run rest = Run.of("sweep", config, "--out", out, "--resume", "-q");
            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(Files.readString(out.resolve("alignment.csv"))).isEqualTo(undisturbed);
            assertThat(names(out)).noneMatch(name -> name.endsWith(".tmp"));
            assertThat(finished(out)).isEqualTo(144);
        }
        System.out.println(kills + " processes killed in " + campaign + " sweeps, " + midway
                + " times with some networks finished and some not");
        assertThat(midway).as("kills while networks were trained").isPositive();
    }

    private Process start(Path out) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "-Xmx512m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("sweep", config.toString(), "--out", out.toString(), "--resume", "-q"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static long finished(Path out) throws IOException {
        return names(out).stream()
                .filter(name -> name.matches("width-.*\\.json"))
                .count();
    }

    private static List<String> names(Path out) throws IOException {
        if (!Files.exists(out)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(out)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }
}
