package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.MachineException;
import org.widthbench.core.SolverException;

/** Only a failed check ends with 1: the codes are those of docs/reference/cli.md. */
class FailureTest {
    static Stream<Arguments> whatMayHappen() {
        return Stream.of(
                Arguments.of(new InvalidInputException("training.eta: 0"), 2, "training.eta: 0"),
                Arguments.of(new SolverException("diverged at step 3"), 2, "diverged at step 3"),
                Arguments.of(
                        new UncheckedIOException(new FileSystemException("a.csv", null, "No space left")), 2, "a.csv"),
                Arguments.of(new InvalidPathException("d\u00e4t\u00e4", "Malformed input"), 2, "LC_ALL=C.UTF-8"),
                Arguments.of(new MachineException("the cache is full"), 3, "the cache is full"),
                Arguments.of(new RuntimeException(new MachineException("the cache is full")), 3, "the cache is full"),
                Arguments.of(new OutOfMemoryError("Java heap space"), 3, "-Xmx"),
                Arguments.of(new OutOfMemoryError("unable to create native thread"), 3, "ulimit -u"),
                Arguments.of(new StackOverflowError(), 3, "-Xss"),
                Arguments.of(new NoClassDefFoundError("org/widthbench/X"), 3, "org/widthbench/X"),
                Arguments.of(new UnsatisfiedLinkError("libjnio.so: file too short"), 3, "file too short"),
                // As ND4J fails: its own exception around an initializer's error, the cause innermost.
                Arguments.of(
                        new IllegalStateException(
                                "backend", new ExceptionInInitializerError(new NumberFormatException("\"8,1\""))),
                        3,
                        "8,1"),
                Arguments.of(new InternalError("a fault occurred in an unsafe memory access"), 3, "a fault occurred"),
                Arguments.of(
                        new InvalidInputException(
                                "cannot read x", new FileSystemException("x", null, "Too many open files")),
                        3,
                        "ulimit -n"),
                Arguments.of(new IllegalStateException("unexpected"), 3, "this is a bug"));
    }

    @ParameterizedTest
    @MethodSource("whatMayHappen")
    void everyFailureIsOneLineAndOnlyItsKindDecidesTheCode(Throwable e, int exit, String words) {
        Failure failure = Failure.of(e);
        assertThat(failure.exit()).isEqualTo(exit);
        assertThat(failure.message()).contains(words).doesNotContain("\n", "\tat ");
    }

    @Test
    void controlCharactersOfAMessageDoNotReachTheTerminal() {
        assertThat(Failure.of(new InvalidInputException("data.path: a\r\n\u001b[2Jb \u2028 c"))
                        .message())
                .isEqualTo("data.path: a [2Jb c");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void outputThatCannotBeWrittenIsNoSuccess() throws Exception {
        Run full = process(List.of(), "/dev/full", "--version");
        assertThat(full.exit()).isEqualTo(2);
        assertThat(full.err().lines())
                .singleElement()
                .asString()
                .contains("standard output cannot be written: No space");
    }

    @Test
    void anErrorOnTheWayIsOneLineAndCodeThree() throws Exception {
        // The command line's library is missing from this class path.
        String without = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("picocli"))
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
        Run run = process(List.of("-cp", without), null, "--version");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err().lines()).singleElement().asString().contains("picocli", "missing or damaged");
    }

    private static Run process(List<String> options, String out, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        if (out != null) {
            builder.redirectOutput(new File(out));
        }
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), printed, err);
    }
}
