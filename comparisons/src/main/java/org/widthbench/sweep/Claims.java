package org.widthbench.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.experiment.Json;

/**
 * Who computes what, among all processes on all machines that share a folder.
 *
 * <p>A claim on NAME is the file {@code NAME.g}, g = 0, 1, ..., made by an operation that fails where the file exists (a hard
 * link). The highest g counts. A claim whose owner is gone is never removed by others but outbid by {@code g + 1}, of which
 * again there can be only one: two that find the same claim stale cannot both take it.
 *
 * <p>Each owner keeps a file {@code owners/ID} whose counter it raises while it lives. An owner on this machine is gone if its
 * process is; any other is gone once its counter has stood still for the lease <em>as measured here, on a clock that nobody
 * sets</em>. No two machines' clocks are ever compared, nor a file's date.
 *
 * <p>A process frozen for longer than the lease may find its work done by another. Both then write the same result, whole:
 * claims save work, {@link TaskStore} keeps results right.
 */
final class Claims implements AutoCloseable {
    /** Silence after which an owner elsewhere counts as gone: several beats, and longer than a file server's pause. */
    static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long BEAT_SECONDS = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final Owner self;
    private final LongSupplier clock;
    private final long lease;
    private final Set<Path> held = ConcurrentHashMap.newKeySet();
    private final Map<String, Sighting> sightings = new HashMap<>();
    private final ScheduledExecutorService heart;
    private final ScheduledFuture<?> beating;
    private final Thread farewell = new Thread(this::leave, "release claims");
    private long beats;
    private boolean working;
    private volatile boolean closed;

    /** Whether an owner still works. */
    enum Life {
        /** It runs, or its counter moves. */
        ALIVE,
        /** Not known yet: ask again later. */
        UNKNOWN,
        /** Its process has ended, or its counter has stood still for the lease. */
        GONE
    }

    /** What a claim came to. */
    enum Outcome {
        /** It is this process's to do. */
        OURS,
        /** Another process is at it. */
        TAKEN,
        /** Another process was at it; whether it still is will show. */
        IN_DOUBT
    }

    /** What a file held when it last changed, and when that was seen. */
    private record Sighting(String content, long since, boolean moved) {}

    /** Joins the processes that share {@code folder}. */
    static Claims in(Path folder) {
        return new Claims(folder, Owner.current(), System::nanoTime, LEASE_NANOS);
    }

