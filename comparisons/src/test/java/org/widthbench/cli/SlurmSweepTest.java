package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep on a real Slurm of one node, started for this test alone and stopped after it. */
class SlurmSweepTest {
    private static final List<String> PROGRAMS = List.of("slurmctld", "slurmd", "munged", "sbatch", "scontrol");
    private static final long LOOK_MILLIS = 100;
    private static final long PATIENCE_SECONDS = 300;
    /** Two points of the grid, two widths, eight seeds. */
    private static final int NETWORKS = 2 * 2 * 8;

    @TempDir
    private static Path folder;

    private static Path cluster;
    private static Path config;

    @BeforeAll
    static void startCluster() throws Exception {
        for (String program : PROGRAMS) {
            boolean there = Stream.concat(
                            Arrays.stream(System.getenv("PATH").split(File.pathSeparator)),
                            Stream.of("/usr/sbin", "/sbin"))
                    .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
            if (!there) {
                System.out.println("SKIPPED: SlurmSweepTest needs " + program + " (apt-get install slurm-wlm munge)");
            }
            Assumptions.assumeTrue(there, program + " is not installed");
        }
        cluster = folder.resolve("cluster");
        shell("start", cluster.toString(), String.valueOf(freePort()));
        String idle =
                until(() -> "idle".equals(output("sinfo", "-h", "-o", "%T").strip()), null);
        assertThat(idle).as("%s", log("slurmctld.log")).isEmpty();
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 8, points: 4}
                network:  {depth: 2}
                training: {steps: 80}
                theory:   {samples: 128}
                sweep:    {widths: [20, 1000], seeds: 8, grid: {training.gamma0: [0.5, 1]}}
                """);
    }

    @AfterAll
    static void stopCluster() throws Exception {
        if (cluster != null) {
            output("scancel", "--signal=KILL", "--state=RUNNING", "--name=widthbench");
            shell("stop", cluster.toString());
        }
    }

    @Test
    void tasksCancelledRequeuedAndAtTheirTimeLimitMidRunLeaveTheTableOfAnUndisturbedSweep() throws Exception {
        Path out = folder.resolve("auf dem Cluster \u03b3");
        Process sweep = sweep(out, "sweep.log", "--engine", "slurm", "--workers", "3", "--time", "10", "--wait");
        until(() -> finished(out) >= 1 && log(out, "_1.log") != null, sweep);
        String array = log(out, "_0.log").replaceFirst("train-(\\d+)_0.log", "$1");
        // What Slurm itself sends a minute before the limit.
        output("scancel", "--batch", "--signal=USR1", array + "_0");
        output("scontrol", "requeue", array + "_1");
        output("scancel", array + "_2");
        assertThat(finished(out)).as("mid-run").isLessThan(NETWORKS);
        assertThat(sweep.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        String printed = Files.readString(folder.resolve("sweep.log"));
        assertThat(sweep.exitValue()).as(printed).isZero();

        Run local = Run.of("sweep", config, "--out", folder.resolve("local"), "-q");
        assertThat(local.exit()).as(local.err()).isZero();
        assertThat(Files.readString(out.resolve("alignment.csv")))
                .isEqualTo(Files.readString(folder.resolve("local/alignment.csv")));
        assertThat(printed).contains("index.html");
        assertThat(output("scontrol", "show", "job", array + "_0")).contains("Restarts=1", "JobState=COMPLETED");
        assertThat(Files.readString(out.resolve("slurm").resolve(log(out, "_0.log"))))
                .contains("start 1,", "time limit: queued again", "start 2,");
        assertThat(output("scontrol", "show", "job", array + "_1")).contains("Restarts=1", "JobState=COMPLETED");
        assertThat(output("scontrol", "show", "job", array + "_2")).contains("JobState=CANCELLED");
        try (Stream<Path> claims = Files.list(out.resolve(".sweep"))) {
            assertThat(claims.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .as("claims left")
                    .containsExactly("settings.json");
        }
        // Once more: everything is there, nothing is trained.
        Run again = Run.of("sweep", config, "--out", out, "--only", "train", "--resume", "-q");
        assertThat(again.out()).isEqualTo("0 networks trained here" + System.lineSeparator());
    }

    @Test
    void twoArraysOnOneFolderDoNothingTwiceAndGetWhatTheyAskOfTheCluster() throws Exception {
        Path out = folder.resolve("two arrays");
        List<Process> sweeps = new ArrayList<>();
        for (String log : List.of("one.log", "other.log")) {
            sweeps.add(sweep(
                    out,
                    log,
                    ("--engine slurm --workers 2 --throttle 2 --set sweep.widths=[5,20] --gpus 1 --cpus 1 --memory 900M --time 00:20:00"
                                    + " --partition main --account physics --sbatch=--comment=tanh")
                            .split(" ")));
        }
        for (Process sweep : sweeps) {
            assertThat(sweep.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(sweep.exitValue())
                    .as(Files.readString(folder.resolve("one.log")) + Files.readString(folder.resolve("other.log")))
                    .isZero();
        }
        until(() -> log(out, "_0.log") != null, null);
        String array = log(out, "_0.log").replaceFirst("train-(\\d+)_0.log", "$1");
        assertThat(output("scontrol", "show", "job", array))
                .contains(
                        "Account=physics",
                        "Partition=main",
                        "TimeLimit=00:20:00",
                        "ArrayTaskThrottle=2",
                        "CPUs/Task=1",
                        "MinMemoryNode=900M",
                        "Comment=tanh")
                .containsPattern("gres[:/]gpu[:=]1");
        assertThat(until(() -> output("squeue", "-h").isBlank(), null)).isEmpty();
        List<String> logs = new ArrayList<>();
        try (Stream<Path> files = Files.list(out.resolve("slurm"))) {
            for (Path file : files.filter(file -> file.toString().contains("train-"))
                    .filter(file -> file.toString().endsWith(".log"))
                    .toList()) {
                logs.add(Files.readString(file));
            }
        }
        assertThat(Files.readAllLines(out.resolve("alignment.csv"))).hasSize(1 + 4 * NETWORKS);
        // Two of each array; every one saw a device of its own.
        assertThat(logs).hasSize(4).allMatch(log -> log.contains("devices 0") || log.contains("devices 1"));
        int trained = Pattern.compile("(\\d+) networks trained here")
                .matcher(String.join("\n", logs))
                .results()
                .mapToInt(count -> Integer.parseInt(count.group(1)))
                .sum();
        assertThat(trained).isEqualTo(NETWORKS);
    }

    private static Process sweep(Path out, String log, String... options) throws IOException {
        List<String> command = new ArrayList<>(SlurmOptions.program());
        command.addAll(List.of("sweep", config.toString(), "--out", out.toString(), "-q"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve(log).toFile());
        return inCluster(builder).start();
    }

    private static int finished(Path out) {
        Path points = out.resolve("points");
        if (!Files.exists(points)) {
            return 0;
        }
        try (Stream<Path> all = Files.find(
                points, 3, (file, kind) -> file.getFileName().toString().matches("width-.*\\.json"))) {
            return (int) all.count();
        } catch (IOException | java.io.UncheckedIOException e) {
            // A file went away meanwhile: the next look will see.
            return 0;
        }
    }

    /** Name of the array's log with this ending, or null. */
    private static String log(Path out, String ending) {
        String[] names = out.resolve("slurm").toFile().list((place, name) -> name.endsWith(ending));
        return names == null || names.length == 0 ? null : names[0];
    }

    private static String log(String name) throws IOException {
        return Files.readString(cluster.resolve(name));
    }

    /** Looks until the condition holds; what was said if it never did. */
    private static String until(BooleanSupplier condition, Process running) throws Exception {
        long started = System.nanoTime();
        Process pulse = running == null ? new ProcessBuilder("cat").start() : running;
        try {
            while (!condition.getAsBoolean()) {
                boolean ended = pulse.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (ended || System.nanoTime() - started > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    return "gave up waiting";
                }
            }
            return "";
        } finally {
            if (running == null) {
                pulse.destroy();
            }
        }
    }

    private static String output(String... command) {
        try {
            Process process = inCluster(new ProcessBuilder(command).redirectErrorStream(true))
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void shell(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "src/test/resources/slurm/one-node.sh"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // To a file: the daemons keep what they inherit open.
        Path log = folder.resolve("shell.log");
        int exit = builder.redirectOutput(log.toFile()).start().waitFor();
        assertThat(exit).as(Files.readString(log)).isZero();
    }

    private static ProcessBuilder inCluster(ProcessBuilder builder) {
        builder.environment().put("SLURM_CONF", cluster.resolve("slurm.conf").toString());
        return builder;
    }

    /** A port that is free, and so is the next. */
    private static int freePort() throws IOException {
        for (; ; ) {
            try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket next = new ServerSocket(one.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
                return next.getLocalPort() - 1;
            } catch (java.net.BindException e) {
                // Try another pair.
            }
        }
    }
}
