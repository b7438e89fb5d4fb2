package org.widthbench.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Asks OpenBLAS which kernel it chose for this processor. It tells only on standard error, only while it is loaded, and only
 * if an environment variable says so, hence a process of its own.
 */
final class BlasProbe {
    private static final String MARK = "Core:";

    private BlasProbe() {}

    /** Loads the library and ends. */
    public static void main(String[] args) {
        Loader.load(openblas_nolapack.class);
    }

    /** Name of the kernel, such as SkylakeX, or why it is not known. */
    static String kernel() {
        ProcessBuilder probe = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BlasProbe.class.getName());
        probe.environment().put("OPENBLAS_VERBOSE", "2");
        probe.redirectErrorStream(true);
        try {
            Process process = probe.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines()
                    .filter(line -> line.startsWith(MARK))
                    .map(line -> line.substring(MARK.length()).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }
}
