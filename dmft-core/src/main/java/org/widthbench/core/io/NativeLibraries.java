package org.widthbench.core.io;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.widthbench.core.MachineException;

/**
 * Where native code is unpacked and loaded from: a {@link PrivateFolder} in the user's cache or, where that cannot serve, a fresh one
 * for this process. JavaCPP unpacks there under a lock, file by file, and again whatever has not the size and the date that its jar
 * says; what it cannot see, changed content, shows in the time of the last change ({@code ctime}), which no program can set: files
 * that were compared with their jar are kept in a list with it.
 */
public final class NativeLibraries {
    /** JavaCPP's own property: who sets it has chosen a folder. */
    private static final String JAVACPP_FOLDER = "org.bytedeco.javacpp.cachedir";

    private static final String VERIFIED = "verified";
    /** Bytes of a hash in the name of a folder. */
    private static final int HASH_BYTES = 16;

    /** All libraries take 470 MB. */
    private static final long ROOM = 600_000_000;

    private static Path folder;
    /** Why there is no folder. */
    private static String obstacle;

    private static boolean used;
    private static Map<String, String> verified = Map.of();

    private NativeLibraries() {}

    /** Has JavaCPP and ND4J use the folder; before any of their classes is loaded. Says nothing if there is no folder: see {@link #require}. */
    public static synchronized void prepare() {
        if (System.getProperty(JAVACPP_FOLDER) != null) {
            return;
        }
        try {
            Path cache = folder().resolve("javacpp");
            verified = stillAsVerified(cache);
            System.setProperty(JAVACPP_FOLDER, cache.toString());
        } catch (MachineException e) {
            obstacle = e.getMessage();
            // Nowhere, rather than a folder of JavaCPP's own choice.
            System.setProperty(JAVACPP_FOLDER, File.separator + "dev" + File.separator + "null");
        }
    }

    /**
     * The folder, found once.
     *
     * @throws MachineException with what is wrong with each folder that was tried
     */
    public static synchronized Path folder() {
        if (folder == null) {
            Path wanted = PrivateFolder.cache().resolve("natives");
            try {
                folder = usable(PrivateFolder.open(wanted));
            } catch (IOException | UncheckedIOException e) {
                String reason = reason(wanted, e);
                try {
                    folder = usable(PrivateFolder.fresh());
                    log().info("native libraries are unpacked for this run alone: {}", reason);
                } catch (IOException | UncheckedIOException none) {
                    throw new MachineException(
                            "no folder for native libraries: " + reason + "; and in "
                                    + System.getProperty("java.io.tmpdir") + ": "
                                    + reason(Path.of(System.getProperty("java.io.tmpdir")), none)
                                    + "; set XDG_CACHE_HOME to a folder of your own with " + ROOM / 1_000_000
                                    + " MB of room, not mounted noexec",
                            none);
                }
            }
        }
        return folder;
    }

    /**
     * Called before the first use of a native library.
     *
     * @param jar how the name of its jar begins, such as {@code openblas}
     * @throws MachineException if it is not there yet and there is no room to unpack it: half a library kills the process
     */
    public static synchronized void require(String jar) {
        if (obstacle != null) {
            throw new MachineException(obstacle);
        }
        used = true;
        String cache = System.getProperty(JAVACPP_FOLDER);
        if (folder == null || cache == null || verified.keySet().stream().anyMatch(name -> name.startsWith(jar))) {
            return;
        }
        long room = folder.toFile().getUsableSpace();
        if (room < ROOM) {
            throw new MachineException("native libraries need " + ROOM / 1_000_000 + " MB in " + folder + ", which has "
                    + room / 1_000_000 + " MB left; free space or set XDG_CACHE_HOME to a folder with more");
        }
    }

