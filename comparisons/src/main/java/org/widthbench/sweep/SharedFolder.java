package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;

/**
 * A folder of results that any number of processes may work on: each takes the pieces of work that no other is at
 * ({@link Claims}), and leaves every finished one in a file.
 */
public final class SharedFolder implements AutoCloseable {
    /** Where the claims lie. */
    private static final String CLAIMS = ".sweep";

    /** Name under which the first look at a folder is claimed. */
    private static final String START = "start";

    /** Between two looks at what others are doing. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Claims claims;

    /**
     * Joins the processes that share a folder.
     *
     * @throws org.widthbench.core.InvalidInputException if it cannot be written to
     */
    public SharedFolder(Path folder) {
        claims = Claims.in(folder.resolve(CLAIMS));
    }

    /**
     * Something to do once.
     *
     * @param name letters, digits, dots and hyphens, the same in every process
     * @param done whether its result is there
     * @param work does it and keeps the result
     */
    public record Piece(String name, BooleanSupplier done, Runnable work) {}

    /**
     * Says what counts as done: with {@code resume} what earlier runs left, else nothing, unless another process is at work on
     * this folder just now, whose work is joined.
     *
     * @param tidy deletes what killed processes had begun to write; run if nobody else is at work
     * @param discard forgets what earlier runs found; run if nobody else is at work and {@code resume} is not asked for
     * @return whether another process is at work
     */
    public boolean begin(boolean resume, Runnable tidy, Runnable discard) {
        while (claims.claim(START) != Claims.Outcome.OURS) {
            pause();
        }
        try {
            Owners.Life others = claims.others();
            while (!resume && others == Owners.Life.UNKNOWN) {
                pause();
                others = claims.others();
            }
            if (others == Owners.Life.GONE) {
                claims.tidy(START);
                tidy.run();
                if (!resume) {
                    discard.run();
                }
            }
            claims.startWorking();
            return others != Owners.Life.GONE;
        } finally {
            claims.release(START);
        }
    }

    /** Does every piece that nobody has done, leaves those that others are at to them, and waits until all are done. */
    public void complete(List<Piece> pieces) {
        List<Piece> open = pieces;
        while (!open.isEmpty()) {
            List<Piece> left = new ArrayList<>();
            for (Piece piece : open) {
                if (attempt(piece) != Claims.Outcome.OURS) {
                    left.add(piece);
                }
            }
            if (!left.isEmpty()) {
                pause();
            }
            open = left;
        }
    }

    /** {@code OURS} if nothing is left to be done about the piece. */
    Claims.Outcome attempt(Piece piece) {
        if (piece.done.getAsBoolean()) {
            return Claims.Outcome.OURS;
        }
        Claims.Outcome outcome = claims.claim(piece.name);
        if (outcome != Claims.Outcome.OURS) {
            return outcome;
        }
        try {
            // Somebody may have finished between the look and the claim.
            if (!piece.done.getAsBoolean()) {
                piece.work.run();
            }
        } finally {
            claims.release(piece.name);
        }
        return Claims.Outcome.OURS;
    }

    /** Deletes what killed processes had begun to write in one folder; nobody else may be at work. */
    public static void tidy(Path place) {
        if (!Files.isDirectory(place)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, ".*" + AtomicFile.TEMPORARY_SUFFIX)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot delete in " + place + ": " + IoFailure.reason(e), e);
        }
    }

    static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (Thread.currentThread().isInterrupted()) {
            throw new SolverException("interrupted");
        }
    }

    @Override
    public void close() {
        claims.close();
    }
}
