package org.widthbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A headless Chromium driven by {@code src/test/web/page-test.mjs}. Needs {@code chromium}, {@code node} and {@code npm ci} in
 * {@code src/test/web}; a test that uses it is skipped where one is missing. Screenshots are kept in
 * {@code target/screenshots}.
 */
public final class Browser {
    private static final Path WEB = Path.of("src/test/web");
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final long MOST_SECONDS = 300;

    private Browser() {}

    /**
     * Opens each page on a laptop, on a phone and in the dark.
     *
     * @return JSON, the list of what is wrong; {@code []} if nothing is
     */
    public static String problems(List<Path> pages) throws IOException, InterruptedException {
        Optional<Path> chromium =
                onPath("chromium").or(() -> onPath("chromium-browser")).or(() -> onPath("google-chrome"));
        assumeTrue(chromium.isPresent(), "skipped: there is no chromium on the PATH");
        assumeTrue(onPath("node").isPresent(), "skipped: there is no node on the PATH");
        assumeTrue(
                Files.isDirectory(WEB.resolve("node_modules/playwright-core"))
                        && Files.isDirectory(WEB.resolve("node_modules/axe-core")),
                "skipped: run npm ci in comparisons/src/test/web first");
        Files.createDirectories(SCREENSHOTS);
        List<String> command = new ArrayList<>(List.of(
                "node", WEB.resolve("page-test.mjs").toString(), chromium.get().toString(), SCREENSHOTS.toString()));
        pages.forEach(page -> command.add(page.toString()));
        Path out = Files.createTempFile("browser", ".json");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(out, StandardCharsets.UTF_8).strip();
            assertThat(ended).as("the browser ends; it said: %s", text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(out);
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
