package org.widthbench.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Json;

/**
 * A sweep as two Slurm jobs: an array whose tasks train what no other is at ({@link GridSweep}), and one that waits for the
 * array and gathers. Any task may be killed, requeued or submitted again at any time: what it had claimed falls to another.
 *
 * @param folder of the results, on a file system that all nodes share
 * @param program the words that start widthbench on a node
 * @param arguments further options of the sweep command on a node
 * @param resources what the jobs ask for
 */
public record SlurmSweep(Path folder, List<String> program, List<String> arguments, SlurmResources resources) {
    /** Where scripts, frozen configuration and logs lie, inside the folder. */
    private static final String PLACE = "slurm";

    /** How often a task may begin: one that comes to nothing in so many time limits will not in more. */
    private static final int MOST_STARTS = 100;

    /** A minute before its time limit, Slurm sends a task's script this signal. */
    private static final String TIME_LIMIT = "--signal=B:USR1@60";

    /** What the script of a task does then: the program gives its claims back, and the task goes to the end of the queue. */
    private static final String AGAIN = """
            echo "job ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID on $(hostname), start $((${SLURM_RESTART_COUNT:-0} + 1)),\
             devices ${CUDA_VISIBLE_DEVICES:-none}"
            leave() {
                kill -TERM "$program" 2>/dev/null
                wait "$program"
            }
            again() {
                leave
                if [ "${SLURM_RESTART_COUNT:-0}" -ge %d ]; then
                    echo "time limit: begun too often, given up"
                else
                    echo "time limit: queued again"
                    # Slurm ends this script when it has taken the task back.
                    scontrol requeue "$SLURM_JOB_ID" && sleep 60
                fi
                exit 1
            }
            trap again USR1
            trap 'leave; exit 143' TERM
            """.formatted(MOST_STARTS - 1);

    private static final String AFTER = """
             &
            program=$!
            wait "$program"
            """;

    private static final String TRAIN = "train.sh";
    private static final String GATHER = "gather.sh";
    private static final String CONFIGURATION = "configuration.yaml";

    /**
     * The jobs of a sweep.
     *
     * @param array number of the array job
     * @param gather number of the job that waits for it
     * @param exit code of the latter, 0 if it was not waited for
     */
    public record Jobs(String array, String gather, int exit) {}

    /** Copies the lists. */
    public SlurmSweep {
        folder = folder.toAbsolutePath().normalize();
        program = List.copyOf(program);
        arguments = List.copyOf(arguments);
    }

    /**
     * Writes the scripts and submits them.
     *
     * @param configuration all settings: later changes of the file they came from change nothing
     * @param wait whether to come back when the jobs have ended
     * @throws InvalidInputException if Slurm is not there or refuses the jobs
     */
    public Jobs submit(Map<String, Object> configuration, boolean wait) {
        // Every JSON document is a YAML document.
        AtomicFile.writeText(place().resolve(CONFIGURATION), Json.text(configuration));
        AtomicFile.writeText(
                place().resolve(TRAIN),
                script("train-%A_%a.log", resources.array(), List.of("--only", "train", "--resume"), AGAIN));
        AtomicFile.writeText(
                place().resolve(GATHER), script("gather-%j.log", resources.place(), List.of("--only", "gather"), ""));
        String array = sbatch(List.of("--parsable", TRAIN)).id();
        List<String> gather = new ArrayList<>(List.of("--parsable", "--dependency=afterany:" + array));
        if (wait) {
            gather.add("--wait");
        }
        gather.add(GATHER);
        Submission submission = gather(gather, array);
        return new Jobs(array, submission.id(), submission.exit());
    }

    /** What a job printed, empty if it printed nothing or its log is elsewhere. */
    public String gathered(Jobs jobs) {
        Path log = place().resolve("gather-" + jobs.gather() + ".log");
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** A batch script. Its log's name is relative to the folder that it is submitted from, which may hold any characters. */
    private String script(String log, List<String> options, List<String> part, String before) {
        StringBuilder script = new StringBuilder("#!/bin/bash\n");
        List<String> lines = new ArrayList<>(List.of("--job-name=widthbench", "--requeue", "--open-mode=append"));
        if (!before.isEmpty()) {
            lines.add(TIME_LIMIT);
        }
        lines.add("--output=" + log);
        lines.addAll(options);
        lines.forEach(line -> script.append("#SBATCH ").append(line).append('\n'));
        script.append("""
                # Written by widthbench sweep --engine slurm; may be submitted again from this folder at any time.
                export WIDTHBENCH_BUILD=never
                if [ -n "${SLURM_MEM_PER_NODE:-}" ]; then
                    # Half for the Java heap, half for the matrices outside it.
                    JAVA_OPTS="-Xmx$((SLURM_MEM_PER_NODE / 2))m ${JAVA_OPTS:-}"
                fi
                if [ -n "${SLURM_CPUS_PER_TASK:-}" ]; then
                    JAVA_OPTS="-XX:ActiveProcessorCount=$SLURM_CPUS_PER_TASK ${JAVA_OPTS:-}"
                    export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
                fi
                export JAVA_OPTS
                """);
        List<String> words = new ArrayList<>(program);
        words.addAll(List.of("sweep", place().resolve(CONFIGURATION).toString(), "--out", folder.toString()));
        words.addAll(part);
        words.addAll(arguments);
        String command = words.stream().map(SlurmSweep::quoted).collect(Collectors.joining(" "));
        return script.append(before)
                .append(before.isEmpty() ? "exec " + command + "\n" : command + AFTER)
                .toString();
    }

    private record Submission(String id, int exit) {}

    /** Submits the job that waits for the array; one that is refused takes the array back with it. */
    private Submission gather(List<String> options, String array) {
        try {
            return sbatch(options);
        } catch (InvalidInputException e) {
            String left = cancelled(array)
                    ? "array job " + array + ", already queued, was cancelled"
                    : "array job " + array + " is queued all the same: scancel " + array;
            throw new InvalidInputException(e.getMessage() + "; " + left, e);
        }
    }

    private boolean cancelled(String job) {
        try {
            return new ProcessBuilder("scancel", job)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Submission sbatch(List<String> options) {
        List<String> command = new ArrayList<>(List.of("sbatch"));
        command.addAll(options);
        try {
            Path errors = Files.createTempFile("sbatch", ".log");
            try {
                Process sbatch = new ProcessBuilder(command)
                        .directory(place().toFile())
                        .redirectError(errors.toFile())
                        .start();
                String out = new String(sbatch.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int exit = sbatch.waitFor();
                // The number may be followed by a semicolon and the cluster's name.
                String id = out.strip().replaceFirst("\\D.*", "");
                if (id.isEmpty()) {
                    throw new InvalidInputException("--engine slurm: sbatch refused the job: "
                            + Files.readString(errors).strip().replaceAll("\\s*\\R\\s*", "; "));
                }
                return new Submission(id, exit);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new InvalidInputException(
                    "--engine slurm: sbatch cannot be run: " + IoFailure.reason(e)
                            + "; run this where Slurm is, or use --engine local",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidInputException("--engine slurm: interrupted; the jobs go on", e);
        }
    }

    private Path place() {
        return folder.resolve(PLACE);
    }

    private static String quoted(String word) {
        return word.matches("[-A-Za-z0-9_./:=,@%+]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
