package org.widthbench.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * Where a result came from, enough to compute it again.
 *
 * @param command the command line that repeats the run, from the folder {@code directory}
 * @param directory working folder of the run
 * @param started when the run began
 * @param startedNanos the same moment on the clock that nobody sets, in nanoseconds since some fixed moment
 * @param settings all settings with the defaults filled in
 */
public record Provenance(String command, String directory, Instant started, long startedNanos, Settings settings) {
    /** Provenance of a run that begins now. */
    public static Provenance begin(String command, Settings settings) {
        return new Provenance(
                command,
                Path.of("").toAbsolutePath().toString(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                System.nanoTime(),
                settings);
    }

    /** The same run, of other settings. */
    public Provenance with(Settings other) {
        return new Provenance(command, directory, started, startedNanos, other);
    }

    /** Version of widthbench. */
    public static String version() {
        return property("/org/widthbench/experiment/version.properties", "version");
    }

    /** Version of a library on the class path, or "unknown". */
    public static String libraryVersion(String group, String artifact) {
        return property("/META-INF/maven/" + group + "/" + artifact + "/pom.properties", "version");
    }

    /** Seconds since the run began. */
    public double wallSeconds() {
        return Math.round((System.nanoTime() - startedNanos) / 1e6) / 1e3;
    }

    /** The keys of {@code provenance} in {@code summary.json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("command", command);
        map.put("directory", directory);
        map.put("started", started.toString());
        map.put("wallSeconds", wallSeconds());
        map.put("version", version());
        map.put("commit", commit());
        map.put("configuration", settings.configuration());
        map.put("software", software());
        map.put("processors", Runtime.getRuntime().availableProcessors());
        return map;
    }

    private static Map<String, Object> software() {
        Map<String, Object> software = new LinkedHashMap<>();
        software.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        software.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        software.put("openblas", libraryVersion("org.bytedeco", "openblas"));
        software.put("nd4j", libraryVersion("org.nd4j", "nd4j-api"));
        return software;
    }

    private static final class Once {
        static final String COMMIT = findCommit();
    }

    /**
     * Git commit of the checkout that runs, with "-dirty" for uncommitted changes, or that an unpacked archive was made of; "unknown"
     * elsewhere.
     */
    public static String commit() {
        return Once.COMMIT;
    }

    private static String findCommit() {
        String recorded = System.getProperty("widthbench.commit");
        if (recorded != null) {
            return recorded;
        }
        String home = System.getProperty("widthbench.home");
        // Asked only of a checkout of widthbench itself: an unpacked archive inside another repository is none.
        if (home == null || !Files.exists(Path.of(home, ".git"))) {
            return "unknown";
        }
        return ProgramOutput.of("git", "-C", home, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
                .orElse("unknown");
    }

    private static String property(String resource, String key) {
        try (InputStream in = Provenance.class.getResourceAsStream(resource)) {
            if (in == null) {
                return "unknown";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty(key, "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
