package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed with SIGKILL at random moments, two at a time on one folder; on the backend, which starts in half the time. */
class KilledSweepTest {
    private static final int KILLS = 50;
    /** Networks that are finished before the first of two is killed, at most. */
    private static final int MOST_MORE = 50;
    /** Pairs of processes of a campaign that find every network trained, and only tables and figures left. */
    private static final int DRAWING = 3;

    private static final int NETWORKS = 2 * 3 * 40;
    private static final long LOOK_MILLIS = 5;
    private static final long SEED = 20220519;

    @TempDir
    private Path folder;

    private Path config;
    private String undisturbed;
    /** For each kill, the networks that were finished by then. */
    private final List<Long> killed = new ArrayList<>();

    @BeforeEach
    void sweepUndisturbed() throws IOException {
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 6, points: 4}
                network:  {depth: 2}
                training: {steps: 12}
                theory:   {samples: 64}
                sweep:    {widths: [6, 12, 30], seeds: 40, grid: {training.gamma0: [0.5, 1]}}
                """);
        Path out = folder.resolve("undisturbed");
        Run run = Run.of("sweep", config, "--trainer", "backend", "--out", out, "-q");
        assertThat(run.exit()).as(run.err()).isZero();
        undisturbed = Files.readString(out.resolve("alignment.csv"));
    }

    @Test
    void sweepsKilledAtAnyMomentGoOnToTheTableOfAnUndisturbedOne() throws Exception {
        // The first, left alone, tells how long one takes to its first network.
        long started = System.nanoTime();
        Process whole = start(folder.resolve("first"));
        while (finished(folder.resolve("first")) == 0 && !whole.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {}
        long start = milliseconds(started);
        assertThat(whole.waitFor()).as(log()).isZero();

        Random random = new Random(SEED);
        int campaigns = 0;
        while (killed.size() < KILLS) {
            Path out = folder.resolve("campaign " + campaigns++);
            int drawing = 0;
            for (int pair = 0; drawing < DRAWING; pair++) {
                long found = finished(out);
                drawing += found == NETWORKS ? 1 : 0;
                // The first pair dies early, the last ones die drawing.
                boolean byTheClock = pair == 0 || found == NETWORKS;
                Process one = start(out);
                Process other = start(out);
                long begun = System.nanoTime();
                long wanted = found + 1 + random.nextInt(MOST_MORE);
                long moment = start / 4 + random.nextInt((int) (1 + (pair == 0 ? start / 2 : start)));
                kill(
                        one,
                        out,
                        () -> byTheClock ? milliseconds(begun) < moment : finished(out) < Math.min(wanted, NETWORKS));
                kill(other, out, () -> milliseconds(begun) < moment);
            }
            Run rest = Run.of("sweep", config, "--trainer", "backend", "--out", out, "--resume", "-q");
            assertThat(rest.exit()).as(rest.err()).isZero();
            assertThat(Files.readString(out.resolve("alignment.csv"))).isEqualTo(undisturbed);
            assertThat(names(out)).noneMatch(name -> name.endsWith(".tmp"));
            assertThat(finished(out)).isEqualTo(NETWORKS);
        }
        long before = killed.stream().filter(finished -> finished == 0).count();
        long after = killed.stream().filter(finished -> finished == NETWORKS).count();
        System.out.println(killed.size() + " processes killed in " + campaigns + " sweeps: " + before
                + " before the first network, " + after + " after the last");
        assertThat(before).as("kills before networks were trained").isPositive();
        assertThat(after).as("kills while tables were written").isPositive();
        assertThat(killed.size() - before - after)
                .as("kills while networks were trained")
                .isGreaterThan(KILLS / 4);
    }

    /** Kills a process when it need no longer live, unless it ends before. */
    private void kill(Process process, Path out, BooleanSupplier lives) throws Exception {
        boolean ended = false;
        while (!ended && lives.getAsBoolean()) {
            ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (ended) {
            assertThat(process.exitValue()).as(log()).isZero();
        } else {
            process.destroyForcibly().waitFor();
            killed.add(finished(out));
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private Process start(Path out) throws IOException {
        return ProgramProcess.start(
                folder.resolve("log"), "sweep", config, "--trainer", "backend", "--out", out, "--resume", "-q");
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