    /** After the work: compares what was unpacked since with the jars, once, and lists it. What differs goes. */
    public static synchronized void verify() {
        if (folder == null || !used) {
            return;
        }
        Path cache = folder.resolve("javacpp");
        try {
            Map<String, String> found = files(cache);
            if (found.isEmpty() || found.equals(verified)) {
                return;
            }
            Map<String, Path> jars = jars();
            Map<String, String> good = new TreeMap<>(verified);
            for (Map.Entry<String, String> file : found.entrySet()) {
                if (file.getValue().equals(good.get(file.getKey()))) {
                    continue;
                }
                if (isAsInJar(cache, file.getKey(), jars)) {
                    good.put(file.getKey(), file.getValue());
                } else {
                    log().warn("{} was damaged; it is unpacked anew next time", cache.resolve(file.getKey()));
                    Files.delete(cache.resolve(file.getKey()));
                }
            }
            StringBuilder list = new StringBuilder();
            good.forEach(
                    (name, state) -> list.append(state).append(' ').append(name).append('\n'));
            AtomicFile.writeText(cache.resolve(VERIFIED), list.toString());
        } catch (IOException | UncheckedIOException | org.widthbench.core.WidthbenchException e) {
            // The next start looks again.
            log().debug("native libraries are not listed", e);
        }
    }

    /** The listed files, without those that changed since, which are deleted. */
    private static Map<String, String> stillAsVerified(Path cache) {
        Map<String, String> good = new TreeMap<>();
        try {
            if (!Files.isRegularFile(cache.resolve(VERIFIED), LinkOption.NOFOLLOW_LINKS)) {
                // A cache that was copied or repaired: JavaCPP would go by sizes and dates.
                for (String name : files(cache).keySet()) {
                    deleteIfTakenForWhole(cache, name);
                }
                return good;
            }
            for (String line : Files.readAllLines(cache.resolve(VERIFIED))) {
                int size = line.indexOf(' ');
                int end = line.indexOf(' ', size + 1);
                String state = line.substring(0, end);
                Path file = cache.resolve(line.substring(end + 1));
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (state(file).equals(state)) {
                    good.put(line.substring(end + 1), state);
                } else {
                    deleteIfTakenForWhole(cache, line.substring(end + 1));
                }
            }
        } catch (IOException | UncheckedIOException | IndexOutOfBoundsException e) {
            log().debug("the list of native libraries cannot be read", e);
        }
        return good;
    }

    private static void deleteIfTakenForWhole(Path cache, String name) throws IOException {
        if (isTakenForWhole(cache, name, jars())) {
            log().warn("{} was changed; it is unpacked anew", cache.resolve(name));
            Files.delete(cache.resolve(name));
        }
    }

