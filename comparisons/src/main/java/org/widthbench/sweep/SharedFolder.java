package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Sha256;
import org.widthbench.experiment.Code;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Settings;

/**
 * A folder of results that any number of processes may work on, all of them on the same settings with the same code: each takes the
 * pieces of work that no other is at ({@link Leases}), and leaves every finished one in a file. A process with other settings is
 * refused while one is at work, and later too if it would replace a result ({@link PriorResult}).
 */
public final class SharedFolder implements AutoCloseable {
    /** Where the claims lie. */
    static final String CLAIMS = ".sweep";

    /** In it: the settings of those who are at work, and of work that is unfinished. */
    static final String SETTINGS = "settings.json";

    /** Name under which the first look at a folder is claimed. */
    private static final String START = "start";

    /** Between two looks at what others are doing. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Pattern TEMPORARY = Pattern.compile(
            "\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" + Pattern.quote(AtomicFile.TEMPORARY_SUFFIX));

    private final Path folder;
    private final Settings settings;
    private final boolean force;
    private final Consumer<String> say;
    /** What of the way to the folder was not there before; nearest first. */
    private final List<Path> made = new ArrayList<>();

    private final Leases leases;

    /**
     * Joins the processes that share a folder, which is made if it does not exist.
     *
     * @param settings of the result to come
     * @param force whether a result of other settings may be replaced
     * @param say told what is replaced
     * @throws InvalidInputException if the folder cannot be made or written to
     */
    public SharedFolder(Path folder, Settings settings, boolean force, Consumer<String> say) {
        OutputFolder.requireUsable(folder);
        this.folder = folder;
        this.settings = settings;
        this.force = force;
        this.say = say;
        for (Path part = folder.toAbsolutePath().normalize();
                part != null && !Files.exists(part);
                part = part.getParent()) {
            made.add(part);
        }
        try {
            leases = Leases.in(folder.resolve(CLAIMS), Sha256.of(settings.text() + Code.hash()));
        } catch (RuntimeException e) {
            removeEmpty();
            throw e;
        }
    }

    /** Begins work that leaves nothing but its result: what killed processes had begun to write is deleted. */
    public void begin() {
        begin(true, List.of(), false);
    }

    /**
     * Says what counts as done: with {@code resume} what earlier runs left, else nothing, unless another process is at work on
     * this folder just now, whose work is joined.
     *
     * @param tasks to come
     * @param whole whether they are all that the folder may hold: results of others are then deleted
     * @return whether another process is at work
     * @throws InvalidInputException if another process is at work with other settings or code, or a result that is there would be
     *     replaced by one of other settings
     */
    public boolean begin(boolean resume, List<? extends Task<?>> tasks, boolean whole) {
        while (leases.claim(START) != Leases.Outcome.OURS) {
            pause();
        }
        try {
            Owners.Company others = leases.others();
            while (others.other() == Owners.Life.UNKNOWN || (!resume && others.same() == Owners.Life.UNKNOWN)) {
                pause();
                others = leases.others();
            }
            if (others.other() == Owners.Life.ALIVE) {
                throw new InvalidInputException("--out " + folder + ": another process is at work on it with other "
                        + found().map(settings::differences)
                                .filter(d -> !d.isEmpty())
                                .map(differences -> "settings: " + String.join("; ", differences))
                                .orElse("code or settings")
                        + "; wait until it has ended, or choose another folder");
            }
            if (others.same() == Owners.Life.GONE) {
                PriorResult.admit(folder, settings, found(), force, say);
                leases.tidy(START);
                AtomicFile.writeText(marker(), Json.text(settings.marker()));
                tidy(tasks, whole);
                if (!resume) {
                    tasks.forEach(task -> task.store().discard(task.name()));
                }
            }
            leases.startWorking();
            return others.same() != Owners.Life.GONE;
        } finally {
            leases.release(START);
        }
    }

    private Path marker() {
        return folder.resolve(CLAIMS).resolve(SETTINGS);
    }

    /** Settings of those who are at work, or were when they were killed. */
    private Optional<Settings> found() {
        return Json.read(marker()).map(Settings::of);
    }

    /** Deletes what killed processes and other settings have left; nobody else may be at work. */
    private void tidy(List<? extends Task<?>> tasks, boolean whole) {
        tidy(folder);
        int others = 0;
        Map<Path, Set<TaskStore>> stores = new LinkedHashMap<>();
        tasks.forEach(task -> stores.computeIfAbsent(task.store().folder(), place -> new LinkedHashSet<>())
                .add(task.store()));
        for (Map.Entry<Path, Set<TaskStore>> place : stores.entrySet()) {
            tidy(place.getKey().getParent());
            others += TaskStore.tidy(place.getKey(), whole ? place.getValue() : Set.of());
        }
        if (others > 0) {
            say.accept(folder + ": " + others + " files of other settings or other code are deleted from its tasks");
        }
    }

