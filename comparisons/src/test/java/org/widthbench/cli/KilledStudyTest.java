package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes at work on one study, two at a time, left alone or killed with SIGKILL at random moments. */
class KilledStudyTest {
    private static final int KILLS = 10;
    /** Tasks that are finished before a process is killed, at most. */
    private static final int MOST_MORE = 16;

    /** Two tasks' networks and theories, networks and theory at one learning rate. */
    private static final int TASKS = 2 * 3 * 14 + 2 + 3 * 4 + 1;

    private static final long LOOK_MILLIS = 2;
    private static final long SEED = 20230530;

    @TempDir
    private static Path folder;

    private static Path config;
    private static Path undisturbed;

    @BeforeAll
    static void studyUndisturbed() throws IOException {
        config = Files.writeString(folder.resolve("c.yaml"), """
                tasks:
                  online:   {source: teacher, dimension: 3, degrees: [1, 2]}
                  repeated: {source: teacher, dimension: 3, degrees: [2], points: 4}
                network:  {depth: 1}
                training: {eta: 0.3, steps: 16, batch: 2}
                measure:  {times: 4, testPoints: 8, kernelPoints: 3, sharpnessPoints: 4}
                edge:     {task: online, points: 4, rates: [0.5], steps: 6, every: 3, seeds: 4}
                sweep:    {widths: [4, 8, 16], seeds: 14}
                theory:   {samples: 128}
                """);
        undisturbed = folder.resolve("undisturbed");
        Run run = Run.of("consistency", config, "--out", undisturbed, "--device", "cpu", "-q");
        assertThat(run.exit()).as(run.err()).isZero();
    }

    @Test
    void twoProcessesOnOneFolderDoEveryTaskOnceAndWhole() throws Exception {
        Path out = folder.resolve("two");
        boolean together = false;
        try (Watch watch = new Watch(out)) {
            List<Process> pair = List.of(start(out, 0), start(out, 1));
            while (watch.finished() < TASKS) {
                waitWhileAlive(pair.get(0), 0);
                waitWhileAlive(pair.get(1), 1);
                together |= watch.finished() < TASKS && count(out.resolve(".sweep/owners"), "") == 2;
            }
            // What is left are figures, which others look at.
            for (Process process : pair) {
                process.destroyForcibly().waitFor();
            }
            assertThat(together).as("both at work at once").isTrue();
            watch.requireEachOnce();
        }
        requireUndisturbedTasks(out);
    }

    @Test
    void aStudyKilledAtAnyMomentGoesOnToTheNumbersOfAnUndisturbedOne() throws Exception {
        Path out = folder.resolve("killed");
        Random random = new Random(SEED);
        int kills = 0;
        int midway = 0;
        try (Watch watch = new Watch(out)) {
            while (kills < KILLS) {
                List<Process> pair = List.of(start(out, 0), start(out, 1));
                for (int number = 0; number < 2; number++) {
                    int until = Math.min(TASKS, watch.finished() + 1 + random.nextInt(MOST_MORE));
                    while (watch.finished() < until) {
                        waitWhileAlive(pair.get(number), number);
                    }
                    pair.get(number).destroyForcibly().waitFor();
                    kills++;
                    midway += watch.finished() < TASKS ? 1 : 0;
                }
            }
            List<Process> last = List.of(start(out, 0), start(out, 1));
            for (int number = 0; number < 2; number++) {
                assertThat(last.get(number).waitFor()).as(log(number)).isZero();
            }
            watch.requireEachOnce();
        }
        System.out.println(kills + " processes killed, " + midway + " of them before the last task");
        assertThat(midway).as("kills before the last task").isGreaterThan(KILLS / 2);
        requireUndisturbedTasks(out);
        assertThat(Files.readString(out.resolve("exponents.csv")))
                .isEqualTo(Files.readString(undisturbed.resolve("exponents.csv")));
        assertThat(count(out, ".tmp")).isZero();
    }

    /** The same arrays to every byte, and nothing else. */
    private static void requireUndisturbedTasks(Path out) throws IOException {
        String[] tasks = undisturbed.resolve("tasks").toFile().list();
        assertThat(tasks).hasSize(TASKS);
        assertThat(out.resolve("tasks").toFile().list()).containsExactlyInAnyOrder(tasks);
        for (String task : tasks) {
            assertThat(Files.readAllBytes(out.resolve("tasks").resolve(task)))
                    .as(task)
                    .isEqualTo(Files.readAllBytes(undisturbed.resolve("tasks").resolve(task)));
        }
    }

    private static Process start(Path out, int number) throws IOException {
        return ProgramProcess.start(
                folder.resolve("log " + number),
                "consistency",
                config,
                "--out",
                out,
                "--device",
                "cpu",
                "--resume",
                "-q");
    }

    /** A moment; a process that ends by itself has failed, for work is left. */
    private static void waitWhileAlive(Process process, int number) throws Exception {
        assertThat(process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS))
                .as(log(number))
                .isFalse();
    }

    private static String log(int number) throws IOException {
        return Files.readString(folder.resolve("log " + number));
    }

    private static int count(Path place, String ending) {
        String[] names = place.toFile().list((parent, name) -> name.endsWith(ending));
        return names == null ? 0 : names.length;
    }

    /** Sees every task's file come into its place: a second time if the task is done twice. */
    private static final class Watch implements AutoCloseable {
        private final WatchService service;
        private final WatchKey key;
        private final Map<String, Integer> times = new HashMap<>();

        Watch(Path out) throws IOException {
            Path tasks = Files.createDirectories(out.resolve("tasks"));
            service = FileSystems.getDefault().newWatchService();
            key = tasks.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        }

        private void look() {
            for (WatchEvent<?> event : key.pollEvents()) {
                assertThat(event.kind()).isEqualTo(StandardWatchEventKinds.ENTRY_CREATE);
                String name = event.context().toString();
                if (name.endsWith(".npz") && !name.endsWith(".checkpoint.npz")) {
                    times.merge(name, event.count(), Integer::sum);
                }
            }
        }

        int finished() {
            look();
            return times.size();
        }

        void requireEachOnce() {
            look();
            assertThat(times).hasSize(TASKS);
            List<String> more = new ArrayList<>();
            times.forEach((name, count) -> {
                if (count > 1) {
                    more.add(name);
                }
            });
            assertThat(more).as("tasks done more than once").isEmpty();
        }

        @Override
        public void close() throws IOException {
            service.close();
        }
    }
}
