package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.sweep.Owners.Life;

/**
 * Who computes what, among all processes on all machines that share a folder.
 *
 * <p>A claim on NAME is the file {@code NAME.g}, g = 0, 1, ..., made by an operation that fails where the file exists. The
 * highest g counts. A claim whose owner is gone is never removed by others but outbid by {@code g + 1}, of which
 * again there can be only one: two that find the same claim stale cannot both take it.
 *
 * <p>Whether an owner is gone its {@link Owners} tell.
 *
 * <p>A process frozen for longer than the lease may find its work done by another. Both then write the same result, whole:
 * claims save work, {@link TaskStore} keeps results right.
 */
final class Leases implements AutoCloseable {
    /** Silence after which an owner elsewhere counts as gone: several beats, and longer than a file server's pause. */
    static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path folder;
    private final Owners owners;
    private final Set<Path> held = ConcurrentHashMap.newKeySet();
    private final Thread farewell = new Thread(this::leave, "release claims");
    private volatile boolean closed;

    /** What a claim came to. */
    enum Outcome {
        /** It is this process's to do. */
        OURS,
        /** Another process is at it. */
        TAKEN,
        /** Another process was at it; whether it still is will show. */
        IN_DOUBT
    }

    /**
     * Joins the processes that share {@code folder}.
     *
     * @param work what this process is at
     */
    static Leases in(Path folder, String work) {
        return new Leases(folder, Owner.current(), System::nanoTime, LEASE_NANOS, work);
    }

    /**
     * @param clock nanoseconds, never set back
     * @param lease in the same unit
     * @param work what this process is at
     * @throws InvalidInputException if the folder cannot be written
     */
    Leases(Path folder, Owner self, LongSupplier clock, long lease, String work) {
        this.folder = folder;
        owners = onDisk(() -> new Owners(folder.resolve("owners"), self, clock, lease, work));
        Runtime.getRuntime().addShutdownHook(farewell);
    }

    /** Tries to get a piece of work; never waits. */
    Outcome claim(String name) {
        return onDisk(() -> {
            int generation = newest(name);
            if (generation >= 0) {
                Life life = owners.lifeOfClaim(claimFile(name, generation));
                if (life != Life.GONE) {
                    return life == Life.ALIVE ? Outcome.TAKEN : Outcome.IN_DOUBT;
                }
            }
            if (closed) {
                return Outcome.TAKEN;
            }
            return create(claimFile(name, generation + 1)) ? Outcome.OURS : Outcome.IN_DOUBT;
        });
    }

    /** Gives a piece of work back, done or not, with the claims of those who were at it before. */
    void release(String name) {
        onDisk(() -> {
            for (int g = newest(name); g >= 0; g--) {
                Path file = claimFile(name, g);
                Files.deleteIfExists(file);
                held.remove(file);
            }
            return null;
        });
    }

    /** From now on others that start will find this process at work and join it. */
    void startWorking() {
        owners.startWorking();
    }

    /** The others that have started working; the files of those that are gone go. */
    Owners.Company others() {
        return onDisk(owners::others);
    }

    /** Deletes what owners that are gone have left, when all others are; keeps the claims on one name. */
    void tidy(String kept) {
        onDisk(() -> {
            for (String name : names()) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file) && !name.startsWith(kept + ".")) {
                    Files.deleteIfExists(file);
                }
            }
            return null;
        });
    }

    @Override
    public void close() {
        leave();
        try {
            Runtime.getRuntime().removeShutdownHook(farewell);
        } catch (IllegalStateException e) {
            // The machine is going down already, and the hook does the same.
        }
    }

    /** Leaves no claim behind, also when the process is told to stop. */
    private void leave() {
        closed = true;
        try {
            for (Path file : held) {
                Files.deleteIfExists(file);
            }
            owners.leave();
        } catch (IOException e) {
            // Others will see that this process is gone.
        }
    }

    /** False if another was first. A process that is killed between making and writing leaves an empty claim, to be outbid. */
    private boolean create(Path file) throws IOException {
        if (!held.add(file)) {
            // Another thread of this process.
            return false;
        }
        try {
            Files.write(file, owners.signature(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            held.remove(file);
            return false;
        } catch (IOException e) {
            held.remove(file);
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private int newest(String name) throws IOException {
        return names().stream()
                .filter(other -> other.startsWith(name + "."))
                .mapToInt(other -> generation(other.substring(name.length() + 1)))
                .max()
                .orElse(-1);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static int generation(String digits) {
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }

    private Path claimFile(String name, int generation) {
        return folder.resolve(name + "." + generation);
    }

    private <T> T onDisk(IoFailure.Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new InvalidInputException(
                    "--out " + folder.getParent() + ": cannot keep claims in " + folder + ": " + IoFailure.reason(e)
                            + "; free space or choose a folder that can be written to",
                    e);
        }
    }

    /** Names of the claims that are held now, for tests and reports. */
    List<String> held() {
        return held.stream().map(file -> file.getFileName().toString()).sorted().toList();
    }
}
