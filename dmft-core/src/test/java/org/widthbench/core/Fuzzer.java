package org.widthbench.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Jazzer, a fuzzer that keeps the inputs which reach new code and builds on them, in a process of its own with a small heap.
 * Its target is a class with a method {@code public static void fuzzerTestOneInput(byte[])}; whatever that throws ends the
 * run, and so do memory that runs out, a stack that overflows, an object that is deserialized or a path that an input chose.
 */
public final class Fuzzer {
    private static final String HEAP = "-Xmx256m";
    /** No input is worth a minute. */
    private static final String HANG_SECONDS = "60";
    /**
     * No limit: Linux counts what the process that started this one once held as if it were its own. The heap is the limit, and
     * running out of it is found.
     */
    private static final String RSS_LIMIT = "-rss_limit_mb=0";

    private final Path folder;

    /** @param folder for what it writes */
    public Fuzzer(Path folder) {
        this.folder = folder;
    }

    /**
     * Fuzzes.
     *
     * @param runs inputs to try
     * @param seeds inputs to begin with
     * @param words what inputs are made of, to be put in at any place
     * @return all that was said, ending with {@code exit N}, where N is 0 if nothing was found
     */
    public String run(Class<?> target, int runs, List<byte[]> seeds, List<String> words)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        Path dictionary = Files.write(
                folder.resolve("words"), words.stream().map(Fuzzer::quoted).toList());
        Path scratch = Files.createDirectories(folder.resolve("scratch"));
        Path log = folder.resolve("fuzzer.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + scratch,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=org.widthbench.**",
                "--reproducer_path=" + scratch));
        command.addAll(List.of(
                "-runs=" + runs,
                "-seed=1",
                "-timeout=" + HANG_SECONDS,
                RSS_LIMIT,
                "-max_len=4096",
                "-dict=" + dictionary,
                "-artifact_prefix=" + scratch + "/",
                corpus.toString()));
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        return Files.readString(log, StandardCharsets.ISO_8859_1) + "exit " + exit;
    }

    /**
     * How often a reader took its file, and how often it refused it.
     *
     * @param read times that it took it
     * @param refused times that it refused it in one line
     */
    public record Counts(int read, int refused) {}

    /** What the inputs reported in a log, by file. */
    public static Map<String, Counts> counts(String log) {
        Map<String, Counts> counts = new TreeMap<>();
        Pattern.compile("(\\S+): (\\d+) read, (\\d+) refused")
                .matcher(log)
                .results()
                .forEach(line -> counts.put(
                        line.group(1), new Counts(Integer.parseInt(line.group(2)), Integer.parseInt(line.group(3)))));
        System.out.println("fuzzed: " + counts);
        return counts;
    }

    /** As libFuzzer's dictionaries write it. */
    private static String quoted(String word) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            quoted.append(String.format("\\x%02X", b));
        }
        return quoted.append('"').toString();
    }

    /** A file that holds what the fuzzer says, and how often its reader took it or refused it in one line. */
    public static final class Input {
        private final Path file;
        private int accepted;
        private int refused;

        /** @param name of the file, in the fuzzer's own folder */
        public Input(String name) {
            file = Path.of(System.getProperty("java.io.tmpdir"), name);
        }

        /** Reads the bytes as a file; anything but success or one line that begins or goes on with {@code mention} escapes. */
        public void read(byte[] bytes, String mention, Consumer<Path> reader) throws IOException {
            Files.write(file, bytes);
            try {
                reader.accept(file);
                accepted++;
            } catch (InvalidInputException e) {
                refused++;
                if (!e.getMessage().contains(mention) || e.getMessage().contains("\n")) {
                    throw new IllegalStateException("not one line that names " + mention + ": " + e.getMessage(), e);
                }
            }
        }

        /** For the fuzzer's log: the file's name, how often it was taken and how often refused. */
        public void report() {
            System.err.println(file.getFileName() + ": " + accepted + " read, " + refused + " refused");
        }
    }
}
