package org.widthbench.core.io;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Folders that nobody but this user and root can change, so that what lies in them may be executed: of mode 0700, owned by this user,
 * no symbolic link, and below folders that no other user can rename or replace.
 */
public final class PrivateFolder {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int ANYTHING_TO_OTHERS = 0077;
    /** In a folder with it, such as /tmp, only the owner of an entry renames or deletes it. */
    private static final int STICKY = 01000;

    private PrivateFolder() {}

    /** {@code $XDG_CACHE_HOME/widthbench}, or {@code .cache/widthbench} in the home folder. */
    public static Path cache() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path root = base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return root.resolve("widthbench");
    }

    /**
     * Opens a folder, which is made if it does not exist.
     *
     * @return its path without symbolic links
     * @throws IOException in one line that says what is wrong with it, if it cannot be made or is not private
     */
    public static Path open(Path folder) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        // Through no link from here on: what is checked is what will be used.
        Path real = parent.toRealPath().resolve(folder.getFileName());
        try {
            Files.createDirectory(
                    real, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            requireOwn(real);
        }
        for (Path above = real.getParent(); above != null; above = above.getParent()) {
            requireSafe(above);
        }
        if (!Files.isWritable(real)) {
            throw new IOException(real + " cannot be written to");
        }
        return real;
    }

    /**
     * Makes a folder for this process alone, in {@code java.io.tmpdir}, that goes when the process ends.
     *
     * @throws IOException if none can be made
     */
    public static Path fresh() throws IOException {
        // Of mode 0700 and a name that cannot be known beforehand.
        Path folder = Files.createTempDirectory("widthbench-").toRealPath();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        return folder;
    }

    private static void requireOwn(Path folder) throws IOException {
        Map<String, Object> found = Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder, but a file or a symbolic link");
        }
        if (!found.get("uid").equals(user())) {
            throw new IOException(folder + " belongs to another user, of number " + found.get("uid"));
        }
        int mode = (int) found.get("mode");
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw new IOException(folder + " can be written to by other users (mode "
                    + Integer.toOctalString(mode & 0777) + "), so that its files may be theirs");
        }
        if ((mode & ANYTHING_TO_OTHERS) != 0) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void requireSafe(Path above) throws IOException {
        int mode = (int) Files.getAttribute(above, "unix:mode");
        if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            throw new IOException(above + ", which it lies in, can be written to by other users (mode "
                    + Integer.toOctalString(mode & 0777) + ")");
        }
    }

    /** The number of the user that this process runs as. */
    private static Object user() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            // The system empties its temporary folder itself.
        }
    }
}
