package org.widthbench.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import org.widthbench.core.InvalidInputException;

/** Looks at an output folder before long work begins, without making it. */
public final class OutputFolder {
    private OutputFolder() {}

    /** @throws InvalidInputException if {@code folder} is a file or lies where nothing can be written */
    public static void requireUsable(Path folder) {
        Path existing = folder.toAbsolutePath().normalize();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new InvalidInputException("--out " + folder + ": " + existing + " is a file, not a folder");
        }
        if (!Files.isWritable(existing)) {
            throw new InvalidInputException("--out " + folder + ": no permission to write to " + existing);
        }
    }
}
