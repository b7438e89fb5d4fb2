package org.widthbench.core;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python on this machine that has what a program imports: the one that the variable {@code WIDTHBENCH_PYTHON} names, else the
 * first {@code python3} on the path, else the system's own, into which Debian's packages go.
 *
 * @param program its path
 */
public record Python(String program) {

    /** The first that can import the modules, or an aborted test that says what is missing. */
    public static Python with(String... modules) {
        String imports = "import " + String.join(", ", modules);
        Stream<String> onPath = Arrays.stream(
                        Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "python3").toString());
        List<String> candidates = System.getenv("WIDTHBENCH_PYTHON") != null
                ? List.of(System.getenv("WIDTHBENCH_PYTHON"))
                : Stream.concat(onPath, Stream.of("/usr/bin/python3"))
                        .distinct()
                        .toList();
        for (String candidate : candidates) {
            if (Files.isExecutable(Path.of(candidate)) && new Python(candidate).succeeds(imports)) {
                return new Python(candidate);
            }
        }
        System.out.println("SKIPPED: no python3 here can " + imports);
        return Assumptions.abort("no python3 here can " + imports);
    }

    /** Runs a program in a folder; what it printed to either stream. */
    public String run(Path folder, String text) throws IOException, InterruptedException {
        Process process = start(folder, text);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(program + " failed: " + output);
        }
        return output.strip();
    }

    private boolean succeeds(String text) {
        try {
            Process process = start(Path.of("."), text);
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Process start(Path folder, String text) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program, "-c", text)
                .directory(folder.toFile())
                .redirectErrorStream(true);
        // No window is opened.
        builder.environment().put("MPLBACKEND", "Agg");
        return builder.start();
    }
}