    /**
     * @param clock nanoseconds, never set back
     * @param lease in the same unit
     * @throws InvalidInputException if the folder cannot be written
     */
    Claims(Path folder, Owner self, LongSupplier clock, long lease) {
        this.folder = folder;
        this.self = self;
        this.clock = clock;
        this.lease = lease;
        try {
            Files.createDirectories(owners());
            writeSelf();
        } catch (IOException e) {
            throw unwritable(e);
        }
        heart = Executors.newSingleThreadScheduledExecutor(beat -> {
            Thread thread = new Thread(beat, "sweep heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        beating = heart.scheduleAtFixedRate(this::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
        Runtime.getRuntime().addShutdownHook(farewell);
    }

    /** Tries to get a piece of work; never waits. */
    Outcome claim(String name) {
        try {
            int generation = newest(name);
            if (generation >= 0) {
                Life life = lifeOfClaim(claimFile(name, generation));
                if (life != Life.GONE) {
                    return life == Life.ALIVE ? Outcome.TAKEN : Outcome.IN_DOUBT;
                }
            }
            if (closed) {
                return Outcome.TAKEN;
            }
            return create(claimFile(name, generation + 1)) ? Outcome.OURS : Outcome.IN_DOUBT;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Gives a piece of work back, done or not, with the claims of those who were at it before. */
    void release(String name) {
        try {
            for (int g = newest(name); g >= 0; g--) {
                Path file = claimFile(name, g);
                Files.deleteIfExists(file);
                held.remove(file);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** From now on others that start will find this process at work and join it. */
    void startWorking() {
        synchronized (this) {
            working = true;
        }
        beat();
    }

    /** The strongest sign of life of all others that have started working; the files of those that are gone go too. */
    Life others() {
        Life strongest = Life.GONE;
        try (Stream<Path> files = Files.list(owners())) {
            for (Path file : files.sorted().toList()) {
                String id = file.getFileName().toString();
                String content = content(file);
                if (id.equals(self.id()) || content.isEmpty()) {
                    continue;
                }
                Life life = life(id);
                if (life == Life.GONE) {
                    Files.deleteIfExists(file);
                } else if (parse(content).path("working").asBoolean(true) && life.compareTo(strongest) < 0) {
                    strongest = life;
                }
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        return strongest;
    }

    /** Deletes what owners that are gone have left, when all others are; keeps the claims on one name. */
    void tidy(String kept) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith(kept + ".")) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    @Override
    public void close() {
        beating.cancel(false);
        heart.shutdown();
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
            synchronized (this) {
                Files.deleteIfExists(owners().resolve(self.id()));
            }
        } catch (IOException e) {
            // Others will see that this process is gone.
        }
    }

    private void beat() {
        try {
            writeSelf();
        } catch (IOException e) {
            // A full or absent disk now may be back at the next beat.
        }
    }

    private synchronized void writeSelf() throws IOException {
        if (closed) {
            return;
        }
        beats++;
        Map<String, Object> tree = describe();
        tree.put("working", working);
        tree.put("beats", String.format(java.util.Locale.ROOT, "%019d", beats));
        // In place and in one piece: at no moment is the file empty.
        ByteBuffer bytes = ByteBuffer.wrap(Json.text(tree).getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel =
                FileChannel.open(owners().resolve(self.id()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(bytes, 0);
            channel.truncate(bytes.limit());
        }
    }

    private Map<String, Object> describe() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("owner", self.id());
        tree.put("host", self.host());
        tree.put("machine", self.machine());
        tree.put("pid", self.pid());
        tree.put("ticks", self.ticks());
        return tree;
    }

    /** Makes a claim whole at once; false if another was first. */
    private boolean create(Path file) throws IOException {
        byte[] content = Json.text(describe()).getBytes(StandardCharsets.UTF_8);
        Path draft = owners().resolveSibling(
                        "." + self.id() + "-" + Thread.currentThread().getId());
        if (!held.add(file)) {
            // Another thread of this process.
            return false;
        }
        boolean created = false;
        try {
            Files.write(draft, content);
            created = link(file, draft, content);
        } finally {
            if (!created) {
                held.remove(file);
            }
            Files.deleteIfExists(draft);
        }
        return created;
    }

    private static boolean link(Path file, Path draft, byte[] content) throws IOException {
        try {
            Files.createLink(file, draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            // A file server may have made the link, lost its answer and been asked again.
            return Arrays.equals(Files.readAllBytes(draft), readIfThere(file));
        } catch (UnsupportedOperationException | FileSystemException e) {
            return createWithoutLinks(file, content);
        }
    }

    /** For file systems that have no hard links. */
    private static boolean createWithoutLinks(Path file, byte[] content) throws IOException {
        try {
            Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private int newest(String name) throws IOException {
        int generation = -1;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String other = file.getFileName().toString();
                if (other.startsWith(name + ".")) {
                    generation = Math.max(generation, generation(other.substring(name.length() + 1)));
                }
            }
        }
        return generation;
    }

    private static int generation(String digits) {
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }

    private Life lifeOfClaim(Path file) throws IOException {
        String content = content(file);
        String id = parse(content).path("owner").asText();
        if (id.isEmpty()) {
            // Half a claim, or one that was released just now.
            return still("claim " + file.getFileName(), content);
        }
        Owner owner = owner(parse(content));
        return owner.isOnThisMachine() ? (owner.runs() ? Life.ALIVE : Life.GONE) : life(id);
    }

    private Life life(String id) throws IOException {
        String content = content(owners().resolve(id));
        Owner owner = owner(parse(content));
        if (owner.isOnThisMachine()) {
            return owner.runs() ? Life.ALIVE : Life.GONE;
        }
        return still("owner " + id, content);
    }

    /** Whether a file's content moves, as far as this process has seen. */
    private synchronized Life still(String key, String content) {
        long now = clock.getAsLong();
        Sighting before = sightings.get(key);
        if (before == null || !before.content.equals(content)) {
            sightings.put(key, new Sighting(content, now, before != null));
            return before == null ? Life.UNKNOWN : Life.ALIVE;
        }
        if (now - before.since >= lease) {
            return Life.GONE;
        }
        return before.moved ? Life.ALIVE : Life.UNKNOWN;
    }

    private static Owner owner(JsonNode tree) {
        return new Owner(
                tree.path("owner").asText(),
                tree.path("host").asText(),
                tree.path("machine").asText(),
                tree.path("pid").asLong(),
                tree.path("ticks").asLong());
    }

    private static JsonNode parse(String content) {
        try {
            JsonNode tree = JSON.readTree(content);
            return tree == null ? JSON.createObjectNode() : tree;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    /** Empty for a file that is not there. */
    private static String content(Path file) throws IOException {
        return new String(readIfThere(file), StandardCharsets.UTF_8);
    }

    private static byte[] readIfThere(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private Path owners() {
        return folder.resolve("owners");
    }

    private Path claimFile(String name, int generation) {
        return folder.resolve(name + "." + generation);
    }

    private InvalidInputException unwritable(IOException e) {
        return new InvalidInputException(
                "cannot keep claims in " + folder + ": " + IoFailure.reason(e)
                        + "; free space or choose a folder that can be written to",
                e);
    }

    /** Names of the claims that are held now, for tests and reports. */
    List<String> held() {
        return held.stream().map(file -> file.getFileName().toString()).sorted().toList();
    }
}
