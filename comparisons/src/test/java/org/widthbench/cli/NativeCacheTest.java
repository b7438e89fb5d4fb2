package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's cache of native libraries: what is loaded from it is what the jars hold, or the program says why not. */
class NativeCacheTest {
    @TempDir
    private Path folder;

    private Path cache;
    private Path config;

    @BeforeEach
    void write() throws IOException {
        cache = folder.resolve("cache");
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 4, points: 2}
                network:  {depth: 1}
                training: {steps: 2}
                theory:   {samples: 16}
                """);
    }

    private Process solve(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "solve",
                config.toString(),
                "--no-error-bars",
                "--out",
                folder.resolve(name).toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        return builder.start();
    }

    private int end(Process process) throws InterruptedException {
        return process.waitFor();
    }

    private Path library() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(file -> file.getFileName().toString().startsWith("libopenblas_nolapack.so"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Overwrites bytes in the middle, keeping size and, as JavaCPP would see it, date. */
    private static void corrupt(Path library, int bytes) throws IOException {
        FileTime date = Files.getLastModifiedTime(library);
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[bytes]);
        }
        Files.setLastModifiedTime(library, date);
    }

    /** Six jobs of an array on an empty cache; then damage of every kind, after each of which the library is the jar's again. */
    @Test
    void firstStartsShareACacheThatRepairsItself() throws Exception {
        List<Process> first = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            first.add(solve("first" + i));
        }
        for (int i = 0; i < 6; i++) {
            assertThat(end(first.get(i)))
                    .as(Files.readString(folder.resolve("first" + i + ".log")))
                    .isZero();
        }
        Path library = library();
        Path list = cache.resolve("widthbench/natives/javacpp/verified");
        byte[] whole = Files.readAllBytes(library);
        assertThat(list).content().contains(library.getFileName().toString());
        assertThat(Files.getPosixFilePermissions(cache.resolve("widthbench/natives")))
                .hasSize(3);

        corrupt(library, 4096);
        requireRepaired("listed", library, whole);

        corrupt(library, whole.length / 2);
        Files.delete(list);
        requireRepaired("unlisted", library, whole);

        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.setLength(100_000);
        }
        Files.delete(list);
        requireRepaired("cut", library, whole);
    }

    private void requireRepaired(String name, Path library, byte[] whole) throws Exception {
        int exit = end(solve(name));
        String log = Files.readString(folder.resolve(name + ".log"));
        assertThat(exit).as(log).isZero();
        assertThat(log).doesNotContain("You have loaded library", "Exception");
        assertThat(Files.readAllBytes(library)).as(name).isEqualTo(whole);
    }

    /** A cache of somebody else's, behind a link or open to all is not used: the libraries go to a folder of this run alone. */
    @Test
    void cacheThatOthersCanWriteIsNotUsed() throws Exception {
        Path natives = Files.createDirectories(cache.resolve("widthbench/natives"));
        boolean owned =
                new ProcessBuilder("chown", "65534", natives.toString()).start().waitFor() == 0;
        if (!owned) {
            System.out.println("SKIPPED: NativeCacheTest needs the right to give a folder away (root)");
        }
        Assumptions.assumeTrue(owned, "no right to give a folder away");
        int exit = end(solve("foreign"));
        assertThat(exit).as(Files.readString(folder.resolve("foreign.log"))).isZero();
        try (Stream<Path> left = Files.list(natives)) {
            assertThat(left).isEmpty();
        }
    }
}
