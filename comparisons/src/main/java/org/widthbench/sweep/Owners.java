package org.widthbench.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.widthbench.experiment.Json;

/**
 * The processes that share a folder, and which of them live.
 *
 * <p>Each owner keeps a file {@code owners/ID} whose counter it raises while it lives. An owner on this machine is gone if its
 * process is; any other, and one here that a signal holds, is gone once its counter has stood still for the lease <em>as measured here, on a clock that nobody
 * sets</em>. No two machines' clocks are ever compared, nor a file's date.
 */
final class Owners {
    private static final long BEAT_SECONDS = 5;
    private static final int MOST_ATTEMPTS = 10;

    private final Path folder;
    private final Owner self;
    private final LongSupplier clock;
    private final long lease;
    private final String work;
    private final Map<String, Sighting> sightings = new HashMap<>();
    private final ScheduledExecutorService heart;
    private final ScheduledFuture<?> beating;
    private long beats;
    private boolean working;
    private boolean left;

    /** Whether an owner still works. */
    enum Life {
        /** It runs, or its counter moves. */
        ALIVE,
        /** Not known yet: ask again later. */
        UNKNOWN,
        /** Its process has ended, or its counter has stood still for the lease. */
        GONE
    }

    /** What a file held when it last changed, and when that was seen. */
    private record Sighting(String content, long since, boolean moved) {}

    /**
     * Joins them, and shows that this one lives until it {@linkplain #leave leaves}.
     *
     * @param clock nanoseconds, never set back
     * @param lease in the same unit
     * @param work what this one is at; others at the same may be joined
     */
    Owners(Path folder, Owner self, LongSupplier clock, long lease, String work) throws IOException {
        this.folder = folder;
        this.self = self;
        this.clock = clock;
        this.lease = lease;
        this.work = work;
        writeSelf();
        heart = Executors.newSingleThreadScheduledExecutor(beat -> {
            Thread thread = new Thread(beat, "sweep heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        beating = heart.scheduleAtFixedRate(this::beat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    /** What this process writes into its claims. */
    byte[] signature() {
        return Json.text(self).getBytes(StandardCharsets.UTF_8);
    }

    /** From now on others that start will find this process at work and join it. */
    void startWorking() {
        synchronized (this) {
            working = true;
        }
        beat();
    }

    /** Takes this process's file away. */
    void leave() throws IOException {
        beating.cancel(false);
        heart.shutdown();
        synchronized (this) {
            left = true;
            Files.deleteIfExists(folder.resolve(self.id()));
        }
    }

    /**
     * The others that have started working.
     *
     * @param same strongest sign of life of those at the same work
     * @param other of those at something else
     */
    record Company(Life same, Life other) {}

    /** Looks at all others; the files of those that are gone go too. */
    Company others() throws IOException {
        Life same = Life.GONE;
        Life other = Life.GONE;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String id = file.getFileName().toString();
                String content = content(file);
                if (id.equals(self.id()) || content.isEmpty()) {
                    continue;
                }
                Life life = life(id);
                JsonNode tree = parse(content);
                if (life == Life.GONE) {
                    Files.deleteIfExists(file);
                } else if (tree.path("working").asBoolean(true)) {
                    if (tree.path("work").asText().equals(work)) {
                        same = life.compareTo(same) < 0 ? life : same;
                    } else {
                        other = life.compareTo(other) < 0 ? life : other;
                    }
                }
            }
        }
        return new Company(same, other);
    }

    private void beat() {
        try {
            writeSelf();
        } catch (IOException e) {
            // A full or absent disk now may be back at the next beat.
        }
    }

    private synchronized void writeSelf() throws IOException {
        if (left) {
            return;
        }
        beats++;
        Map<String, Object> tree = Json.map(Json.tree(self));
        tree.put("work", work);
        tree.put("working", working);
        tree.put("beats", String.format(Locale.ROOT, "%019d", beats));
        // In place and in one piece: at no moment is the file empty.
        ByteBuffer bytes = ByteBuffer.wrap(Json.text(tree).getBytes(StandardCharsets.UTF_8));
        for (int attempt = 0; ; attempt++) {
            // Another that leaves takes an empty folder with it.
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(folder.resolve(self.id()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(bytes, 0);
                channel.truncate(bytes.limit());
                return;
            } catch (NoSuchFileException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Whether the owner of a claim still works. */
    Life lifeOfClaim(Path file) throws IOException {
        String content = content(file);
        String id = parse(content).path("id").asText();
        if (id.isEmpty()) {
            // Half a claim, or one that was released just now.
            return still("claim " + file.getFileName(), content);
        }
        Owner owner = owner(parse(content));
        return owner.isOnThisMachine() ? lifeHere(owner) : life(id);
    }

    /** Of an owner whose process can be seen: one that is held shows no other life than its counter. */
    private Life lifeHere(Owner owner) throws IOException {
        if (!owner.runs()) {
            return Life.GONE;
        }
        return owner.isStopped() ? still("owner " + owner.id(), content(folder.resolve(owner.id()))) : Life.ALIVE;
    }

    private Life life(String id) throws IOException {
        String content = content(folder.resolve(id));
        Owner owner = owner(parse(content));
        if (owner.isOnThisMachine()) {
            return lifeHere(owner);
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
        return Json.value(tree, Owner.class);
    }

    /** Empty for what is no document. */
    private static JsonNode parse(String content) {
        JsonNode tree = Json.parsed(content);
        return tree.isObject() ? tree : Json.tree(Map.of());
    }

    private static String content(Path file) throws IOException {
        return new String(readIfThere(file), StandardCharsets.UTF_8);
    }

    /** Empty for a file that is not there, or that is none: reading a named pipe would wait for ever. */
    static byte[] readIfThere(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }
}
