package org.widthbench.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.widthbench.experiment.Provenance;

/**
 * The form of the recipes for containers, where neither Docker nor Apptainer is at hand: words that their documentation knows, a base of
 * a fixed version, this version's archive, a user without rights, and shell that a shell can read.
 */
class ContainersTest {
    private static final Path DIST = Path.of("..", "dist");
    private static final String ARCHIVE = "widthbench-" + Provenance.version() + "-linux-x86_64.tar.gz";
    private static final Pattern BASE = Pattern.compile("debian:[0-9]+\\.[0-9]+-slim");

    @Test
    void theDockerfileIsWellFormed() throws Exception {
        List<String> lines = Files.readAllLines(DIST.resolve("Dockerfile")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(lines)
                .extracting(line -> line.split(" ", 2)[0])
                .startsWith("FROM")
                .isSubsetOf("FROM", "ARG", "ADD", "RUN", "ENV", "WORKDIR", "USER", "ENTRYPOINT", "CMD");
        assertThat(lines.get(0).substring("FROM ".length())).matches(BASE);
        assertThat(lines).contains("ARG ARCHIVE=" + ARCHIVE, "USER 65534");
        for (String line : lines) {
            if (line.startsWith("RUN ")) {
                assertThat(isShell(line.substring("RUN ".length()))).as(line).isTrue();
            }
            if (line.matches("(ENTRYPOINT|CMD) .*")) {
                assertThat(line)
                        .as("no shell in between, which would keep signals")
                        .matches("\\w+ \\[(\"[^\"]+\"(, )?)+]");
            }
        }
    }

    @Test
    void theApptainerDefinitionIsWellFormed() throws Exception {
        String[] parts = Files.readString(DIST.resolve("widthbench.def")).split("(?m)^%");
        assertThat(parts[0].lines())
                .startsWith("Bootstrap: docker")
                .element(1)
                .asString()
                .matches("From: " + BASE);
        for (String section : List.of(parts).subList(1, parts.length)) {
            String name = section.lines().findFirst().orElseThrow();
            String body = section.substring(name.length());
            assertThat(Set.of("arguments", "files", "post", "runscript", "test", "help"))
                    .contains(name);
            if (Set.of("post", "runscript", "test").contains(name)) {
                assertThat(isShell(body)).as(body).isTrue();
            }
            if (name.equals("arguments")) {
                assertThat(body.strip()).isEqualTo("archive=" + ARCHIVE);
            }
        }
    }

    private static boolean isShell(String text) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-n", "-c", text).start().waitFor() == 0;
    }
}