    /** Regular files below the folder, by their names relative to it. */
    private static Map<String, String> files(Path cache) throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (Files.isDirectory(cache)) {
            try (Stream<Path> all = Files.walk(cache)) {
                for (Path file : (Iterable<Path>) all::iterator) {
                    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                            && !file.getParent().equals(cache)) {
                        files.put(cache.relativize(file).toString(), state(file));
                    }
                }
            }
        }
        return files;
    }

    private static String state(Path file) throws IOException {
        Map<String, Object> state = Files.readAttributes(file, "unix:size,ctime,ino", LinkOption.NOFOLLOW_LINKS);
        // Not by "+", whose first use takes Java 15 ms, on every start.
        return String.join(
                "",
                state.get("size").toString(),
                " ",
                state.get("ctime").toString(),
                "/",
                state.get("ino").toString());
    }

    /** The jars that Java was started with, by their names. */
    private static Map<String, Path> jars() {
        Map<String, Path> jars = new LinkedHashMap<>();
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .forEach(jar -> jars.putIfAbsent(jar.getFileName().toString(), jar));
        return jars;
    }

    /**
     * Whether JavaCPP would load a file that is not what its jar holds. One that another process is just unpacking has not its date yet,
     * and is left to JavaCPP's lock.
     */
    private static boolean isTakenForWhole(Path cache, String name, Map<String, Path> jars) throws IOException {
        Path jar = jars.get(name.substring(0, Math.max(0, name.indexOf('/'))));
        if (jar == null) {
            return false;
        }
        long date = Files.getLastModifiedTime(cache.resolve(name)).toMillis();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().anyMatch(entry -> entry.getTime() == date) && !isAsInJar(cache, name, jars);
        }
    }

    /** Whether a file below {@code x.jar/} is one of the entries of {@code x.jar}; JavaCPP gives some a second name. */
    private static boolean isAsInJar(Path cache, String name, Map<String, Path> jars) throws IOException {
        int slash = name.indexOf('/');
        Path jar = jars.get(name.substring(0, Math.max(0, slash)));
        if (jar == null) {
            return false;
        }
        try (ZipFile zip = new ZipFile(jar.toFile());
                CheckedInputStream content =
                        new CheckedInputStream(Files.newInputStream(cache.resolve(name)), new CRC32())) {
            byte[] buffer = new byte[1 << 20];
            long size = 0;
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                size += n;
            }
            long length = size;
            long sum = content.getChecksum().getValue();
            return zip.stream().anyMatch(entry -> entry.getSize() == length && entry.getCrc() == sum);
        }
    }

    /** Where libraries can be mapped to be executed, and new ones written. */
    private static Path usable(Path candidate) throws IOException {
        if (isNoexec(candidate)) {
            throw new IOException(candidate + " is mounted noexec");
        }
        boolean filled = Files.isRegularFile(candidate.resolve("javacpp").resolve(VERIFIED));
        // Not by its file store, which Java does not find in a changed root whose mounts are not listed.
        long room = candidate.toFile().getUsableSpace();
        if (!filled && room < ROOM) {
            throw new IOException(candidate + " has " + room / 1_000_000 + " MB left, the libraries take "
                    + ROOM / 1_000_000 + " MB");
        }
        return candidate;
    }

    private static boolean isNoexec(Path folder) throws IOException {
        Path mounts = Path.of("/proc/self/mounts");
        if (!Files.exists(mounts)) {
            return false;
        }
        Path longest = null;
        boolean noexec = false;
        for (String line : Files.readAllLines(mounts, java.nio.charset.StandardCharsets.ISO_8859_1)) {
            String[] words = line.split(" ");
            if (words.length < 4 || !words[1].startsWith("/")) {
                continue;
            }
            Path point = Path.of(words[1].replace("\\040", " "));
            // Of two on one point the later lies on top.
            if (folder.startsWith(point) && (longest == null || point.getNameCount() >= longest.getNameCount())) {
                longest = point;
                noexec = List.of(words[3].split(",")).contains("noexec");
            }
        }
        return noexec;
    }

    /** Made when there is something to say: every start pays for a logger. */
    private static Logger log() {
        return LoggerFactory.getLogger(NativeLibraries.class);
    }

    private static String reason(Path path, Exception e) {
        IOException io = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
        String reason = IoFailure.reason(io);
        return reason.startsWith("/") ? reason : path + ": " + reason;
    }

    /**
     * Puts a library into the folder under the hash of its content, whole or not at all, unless the same lies there.
     *
     * @param content of the library
     * @return the folder that it lies in, which holds nothing else
     * @throws MachineException if it cannot be written
     */
    public static Path unpack(String name, InputStream content) {
        Path base = folder();
        try {
            byte[] bytes = content.readAllBytes();
            Path place = PrivateFolder.open(base.resolve(hash(bytes)));
            Path file = place.resolve(name);
            boolean same = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) == bytes.length
                    && Arrays.equals(Files.readAllBytes(file), bytes);
            if (!same) {
                AtomicFile.write(file, out -> out.write(bytes));
            }
            return place;
        } catch (IOException | org.widthbench.core.InvalidInputException e) {
            String reason = e instanceof IOException io ? reason(base, io) : e.getMessage();
            throw new MachineException("the library " + name + " cannot be unpacked: " + reason, e);
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
