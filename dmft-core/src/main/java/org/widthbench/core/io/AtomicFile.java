package org.widthbench.core.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.widthbench.core.InvalidInputException;

/**
 * Writes a file whole or not at all. The content goes to a hidden temporary file {@code .NAME.RANDOM.tmp} in the same
 * folder, is forced to the disk and then renamed over the target. Whatever happens on the way (a failing writer, a full
 * disk, a killed process), the target holds its old content, or none, or the new content; a failure that this process
 * survives leaves no temporary file.
 */
public final class AtomicFile {
    /** Ending of temporary files; what a killed process left behind may be deleted. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    // Large enough that the cost of a system call per buffer does not show.
    private static final int BUFFER_BYTES = 1 << 16;

    private AtomicFile() {}

    /** Produces the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything. The stream is buffered; closing it only flushes it. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file atomically, creating missing folders on the way to it.
     *
     * @throws InvalidInputException naming the file and the reason if it cannot be written; what {@code content} throws
     *     itself passes through
     */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || target.getFileName() == null) {
            throw new InvalidInputException("cannot write " + file + ": not the name of a file");
        }
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
            try {
                writeAndForce(temporary, content);
                rename(temporary, target);
            } finally {
                Files.deleteIfExists(temporary);
            }
            forceFolder(folder);
        } catch (IOException e) {
            throw new InvalidInputException(
                    "cannot write " + file + ": " + IoFailure.reason(e)
                            + "; free space or choose a folder that can be written to",
                    e);
        }
    }

    /**
     * Writes a text file in UTF-8 atomically.
     *
     * @throws InvalidInputException naming the file and the reason if it cannot be written
     */
    public static void writeText(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Deletes a file if it is there; {@link InvalidInputException} naming file and reason if it cannot be deleted. */
    public static void delete(Path file) {
        IoFailure.during("delete " + file, () -> Files.deleteIfExists(file));
    }

    /**
     * Makes {@code copy} a file of the same content, atomically: the same file under a second name where the file system has
     * hard links and both lie on it, else a copy.
     *
     * @throws InvalidInputException naming the file and the reason if it cannot be written
     */
    public static void copy(Path file, Path copy) {
        Path link = copy.resolveSibling("." + copy.getFileName() + "." + UUID.randomUUID() + TEMPORARY_SUFFIX);
        try {
            try {
                Files.createLink(link, file);
                rename(link, copy);
            } finally {
                // Renaming one name of a file over another of the same file leaves both.
                Files.deleteIfExists(link);
            }
        } catch (IOException | UnsupportedOperationException e) {
            write(copy, out -> Files.copy(file, out));
        }
    }

    private static void writeAndForce(Path temporary, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES) {
                @Override
                public void close() throws IOException {
                    // A writer that closes its stream must not close the channel, which is yet to be forced.
                    flush();
                }
            };
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            // Some network file systems cannot replace in one step.
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the rename itself outlive a power cut, where the system allows it. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Not every system can open a folder; the file is whole all the same.
        }
    }
}
