package org.widthbench.figure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files in the temporary folder that Java copies fonts to. A killed process leaves its copies behind; the next that draws
 * deletes them.
 */
public final class FontFiles {
    private static final Path PROC = Path.of("/proc");
    private static final Pattern NAME = Pattern.compile("\\+~JF\\d+\\.tmp");

    /** A copy that was made just now may not be open yet. */
    private static final Duration NEW = Duration.ofMinutes(1);

    private FontFiles() {}

    /**
     * Deletes copies of the fonts of this process that no process has open. What it cannot see or delete it leaves.
     *
     * @return how many
     */
    public static int deleteStale() {
        int deleted = 0;
        try {
            List<Path> copies = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    Path.of(System.getProperty("java.io.tmpdir")),
                    file -> NAME.matcher(file.getFileName().toString()).matches()
                            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))) {
                files.forEach(copies::add);
            }
            Set<Path> own = open(PROC.resolve("self"));
            List<Path> fonts = copies.stream().filter(own::contains).toList();
            copies.removeAll(fonts);
            if (copies.isEmpty() || fonts.isEmpty()) {
                return 0;
            }
            copies.removeAll(openAnywhere());
            Instant before = Instant.now().minus(NEW);
            for (Path copy : copies) {
                if (Files.getLastModifiedTime(copy).toInstant().isBefore(before) && isOneOf(copy, fonts)) {
                    Files.deleteIfExists(copy);
                    deleted++;
                }
            }
        } catch (IOException e) {
            // They are in nobody's way.
        }
        return deleted;
    }

    private static boolean isOneOf(Path copy, List<Path> fonts) throws IOException {
        for (Path font : fonts) {
            if (Files.mismatch(copy, font) < 0) {
                return true;
            }
        }
        return false;
    }

    private static Set<Path> openAnywhere() throws IOException {
        Set<Path> open = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                open.addAll(open(process));
            }
        }
        return open;
    }

    /** Files that a process has open; none of one that is gone or another user's. */
    private static Set<Path> open(Path process) {
        Set<Path> open = new HashSet<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path link : links) {
                open.add(Files.readSymbolicLink(link));
            }
        } catch (IOException e) {
            // It ended meanwhile, or is another user's, whose files are not ours either.
        }
        return open;
    }
}
