package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;

/**
 * The SHA-256 of every file of a sweep, as {@code sha256sum --check manifest.sha256} reads it. The small result files under
 * {@code tasks/} carry their own checksums besides, which {@code --resume} looks at.
 */
public final class Manifest {
    /** Its name. */
    public static final String FILE = "manifest.sha256";

    /** What comes and goes while a cluster works. */
    private static final String CLUSTER = "slurm";

    private Manifest() {}

    /** Writes the manifest of what lies in a folder and below. */
    public static void write(Path folder) {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(file -> isResult(folder.relativize(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            for (Path file : files) {
                lines.append(Sha256.of(file))
                        .append("  ")
                        .append(folder.relativize(file))
                        .append('\n');
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            IOException cause = e instanceof IOException io ? io : ((java.io.UncheckedIOException) e).getCause();
            throw new InvalidInputException("cannot read " + folder + ": " + IoFailure.reason(cause), e);
        }
        AtomicFile.writeText(folder.resolve(FILE), lines.toString());
    }

    private static boolean isResult(Path file) {
        for (Path part : file) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return !file.startsWith(CLUSTER) && !file.toString().equals(FILE);
    }
}
