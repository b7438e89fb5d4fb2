package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Npz;
import org.widthbench.core.io.Sha256;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.Provenance;

/**
 * Results of finished tasks in one folder, a file each, written whole or not at all: {@code TASK-HASH.json} of a few numbers,
 * {@code TASK-HASH.npz} of arrays. The hash is that of the task and of all that determines its result, so that changed settings or changed
 * code find nothing of the old. A file holds the whole hash, so that one under another's name counts as none, the commit that
 * computed it, and checksums, so that a damaged one counts as none too.
 */
public final class TaskStore {
    private static final String TASK = "task";
    private static final String COMMIT = "commit";
    private static final String RESULT = "result";
    private static final String CHECKSUM = "sha256";
    private static final String NUMBERS = ".json";
    private static final String ARRAYS = ".npz";
    private static final String STATE = ".checkpoint.npz";

    /** Characters of the hash in a file's name: 64 bits. */
    private static final int HASH_LENGTH = 16;

    private static final Pattern FILE = Pattern.compile("(.+)-([0-9a-f]{" + HASH_LENGTH + "})(\\..+)?");

    private final Path folder;
    private final String identity;
    private final Set<String> commits = new ConcurrentSkipListSet<>();

    /**
     * @param folder made with the first result
     * @param identity text of all that determines the results, the code among it, other than what the tasks' names say
     */
    public TaskStore(Path folder, String identity) {
        this.folder = folder;
        this.identity = identity;
    }

    /** A network's task. */
    public static String task(int width, long seed) {
        return "width-" + width + "-seed-" + seed;
    }

    private String hash(String task) {
        return Sha256.of(identity + "\n" + task);
    }

    /** Name under which a task is claimed, and of its file without the ending. */
    public String name(String task) {
        return task + "-" + hash(task).substring(0, HASH_LENGTH);
    }

    /** Where a file of a task lies or will lie. */
    public Path file(String task, String ending) {
        return folder.resolve(name(task) + ending);
    }

    /** Commits that computed the results that were read or written. */
    public Set<String> commits() {
        return commits;
    }

    /** Keeps what a task found: plain values, lists and maps, or a record of them. */
    public void write(String task, Object result) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put(TASK, hash(task));
        file.put(COMMIT, Provenance.commit());
        file.put(RESULT, result);
        AtomicFile.writeText(file(task, NUMBERS), Json.text(Json.sealed(CHECKSUM, file)));
        commits.add(Provenance.commit());
    }

    /** What a task found, unless there is nothing or it is damaged. */
    public Optional<JsonNode> read(String task) {
        return Json.read(file(task, NUMBERS))
                .filter(file -> Json.isSealed(CHECKSUM, file)
                        && file.path(TASK).asText().equals(hash(task)))
                .map(file -> {
                    commits.add(file.path(COMMIT).asText());
                    return file.get(RESULT);
                });
    }

    /** Keeps arrays that a task found. */
    public void writeArrays(String task, Map<String, Tensor> arrays) {
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        all.put(TASK, Npz.characters(hash(task)));
        all.put(COMMIT, Npz.characters(Provenance.commit()));
        Npz.write(file(task, ARRAYS), all, Set.of(TASK, COMMIT));
        commits.add(Provenance.commit());
    }

    /** The arrays that a task found, unless there are none or they are damaged. */
    public Optional<Map<String, Tensor>> readArrays(String task) {
        Path file = file(task, ARRAYS);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Map<String, Tensor> arrays = Npz.read(file);
            Tensor hash = arrays.remove(TASK);
            Tensor commit = arrays.remove(COMMIT);
            if (hash == null || commit == null || !Npz.text(hash).equals(hash(task))) {
                return Optional.empty();
            }
            commits.add(Npz.text(commit));
            return Optional.of(arrays);
        } catch (InvalidInputException e) {
            // Truncated or altered: it is computed again.
            return Optional.empty();
        }
    }

    /** How results of one kind are kept. */
    public interface Codec<R> {
        /** Keeps what a task found. */
        void write(TaskStore store, String task, R result);

        /** What it found, unless there is nothing or it is damaged. */
        Optional<R> read(TaskStore store, String task);
    }

    /** Records of a few numbers. */
    public static <R> Codec<R> numbers(Class<R> type) {
        return new Codec<>() {
            @Override
            public void write(TaskStore store, String task, R result) {
                store.write(task, result);
            }

            @Override
            public Optional<R> read(TaskStore store, String task) {
                return store.read(task).map(tree -> Json.value(tree, type));
            }
        };
    }

    /**
     * Results that are arrays; one that holds a number that is not finite is refused.
     *
     * @param arrays of a result
     * @param result of its arrays
     */
    public static <R> Codec<R> arrays(
            Function<R, Map<String, Tensor>> arrays, Function<Map<String, Tensor>, R> result) {
        return new Codec<>() {
            @Override
            public void write(TaskStore store, String task, R found) {
                Map<String, Tensor> all = arrays.apply(found);
                all.forEach((array, tensor) -> requireFinite(task + ": " + array, tensor));
                store.writeArrays(task, all);
            }

            @Override
            public Optional<R> read(TaskStore store, String task) {
                return store.readArrays(task).map(result);
            }
        };
    }

    private static void requireFinite(String name, Tensor tensor) {
        for (double value : tensor.data()) {
            if (!Double.isFinite(value)) {
                throw new SolverException(name + " holds " + value + "; nothing was written; lower training.eta");
            }
        }
    }

    /**
     * Where the solving of a theory keeps its state.
     *
     * @param backend that solves
     * @param say told when an earlier state cannot be used
     */
    public CheckpointFile checkpoint(
            String task, Backend backend, CheckpointFile.Interval every, Consumer<String> say) {
        return new CheckpointFile(file(task, STATE), identity + "\n" + backend.description(), every, say);
    }

    /** Where its files are. */
    Path folder() {
        return folder;
    }

    /** Forgets what a task found, and how far it had come. */
    public void discard(String task) {
        for (String ending : List.of(NUMBERS, ARRAYS, STATE)) {
            AtomicFile.delete(file(task, ending));
        }
    }

    /** Forgets all that tasks of this store found. */
    public void clear() {
        delete(folder, this::owns);
        SharedFolder.removeIfEmpty(folder);
    }

    private boolean owns(String file) {
        Matcher matcher = FILE.matcher(file);
        return matcher.matches() && name(matcher.group(1)).equals(matcher.group(1) + "-" + matcher.group(2));
    }

    /**
     * Deletes from a folder what killed processes had begun to write, and tasks' files that belong to none of some stores, which other
     * settings or other code have left; nobody else may be at work.
     *
     * @param stores of everything that the folder may hold; none if only a part of it is known
     * @return how many results were deleted
     */
    public static int tidy(Path folder, Collection<TaskStore> stores) {
        SharedFolder.tidy(folder);
        return stores.isEmpty() ? 0 : delete(folder, name -> stores.stream().noneMatch(store -> store.owns(name)));
    }

    /** @return how many */
    private static int delete(Path folder, Predicate<String> which) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        return IoFailure.during("delete in " + folder, () -> {
            int deleted = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, TaskStore::isTasks)) {
                for (Path file : files) {
                    if (which.test(file.getFileName().toString())) {
                        Files.delete(file);
                        deleted++;
                    }
                }
            }
            return deleted;
        });
    }

    private static boolean isTasks(Path file) throws IOException {
        return FILE.matcher(file.getFileName().toString()).matches() && !Files.isDirectory(file);
    }
}
