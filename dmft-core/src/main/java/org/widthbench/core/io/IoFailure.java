package org.widthbench.core.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.widthbench.core.InvalidInputException;

/** Says in words that and why a file operation failed. */
public final class IoFailure {
    private IoFailure() {}

    /** Work on files. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it. */
        T run() throws IOException;
    }

    /**
     * Does some work on files.
     *
     * @param what such as {@code "read a/b.csv"}
     * @throws InvalidInputException "cannot read a/b.csv" and the reason, if it fails
     */
    public static <T> T during(String what, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new InvalidInputException("cannot " + what + ": " + reason(e), e);
        }
    }

    /** A short reason in one line; Java's own messages often hold nothing but the path. */
    public static String reason(IOException failure) {
        String reason;
        if (failure instanceof NoSuchFileException) {
            reason = "no such file or folder";
        } else if (failure instanceof AccessDeniedException) {
            reason = "permission denied";
        } else if (failure instanceof NotDirectoryException) {
            reason = "not a folder";
        } else if (failure instanceof FileAlreadyExistsException) {
            reason = "a file of that name is in the way";
        } else if (failure instanceof DirectoryNotEmptyException) {
            reason = "a folder of that name is in the way";
        } else if (failure instanceof FileSystemException inFileSystem && inFileSystem.getReason() != null) {
            reason = inFileSystem.getReason();
        } else {
            reason = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        }
        return reason.replaceAll("\\s+", " ").strip();
    }
}
