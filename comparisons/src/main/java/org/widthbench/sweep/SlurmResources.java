package org.widthbench.sweep;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.InvalidInputException;

/**
 * What a sweep asks of a Slurm cluster. Null or 0 leaves a choice to the cluster.
 *
 * @param workers tasks of the array, at least 1; each trains network after network until none is left
 * @param throttle tasks that may run at the same time
 * @param partition where
 * @param account on whose account
 * @param time limit of a task, as Slurm writes it: minutes, hours:minutes:seconds, days-hours
 * @param memory of a task, such as 16G
 * @param cpus cores of a task
 * @param gpus devices of a task
 * @param more further options of {@code sbatch}
 */
public record SlurmResources(
        int workers,
        int throttle,
        String partition,
        String account,
        String time,
        String memory,
        int cpus,
        int gpus,
        List<String> more) {
    private static final String COUNT = "a whole number >= 1";
    private static final String NAME = "[A-Za-z0-9_.,@-]+";

    /** @throws InvalidInputException naming the first option whose value Slurm would not understand */
    public SlurmResources {
        more = List.copyOf(more);
        InvalidInputException.require(workers >= 1, "--workers", workers, COUNT);
        InvalidInputException.require(throttle >= 0, "--throttle", throttle, COUNT);
        InvalidInputException.require(cpus >= 0, "--cpus", cpus, COUNT);
        InvalidInputException.require(gpus >= 0, "--gpus", gpus, COUNT);
        match("--partition", partition, NAME, "a name, or several with commas");
        match("--account", account, NAME, "a name");
        match("--time", time, "[0-9]+([-:][0-9]+)*", "a time such as 90 (minutes), 12:00:00 or 2-00:00:00");
        match("--memory", memory, "[0-9]+[KMGT]?", "a size such as 16G");
        for (String option : more) {
            match("--sbatch", option, "--[a-z][ -~]*", "an option of sbatch such as --constraint=a100");
        }
    }

    /** The array's lines of a batch script. */
    List<String> array() {
        List<String> lines = new ArrayList<>();
        lines.add("--array=0-" + (workers - 1) + (throttle > 0 ? "%" + throttle : ""));
        add(lines, "--time", time);
        add(lines, "--mem", memory);
        add(lines, "--cpus-per-task", cpus == 0 ? null : String.valueOf(cpus));
        add(lines, "--gpus", gpus == 0 ? null : String.valueOf(gpus));
        lines.addAll(place());
        return lines;
    }

    /** The lines of a job that only reads and draws. */
    List<String> place() {
        List<String> lines = new ArrayList<>();
        add(lines, "--partition", partition);
        add(lines, "--account", account);
        lines.addAll(more);
        return lines;
    }

    private static void add(List<String> lines, String option, String value) {
        if (value != null) {
            lines.add(option + "=" + value);
        }
    }

    private static void match(String option, String value, String pattern, String allowed) {
        InvalidInputException.require(
                value == null || value.matches(pattern),
                option,
                value == null ? "" : value.replaceAll("\\R", " "),
                allowed);
    }
}
