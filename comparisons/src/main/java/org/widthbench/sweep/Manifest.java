package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Sha256;

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
        try {
            for (Path file : results(folder)) {
                lines.append(Sha256.of(file))
                        .append("  ")
                        .append(folder.relativize(file))
                        .append('\n');
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot read " + folder + ": " + IoFailure.reason(e), e);
        }
        AtomicFile.writeText(folder.resolve(FILE), lines.toString());
    }

    private static List<Path> results(Path folder) throws IOException {
        List<Path> results = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && isResult(folder.relativize(file))) {
                    results.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                // Temporary files of another process that draws the same come and go.
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        Collections.sort(results);
        return results;
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