    /**
     * Does every task that nobody has done. One that cannot go on ends those of its store and no others.
     *
     * @param atOnce tasks that this process does at the same time
     * @param all whether to wait for what others are doing, and to do it if they do not
     * @return why the tasks of a store were given up
     */
    public Map<TaskStore, SolverException> complete(
            List<? extends Task<?>> tasks, int atOnce, boolean all, Progress progress) {
        Map<TaskStore, SolverException> failures = new ConcurrentHashMap<>();
        SweepMeter meter = new SweepMeter(tasks.stream().mapToInt(Task::width), progress);
        List<Task<?>> open = List.copyOf(tasks);
        try (TaskPool pool = new TaskPool(Math.max(1, Math.min(atOnce, tasks.size())))) {
            while (!open.isEmpty()) {
                List<Task<?>> left = new ArrayList<>();
                pool.run(open, task -> attempt(task, pool, meter, failures), (task, outcome) -> {
                    if (outcome == Leases.Outcome.IN_DOUBT || (all && outcome == Leases.Outcome.TAKEN)) {
                        left.add(task);
                    }
                });
                if (!left.isEmpty()) {
                    pause();
                }
                open = left;
            }
        }
        return failures;
    }

    /**
     * Does every task that nobody has done, one after the other, and waits for what others are doing.
     *
     * @return what they found
     * @throws SolverException as the first that cannot go on
     */
    public <R> List<R> results(List<Task<R>> tasks, Progress progress) {
        complete(tasks, 1, true, progress).values().stream().findFirst().ifPresent(failure -> {
            throw failure;
        });
        return tasks.stream().map(task -> task.found().orElseThrow()).toList();
    }

    private Leases.Outcome attempt(
            Task<?> task, TaskPool pool, SweepMeter meter, Map<TaskStore, SolverException> failures) {
        Progress progress = meter.within(task.width());
        Leases.Outcome outcome = Leases.Outcome.OURS;
        try {
            if (!failures.containsKey(task.store())) {
                outcome = attempt(task, pool.within(progress));
            }
        } catch (SolverException e) {
            failures.putIfAbsent(task.store(), e);
        }
        if (outcome == Leases.Outcome.OURS) {
            // Also of what needed no work.
            progress.step(1, 1);
        }
        return outcome;
    }

    /** What a task finds, which this process does unless another has or is at it. */
    public <R> R result(Task<R> task, Progress progress) {
        for (; ; ) {
            AtomicReference<R> here = new AtomicReference<>();
            if (attempt(task.noting(here::set), progress) == Leases.Outcome.OURS) {
                return here.get() != null ? here.get() : task.found().orElseThrow();
            }
            pause();
        }
    }

    /** {@code OURS} if nothing is left to be done about the task. */
    Leases.Outcome attempt(Task<?> task, Progress progress) {
        if (task.found().isPresent()) {
            return Leases.Outcome.OURS;
        }
        Leases.Outcome outcome = leases.claim(task.claim());
        if (outcome != Leases.Outcome.OURS) {
            return outcome;
        }
        try {
            // Somebody may have finished between the look and the claim.
            if (task.found().isEmpty()) {
                task.run(progress);
            }
        } finally {
            leases.release(task.claim());
        }
        return Leases.Outcome.OURS;
    }

    /** Writes files that belong together while no other process does; two that write the same at once would mix theirs. */
    public void publish(Runnable write) {
        publish(() -> {
            write.run();
            return null;
        });
    }

    /** As {@link #publish(Runnable)}, with a result. */
    public <T> T publish(Supplier<T> write) {
        String name = "publish";
        while (leases.claim(name) != Leases.Outcome.OURS) {
            pause();
        }
        try {
            return write.get();
        } finally {
            leases.release(name);
        }
    }

    /** Deletes what killed processes had begun to write in one folder; nobody else may be at work. */
    public static void tidy(Path place) {
        if (!Files.isDirectory(place)) {
            return;
        }
        IoFailure.during("delete in " + place, () -> {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    place,
                    file -> TEMPORARY.matcher(file.getFileName().toString()).matches())) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
            return null;
        });
    }

    static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new SolverException("interrupted");
        }
    }

    /** Leaves; the settings stay where tasks do, which may be unfinished. */
    @Override
    public void close() {
        leases.close();
        try {
            if (!PriorResult.holdsParts(folder)) {
                Files.deleteIfExists(marker());
            }
        } catch (IOException e) {
            // They harm nobody.
        }
        removeEmpty();
    }

    /** Folders that were made here and took nothing. */
    private void removeEmpty() {
        List<Path> empty = new ArrayList<>(List.of(folder.resolve(CLAIMS).resolve("owners"), folder.resolve(CLAIMS)));
        empty.addAll(made);
        empty.forEach(SharedFolder::removeIfEmpty);
    }

    static void removeIfEmpty(Path place) {
        try {
            Files.deleteIfExists(place);
        } catch (IOException e) {
            // It holds something, or was never made.
        }
    }
}
