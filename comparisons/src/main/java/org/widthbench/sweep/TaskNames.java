package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Sha256;

/**
 * Names of the files of tasks: {@code TASK-HASH.ENDING}, where the hash is that of the task and of all that determines its
 * result, so that changed settings or changed code find nothing of the old.
 *
 * @param folder of the files
 * @param identity text of all that determines the results, the code among it, other than what the tasks' names say
 */
public record TaskNames(Path folder, String identity) {
    /** Characters of the hash in a file's name: 64 bits. */
    private static final int HASH_LENGTH = 16;

    private static final Pattern FILE = Pattern.compile("(.+)-([0-9a-f]{" + HASH_LENGTH + "})(\\..+)?");

    /** The hash of a task, whole, to be kept in its file. */
    public String hash(String task) {
        return Sha256.of(identity + "\n" + task);
    }

    /** Name under which a task is claimed, and of its file without the ending. */
    public String name(String task) {
        return task + "-" + hash(task).substring(0, HASH_LENGTH);
    }

    /** Where a task's file lies or will lie. */
    public Path file(String task, String ending) {
        return folder.resolve(name(task) + ending);
    }

    private boolean owns(String file) {
        Matcher matcher = FILE.matcher(file);
        return matcher.matches() && name(matcher.group(1)).equals(matcher.group(1) + "-" + matcher.group(2));
    }

    /**
     * Deletes files of a folder that belong to none of some tasks: what other settings or other code have left.
     *
     * @return how many
     */
    public static int deleteOthers(Path folder, List<TaskNames> current) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        int deleted = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (FILE.matcher(name).matches()
                        && !Files.isDirectory(file)
                        && current.stream().noneMatch(names -> names.owns(name))) {
                    Files.delete(file);
                    deleted++;
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot delete in " + folder + ": " + IoFailure.reason(e), e);
        }
        return deleted;
    }
}
