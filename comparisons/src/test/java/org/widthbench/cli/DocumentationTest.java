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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.experiment.ExperimentReader;
import picocli.CommandLine;

/** What the documentation says of commands, keys and files is what the program has. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Path REFERENCE = ROOT.resolve("docs/reference/cli.md");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");

    /** Columns of the help texts in the reference. */
    private static final int WIDTH = 100;

    @Test
    void commandReferenceIsTheHelpOfTheProgram() throws IOException {
        String reference = reference();
        if (Boolean.getBoolean("widthbench.updateDocumentation")) {
            Files.writeString(REFERENCE, reference);
        }
        assertThat(Files.readString(REFERENCE))
                .as("written by: mvn test -pl comparisons -am -Dtest=DocumentationTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dwidthbench.updateDocumentation=true")
                .isEqualTo(reference);
    }

    @Test
    void everyKeyOfTheConfigurationIsDocumented() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/reference/configuration.md")))
                .contains(ExperimentReader.paths().stream()
                        .map(path -> "`" + path.substring(path.indexOf('.') + 1) + "`")
                        .toList());
    }

    /** {@code ArchitecturesTest} and {@code ConsistencyCommandTest} run it. */
    @Test
    void theArchitectureOfTheHowToIsTheOneThatTestsRun() throws IOException {
        String listing = Files.readString(Path.of("src/test/java/org/widthbench/consistency/GainMlp.java"));
        assertThat(listing.lines()).hasSizeLessThan(60);
        assertThat(Files.readString(ROOT.resolve("docs/how-to/add-an-architecture.md")))
                .contains("```java\n" + listing + "```\n");
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs).filter(page -> page.toString().endsWith(".md")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToAFile(Path page) throws IOException {
        List<String> targets = LINK.matcher(Files.readString(page))
                .results()
                .map((MatchResult link) -> link.group(1))
                .filter(target -> !target.contains("://"))
                .toList();
        for (String target : targets) {
            assertThat(page.resolveSibling(target)).as("%s links to it", page).exists();
        }
    }

    private static String reference() {
        StringBuilder page =
                new StringBuilder("# Commands\n\nWritten by `DocumentationTest` from the program's own help.\n");
        append(page, Widthbench.parser(new Widthbench()));
        return page.toString();
    }

    private static void append(StringBuilder page, CommandLine command) {
        command.setUsageHelpWidth(WIDTH);
        String usage = command.getUsageMessage(CommandLine.Help.Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .reduce("", (a, b) -> a + b + "\n");
        page.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```\n");
        page.append(usage).append("```\n");
        command.getSubcommands().values().forEach(sub -> append(page, sub));
    }
}
