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
    private static final int MOST_MORE = 40;
    private static final long LOOK_MILLIS = 5;
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
                training: {steps: 12}
                theory:   {samples: 64}
                sweep:    {widths: [6, 12, 30], seeds: 24, grid: {training.gamma0: [0.5, 1]}}
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
                long begun = System.nanoTime();
                // One dies when so many more networks are finished, the other at any moment.
                long wanted = finished(out) + 1 + random.nextInt(MOST_MORE);
                long moment = life / 8 + random.nextInt((int) Math.max(1, life));
                for (Process process : running) {
                    boolean first = process == running.get(0);
                    boolean ended = false;
                    while (!ended && (first ? finished(out) < wanted : milliseconds(begun) < moment)) {
                        ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                    }
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

    private static long milliseconds(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    /** Without a walk: temporary files that come and go meanwhile would end it. */
    private static long finished(Path out) {
        long count = 0;
        String[] points = out.resolve("points").toFile().list();
        for (String point : points == null ? new String[0] : points) {
            String[] tasks = out.resolve("points")
                    .resolve(point)
                    .resolve("tasks")
                    .toFile()
                    .list();
            count += tasks == null
                    ? 0
                    : List.of(tasks).stream()
                            .filter(name -> name.matches("width-.*\\.json"))
                            .count();
        }
        return count;
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
