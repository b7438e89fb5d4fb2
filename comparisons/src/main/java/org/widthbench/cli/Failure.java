package org.widthbench.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.widthbench.core.MachineException;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.io.IoFailure;

/**
 * Why a command ended early.
 *
 * @param message one line with the remedy
 * @param exit code: {@link Main#BAD_INPUT} for what other input mends, {@link Main#MACHINE} for memory, native code, broken files and
 *     bugs
 */
record Failure(String message, int exit) {
    /** Deep enough for any chain of causes; one that is a circle ends too. */
    private static final int MOST_CAUSES = 50;

    /** What Linux says when a process has as many files open as it may. */
    private static final String FILES = "Too many open files";

    /** What {@code e}, or what lies underneath it, means to a user. */
    static Failure of(Throwable e) {
        Optional<Failure> machine = machine(e);
        if (machine.isPresent()) {
            return machine.get();
        }
        if (e instanceof WidthbenchException) {
            return new Failure(oneLine(e.getMessage()), Main.BAD_INPUT);
        }
        if (e instanceof UncheckedIOException unchecked) {
            return ofFile(unchecked.getCause());
        }
        if (e instanceof IOException io) {
            return ofFile(io);
        }
        if (e instanceof InvalidPathException path) {
            return new Failure(
                    "'" + oneLine(path.getInput()) + "' cannot be the name of a file here: " + oneLine(path.getReason())
                            + "; names are in the character set of the locale, "
                            + System.getProperty("sun.jnu.encoding")
                            + ": set LC_ALL=C.UTF-8",
                    Main.BAD_INPUT);
        }
        return new Failure("this is a bug: " + oneLine(e.toString()) + "; report it with --stacktrace", Main.MACHINE);
    }

    /** Trouble with the machine anywhere in the chain: libraries wrap errors in exceptions of their own. */
    private static Optional<Failure> machine(Throwable e) {
        Optional<Throwable> own = first(e, MachineException.class::isInstance);
        if (own.isPresent()) {
            return own.map(found -> new Failure(oneLine(found.getMessage()), Main.MACHINE));
        }
        if (first(e, cause -> String.valueOf(cause.getMessage()).contains(FILES))
                .isPresent()) {
            return trouble("too many open files; raise the limit with 'ulimit -n 4096', or lower --jobs");
        }
        Optional<Throwable> memory = first(e, OutOfMemoryError.class::isInstance);
        if (memory.isPresent()) {
            return trouble(outOfMemory(String.valueOf(memory.get().getMessage())));
        }
        if (first(e, StackOverflowError.class::isInstance).isPresent()) {
            return trouble("the stack is too small for this; raise it: JAVA_OPTS=-Xss16m");
        }
        // The innermost says what was missing; those around it only that something was.
        return causes(e)
                .filter(Error.class::isInstance)
                .reduce((outer, inner) -> inner)
                .flatMap(error -> trouble(broken(error)));
    }

    private static String outOfMemory(String detail) {
        if (detail.contains("thread")) {
            return "out of memory (" + oneLine(detail)
                    + "); raise the limits of 'ulimit -u' and 'ulimit -v', or lower --jobs";
        }
        return "out of memory (" + oneLine(detail)
                + "); lower theory.samples, training.steps or the width, record fewer times"
                + " (training.record), or raise the heap: JAVA_OPTS=-Xmx16g";
    }

    private static String broken(Throwable error) {
        if (error instanceof NoClassDefFoundError
                && String.valueOf(error.getMessage()).startsWith("org/nd4j/")) {
            return "this needs ND4J, which this installation, the slim one, leaves out: take the full archive, or train with"
                    + " --engine backend";
        }
        Throwable innermost = causes(error).reduce((outer, inner) -> inner).orElse(error);
        String what =
                oneLine(error.toString()) + (innermost == error ? "" : ", because of " + oneLine(innermost.toString()));
        return error instanceof LinkageError
                ? "a part of the program or a library of it cannot be loaded (" + what
                        + "); its files are missing or damaged, or do not fit this machine: 'widthbench doctor' says more"
                : "Java or a library gave up (" + what + "); check memory, disk and the settings in the environment";
    }

    private static Optional<Failure> trouble(String message) {
        return Optional.of(new Failure(message, Main.MACHINE));
    }

    private static Failure ofFile(IOException e) {
        String file = e instanceof FileSystemException inFileSystem && inFileSystem.getFile() != null
                ? inFileSystem.getFile() + ": "
                : "";
        return new Failure(oneLine(file + IoFailure.reason(e)), Main.BAD_INPUT);
    }

    private static Optional<Throwable> first(Throwable e, Predicate<Throwable> kind) {
        return causes(e).filter(kind).findFirst();
    }

    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause).limit(MOST_CAUSES);
    }

    /** A message may hold what a file or an argument holds: line feeds, escapes of a terminal. */
    private static String oneLine(String message) {
        return String.valueOf(message).replaceAll("\\s*[\\p{Cntrl}\\u0085\\u2028\\u2029][\\s\\p{Cntrl}]*", " ");
    }
}
