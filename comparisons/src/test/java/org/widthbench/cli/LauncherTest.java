package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a checkout of its own, with a Maven and a Java that only say that they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path checkout;
    private Path tools;
    private Path builds;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("a check out"));
        tools = Files.createDirectories(folder.resolve("tools"));
        builds = folder.resolve("builds.log");
        Files.copy(Path.of("..", "widthbench"), checkout.resolve("widthbench"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.createDirectories(checkout.resolve(".mvn"));
        Files.createDirectories(checkout.resolve("dmft-core/src/main"));
        Files.createDirectories(checkout.resolve("comparisons"));
        Files.writeString(checkout.resolve("comparisons/pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("dmft-core/src/main/A.java"), "class A {}");
        tool("mvn", """
                echo "built in $PWD" >> "$BUILDS"
                [ -z "$MVN_FAILS" ] || { echo "[ERROR] A.java:1 does not compile"; exit 1; }
                mkdir -p dmft-core/target
                : > dmft-core/target/dmft-core-0.1.0.jar
                : > dmft-core/target/dmft-core-0.1.0-tests.jar
                printf /libraries/x.jar > comparisons/target/classpath.txt
                """);
        tool("java", """
                for a in "$@"; do printf '%s\\n' "$a"; done
                echo "policy $OMP_WAIT_POLICY"
                exit 0
                """);
        // Sources of yesterday, so that they are older than any build of today.
        age(checkout.resolve("pom.xml"));
        age(checkout.resolve("comparisons/pom.xml"));
        age(checkout.resolve("dmft-core/src/main/A.java"));
        age(checkout.resolve("dmft-core/src/main"));
        age(checkout.resolve(".mvn"));
    }

    @Test
    void buildsOnFirstUseAndThenNoMore() throws Exception {
        Run first = launch(checkout.resolve("widthbench"), "solve", "a file.yaml");
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out().lines()).contains("org.widthbench.cli.Main", "solve", "a file.yaml", "policy passive");
        assertThat(launch(checkout.resolve("widthbench"), "solve").exit()).isZero();
        assertThat(builds()).containsExactly("built in " + checkout.toRealPath());
    }

    @Test
    void putsItsOwnJarsBeforeTheLibrariesAndNoTests() throws Exception {
        Run run = launch(checkout.resolve("widthbench"), "--help");
        String jar = checkout.toRealPath()
                .resolve("dmft-core/target/dmft-core-0.1.0.jar")
                .toString();
        assertThat(run.out().lines()).contains(jar + ":/libraries/x.jar");
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
        launch(checkout.resolve("widthbench"));
        Path source = checkout.resolve("dmft-core/src/main/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(2);
        age(source);
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(2);
        Files.delete(source);
        // The folder's own date tells of the deletion; one that a coarse clock would not show is made plain.
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().plusSeconds(60)));
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(3);
    }

    @Test
    void worksThroughSymbolicLinksAndFromAnyFolder() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("inner"), Path.of("../a check out/widthbench"));
        Files.createSymbolicLink(bin.resolve("wb"), Path.of("inner"));
        Run run = launch(bin.resolve("wb"), "doctor");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("-Dwidthbench.home=" + checkout.toRealPath());
    }

    @Test
    void aFailedBuildShowsItsErrorsAndIsTriedAgain() throws Exception {
        Run failed = launch(List.of("MVN_FAILS=yes"), checkout.resolve("widthbench"), "solve");
        assertThat(failed.exit()).isEqualTo(2);
        assertThat(failed.err()).contains("A.java:1 does not compile", "widthbench: the build failed");
        assertThat(failed.out()).isEmpty();
        assertThat(launch(checkout.resolve("widthbench"), "solve").exit()).isZero();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        Process first = start(List.of(), checkout.resolve("widthbench"), "solve");
        Process second = start(List.of(), checkout.resolve("widthbench"), "solve");
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(builds()).hasSize(1);
    }

    @Test
    void javaOptionsComeLastSoThatTheyWin() throws Exception {
        Run run = launch(List.of("JAVA_OPTS=-Xmx1g -Dx=y"), checkout.resolve("widthbench"), "solve");
        List<String> words = run.out().lines().toList();
        assertThat(words).contains("-Xmx1g", "-Dx=y");
        assertThat(words.indexOf("-Xmx1g")).isGreaterThan(words.indexOf("-XX:MaxRAMPercentage=50"));
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        Files.delete(tools.resolve("mvn"));
        Run run = launch(List.of("PATH=" + tools + ":/nowhere"), checkout.resolve("widthbench"), "solve");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("needs Maven", "apt-get install");
    }

    private List<String> builds() throws IOException {
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    private Run launch(Path script, String... arguments) throws Exception {
        return launch(List.of(), script, arguments);
    }

    private Run launch(List<String> environment, Path script, String... arguments) throws Exception {
        Process process = start(environment, script, arguments);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, err);
    }

    private Process start(List<String> environment, Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().remove("JAVA_OPTS");
        builder.environment().remove("OMP_WAIT_POLICY");
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        builder.environment().put("BUILDS", builds.toString());
        builder.environment().put("MVN_FAILS", "");
        for (String assignment : environment) {
            int equals = assignment.indexOf('=');
            builder.environment().put(assignment.substring(0, equals), assignment.substring(equals + 1));
        }
        return builder.start();
    }

    private void tool(String name, String body) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void age(Path path) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(86_400)));
    }
}
