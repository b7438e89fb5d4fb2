package org.widthbench.sweep;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final Pattern RESULT = Pattern.compile(".*\\.(csv|html|json|npz|pdf|png|svg|xml)");
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *](.+)");

    private Manifest() {}

    /** Writes the manifest of what lies in a folder and below. */
    public static void write(Path folder) {
        write(folder, Integer.MAX_VALUE);
    }

    /** Writes the manifest of the results that lie in a folder itself, which may hold other things besides. */
    public static void writeOwn(Path folder) {
        write(folder, 1);
    }

    /**
     * Reads a manifest.
     *
     * @return SHA-256 by file name as written, empty if there is no manifest
     */
    public static Map<String, String> read(Path folder) {
        Map<String, String> hashes = new LinkedHashMap<>();
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            for (String line : IoFailure.during("read " + file, () -> Files.readAllLines(file))) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    hashes.put(matcher.group(2), matcher.group(1));
                }
            }
        }
        return hashes;
    }

    /**
     * Compares files with their manifest, where there is one.
     *
     * @throws InvalidInputException naming the first that differs
     */
    public static void verify(Path folder, Collection<Path> files) {
        // A grid's points are in the manifest of the whole sweep.
        Path above = folder.toAbsolutePath().normalize().getParent();
        boolean point = !Files.exists(folder.resolve(FILE)) && above != null && above.endsWith("points");
        Path root = point ? above.getParent() : folder.toAbsolutePath().normalize();
        if (!Files.exists(root.resolve(FILE))) {
            return;
        }
        Map<String, String> hashes = read(root);
        for (Path file : files) {
            String expected = hashes.get(
                    root.relativize(file.toAbsolutePath().normalize()).toString());
            // One that the manifest does not name: it lost a line, or the file came later.
            if (Files.isRegularFile(file) && !hash(file).equals(expected)) {
                throw new InvalidInputException(file + ": is not the file that " + FILE
                        + " names: it was altered, or its run was" + " stopped while it wrote; run the command again");
            }
        }
    }

    private static String hash(Path file) {
        return IoFailure.during("read " + file, () -> Sha256.of(file));
    }

    private static void write(Path folder, int depth) {
        StringBuilder lines = new StringBuilder();
        for (Path file : IoFailure.during("read " + folder, () -> results(folder, depth))) {
            lines.append(hash(file))
                    .append("  ")
                    .append(folder.relativize(file))
                    .append('\n');
        }
        AtomicFile.writeText(folder.resolve(FILE), lines.toString());
    }

    private static List<Path> results(Path folder, int depth) throws IOException {
        List<Path> results = new ArrayList<>();
        Files.walkFileTree(folder, Set.of(), depth, new SimpleFileVisitor<>() {
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
        return !file.startsWith(CLUSTER) && RESULT.matcher(file.toString()).matches();
    }
}
