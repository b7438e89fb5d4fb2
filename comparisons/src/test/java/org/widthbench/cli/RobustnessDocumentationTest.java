package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rows of {@code docs/robustness.md} and {@code docs/reference/numbers.md} name the tests that show them, and those exist. */
class RobustnessDocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z0-9]*Test)\\.([a-z][A-Za-z0-9]*)`");

    @Test
    void everyRowNamesTestsThatExist() throws IOException {
        List<String> rows = rows("docs/robustness.md");
        assertThat(rows).hasSizeGreaterThan(20);
        for (String row : rows) {
            assertThat(TEST.matcher(row).results()).as(row).isNotEmpty();
            requireTests(row);
        }
    }

    /** The page of numbers has a test or a command for each, and its tests exist. */
    @Test
    void everyNumberHasATestOrACommand() throws IOException {
        List<String> rows = rows("docs/reference/numbers.md");
        assertThat(rows).hasSizeGreaterThan(20);
        for (String row : rows) {
            assertThat(row).containsAnyOf("Test.", "the same", "./widthbench");
            requireTests(row);
        }
    }

    /** What each script of attacks counted when it last ran. */
    @Test
    void everyPartOfTheAttackHasItsCountsOnThePage() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/robustness.md"));
        List<String> parts;
        try (Stream<Path> files = Files.list(Path.of("src/test/attack"))) {
            parts = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d\\d-.*\\.sh"))
                    .map(name -> name.substring(3, name.length() - 3).replace('-', ' '))
                    .toList();
        }
        assertThat(parts).isNotEmpty();
        for (String part : parts) {
            assertThat(page).containsPattern("(?m)^" + part + ": [1-9]\\d* attacks( \\(.*\\))?, \\d+ succeeded$");
        }
    }

    private static List<String> rows(String page) throws IOException {
        return Files.readAllLines(ROOT.resolve(page)).stream()
                .filter(line -> line.startsWith("| ")
                        && !line.startsWith("| ---")
                        && !line.startsWith("| tried")
                        && !line.startsWith("| claim"))
                .toList();
    }

    private static void requireTests(String row) throws IOException {
        for (MatchResult test : TEST.matcher(row).results().toList()) {
            assertThat(source(test.group(1))).as(row).contains("void " + test.group(2) + "(");
        }
    }

    private static String source(String testClass) throws IOException {
        for (String module : List.of("dmft-core", "gpu-kernels", "nn-training", "comparisons")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                Path file = files.filter(path -> path.endsWith(testClass + ".java"))
                        .findFirst()
                        .orElse(null);
                if (file != null) {
                    return Files.readString(file);
                }
            }
        }
        return "";
    }
}
