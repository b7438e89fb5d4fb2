package org.widthbench.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.sweep.SlurmResources;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code --engine slurm} asks of the cluster. */
final class SlurmOptions {
    /** A JVM start is a few seconds: worth it for this many networks. */
    private static final int NETWORKS_PER_WORKER = 4;

    private static final int MOST_WORKERS = 64;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--workers",
            paramLabel = "K",
            description =
                    "Slurm: tasks of the array, each training network after network (default: one for four networks,"
                            + " at most 64).")
    private Integer workers;

    @Option(names = "--throttle", paramLabel = "N", description = "Slurm: tasks that may run at the same time.")
    private Integer throttle;

    @Option(names = "--partition", paramLabel = "NAME", description = "Slurm: partition.")
    private String partition;

    @Option(names = "--account", paramLabel = "NAME", description = "Slurm: account.")
    private String account;

    @Option(names = "--time", paramLabel = "LIMIT", description = "Slurm: time limit of a task, such as 04:00:00.")
    private String time;

    @Option(names = "--memory", paramLabel = "SIZE", description = "Slurm: memory of a task, such as 16G.")
    private String memory;

    @Option(names = "--cpus", paramLabel = "N", description = "Slurm: cores of a task.")
    private Integer cpus;

    @Option(names = "--gpus", paramLabel = "N", description = "Slurm: GPUs of a task.")
    private Integer gpus;

    @Option(
            names = "--sbatch",
            paramLabel = "OPTION",
            description = "Slurm: any other option of sbatch, such as --sbatch=--constraint=a100; repeatable.")
    private List<String> more = new ArrayList<>();

    @Option(
            names = "--wait",
            description = "Slurm: come back when all jobs have ended, with the exit code of the last.")
    private boolean wait;

    boolean waits() {
        return wait;
    }

    /** @throws InvalidInputException if an option is given that the local engine has no use for */
    void requireNone() {
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            InvalidInputException.require(
                    !option.description()[0].startsWith("Slurm:"),
                    option.longestName(),
                    option.getValue(),
                    "none without --engine slurm");
        }
    }

    /** @param networks of the sweep */
    SlurmResources resources(int networks) {
        int standard = Math.max(1, Math.min(MOST_WORKERS, networks / NETWORKS_PER_WORKER));
        return new SlurmResources(
                workers == null ? standard : workers,
                throttle == null ? 0 : positive("--throttle", throttle),
                partition,
                account,
                time,
                memory,
                cpus == null ? 0 : positive("--cpus", cpus),
                gpus == null ? 0 : positive("--gpus", gpus),
                more);
    }

    private static int positive(String option, int value) {
        InvalidInputException.require(value >= 1, option, value, "a whole number >= 1");
        return value;
    }

    /** The words that start this program: the launcher, or this Java where it was started without. */
    static List<String> program() {
        String home = System.getProperty("widthbench.home");
        return home != null
                ? List.of(Path.of(home, "widthbench").toString())
                : List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName());
    }
}
