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
    private Path library;

    @BeforeEach
    void makeCheckout() throws IOException {
        checkout = Files.createDirectories(folder.resolve("a check out"));
        tools = Files.createDirectories(folder.resolve("tools"));
        builds = folder.resolve("builds.log");
        library = folder.resolve("x.jar");
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
                mkdir -p comparisons/target
                [ -f "$LIBRARY" ] || echo library > "$LIBRARY"
                printf '%s' "$LIBRARY" > comparisons/target/classpath.txt
                """);
        tool("java", """
                case " $* " in
                    *" -version "*)
                        case " $* " in *NoSuch*) echo "Unrecognized VM option 'NoSuch'"; echo "Error: Could not create"; exit 1 ;; esac
                        echo 'openjdk version "'"${JAVA_SAYS:-17.0.1}"'" 2021' >&2
                        exit 0 ;;
                    *.Installation*) exit 0 ;;
                esac
                for a in "$@"; do printf '%s\\n' "$a"; done
                echo "handles $OMP_NUM_THREADS"
                echo "locale $LC_ALL"
                [ -z "${WAIT_FOR:-}" ] || read -r _ < "$WAIT_FOR"
                case " $* " in
                    *"Main check "*) case " $* " in *exit.failed=101*) exit 101 ;; *) exit 1 ;; esac ;;
                    *"Main dies "*) exit 1 ;;
                esac
                echo "policy $OMP_WAIT_POLICY"
                exit 0
                """);
        // Sources of yesterday, older than any build of today.
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
        assertThat(run.out().lines()).contains(current().resolve("dmft-core-0.1.0.jar") + ":" + library);
    }

    @Test
    void buildsAgainWhenASourceIsNewerOlderOrGone() throws Exception {
        launch(checkout.resolve("widthbench"));
        Path source = checkout.resolve("dmft-core/src/main/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(2);
        // As a checkout that keeps old dates brings it.
        Files.setLastModifiedTime(source, FileTime.from(Instant.ofEpochSecond(86_400)));
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(3);
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(3);
        Files.delete(source);
        launch(checkout.resolve("widthbench"));
        assertThat(builds()).hasSize(4);
    }

    @Test
    void aRunKeepsTheJarsThatItStartedWithWhileOthersAreBuilt() throws Exception {
        launch(checkout.resolve("widthbench"));
        Path first = current();
        Path gate = folder.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        Process running = start(List.of("WAIT_FOR=" + gate), checkout.resolve("widthbench"), "sweep");
        try (java.io.BufferedReader out = running.inputReader()) {
            // It holds its build from before Java prints its first word.
            out.readLine();
            Files.writeString(checkout.resolve("dmft-core/src/main/B.java"), "class B {}");
            assertThat(launch(checkout.resolve("widthbench"), "solve").exit()).isZero();
            assertThat(current()).isNotEqualTo(first);
            assertThat(first.resolve("dmft-core-0.1.0.jar")).isRegularFile();
            Files.writeString(gate, "go\n");
            assertThat(running.waitFor()).isZero();
        }
        Files.writeString(checkout.resolve("dmft-core/src/main/C.java"), "class C {}");
        launch(checkout.resolve("widthbench"), "solve");
        assertThat(first).as("nobody runs from it any more").doesNotExist();
    }

    @Test
    void aMissingOrCutJarIsBuiltAnewOrNamedInOneLine() throws Exception {
        launch(checkout.resolve("widthbench"));
        Path own = current().resolve("dmft-core-0.1.0.jar");
        for (Path jar : List.of(own, library)) {
            byte[] whole = Files.readAllBytes(jar);
            Files.write(jar, new byte[1]);
            Run never = launch(List.of("WIDTHBENCH_BUILD=never"), checkout.resolve("widthbench"), "solve");
            assertThat(never.exit()).isEqualTo(3);
            assertThat(never.err().lines()).singleElement().asString().contains(jar + " is missing or damaged");
            Files.delete(jar);
            assertThat(launch(List.of("WIDTHBENCH_BUILD=never"), checkout.resolve("widthbench"), "solve")
                            .err())
                    .contains(jar + " is missing or damaged");
            Files.write(jar, whole);
        }
        Files.delete(own);
        assertThat(launch(checkout.resolve("widthbench"), "solve").exit()).isZero();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void aBuildThatWasKilledStartsFromCleanClasses() throws Exception {
        Path half = Files.createDirectories(checkout.resolve("dmft-core/target/classes"));
        Files.createDirectories(checkout.resolve(".widthbench"));
        Files.createFile(checkout.resolve(".widthbench/building"));
        assertThat(launch(checkout.resolve("widthbench"), "solve").exit()).isZero();
        assertThat(half).doesNotExist();
        assertThat(checkout.resolve(".widthbench/building")).doesNotExist();
    }

    /** As {@code dist/assemble} lays it out: the archive's own Java and jars, whatever Java and Maven there are. */
    @Test
    void anArchiveRunsItsOwnJavaBuildsNothingAndNamesADamagedJar() throws Exception {
        Path archive = Files.createDirectories(folder.resolve("an archive"));
        Files.copy(Path.of("..", "widthbench"), archive.resolve("widthbench"));
        Files.createDirectories(archive.resolve("runtime/bin"));
        Files.copy(
                tools.resolve("java"),
                archive.resolve("runtime/bin/java"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Path lib = Files.createDirectories(archive.resolve("lib"));
        Files.writeString(lib.resolve("a.jar"), "four");
        Files.writeString(lib.resolve("b.jar"), "sevenxx");
        Files.writeString(lib.resolve("settings"), """
                jars='a.jar b.jar'
                sizes='4 a.jar
                7 b.jar'
                java_options='--newer'
                commit='abc'
                engine='backend'
                """);
        List<String> nothing = List.of("JAVA_HOME=/nowhere", "WIDTHBENCH_BUILD=never");
        Run run = launch(nothing, archive.resolve("widthbench"), "solve", "a file.yaml");
        assertThat(run.exit()).as(run.err()).isZero();
        Path real = lib.toRealPath();
        assertThat(run.out().lines())
                .contains(real + "/a.jar:" + real + "/b.jar", "--newer", "-Dwidthbench.commit=abc", "a file.yaml")
                .contains("-Dwidthbench.engine=backend", "policy passive");
        assertThat(builds).doesNotExist();
        try (var files = Files.list(archive)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("widthbench", "runtime", "lib");
        }
        Files.writeString(lib.resolve("b.jar"), "cut");
        Run damaged = launch(archive.resolve("widthbench"), "solve");
        assertThat(damaged.exit()).isEqualTo(3);
        assertThat(damaged.err().lines())
                .singleElement()
                .asString()
                .contains(real + "/b.jar is missing or damaged; unpack the archive again");
    }

    @Test
    void onlyAFailedCheckEndsWithOne() throws Exception {
        assertThat(launch(checkout.resolve("widthbench"), "check", "x").exit()).isEqualTo(1);
        Run option = launch(List.of("JAVA_OPTS=-XX:+NoSuch"), checkout.resolve("widthbench"), "solve");
        assertThat(option.exit()).isEqualTo(3);
        assertThat(option.err().lines())
                .singleElement()
                .asString()
                .contains("Java does not start (Unrecognized VM option");
        // Under a limit Java ends with 1 when it finds no memory: the launcher waits for it and tells that from a
        // check.
        Path limited = Files.writeString(
                folder.resolve("limited"), "ulimit -v 4000000; exec '" + checkout.resolve("widthbench") + "' \"$@\"");
        assertThat(launch(limited, "check", "x").exit()).isEqualTo(1);
        Run dies = launch(limited, "dies", "x");
        assertThat(dies.exit()).isEqualTo(3);
        assertThat(dies.err().lines()).singleElement().asString().contains("'ulimit -v' allows 4000000 kB");
        Run old = launch(List.of("JAVA_SAYS=11.0.2", "JAVA_OPTS=-Xmx1g"), checkout.resolve("widthbench"), "solve");
        assertThat(old.exit()).isEqualTo(3);
        assertThat(old.err()).contains("needs Java 17");
    }

    @Test
    void newerJavasAreToldWhatIsMeantAndOlderOnesNotWhatTheyDoNotKnow() throws Exception {
        Run seventeen = launch(checkout.resolve("widthbench"), "solve");
        assertThat(seventeen.out()).doesNotContain("native-access", "memory-access");
        Run newer = launch(List.of("JAVA_SAYS=25", "JAVA_OPTS=-Xmx1g"), checkout.resolve("widthbench"), "solve");
        assertThat(newer.out().lines())
                .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    @Test
    void settingsThatTheLibrariesDoNotUnderstandAreTranslated() throws Exception {
        Run run = launch(
                List.of("OMP_NUM_THREADS=8,1", "LC_ALL=POSIX", "JAVA_TOOL_OPTIONS=-XX:+UseG1GC"),
                checkout.resolve("widthbench"),
                "solve");
        assertThat(run.out().lines()).contains("handles 8", "locale C.UTF-8").doesNotContain("-XX:+UseSerialGC");
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
        assertThat(failed.exit()).isEqualTo(3);
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
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("needs Maven", "apt-get install");
    }

    /** The folder of the newest build. */
    private Path current() throws IOException {
        Path store = checkout.toRealPath().resolve(".widthbench");
        return store.resolve("builds")
                .resolve(Files.readString(store.resolve("current")).strip());
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
        builder.environment().put("LIBRARY", library.toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
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
