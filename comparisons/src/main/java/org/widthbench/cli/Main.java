package org.widthbench.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.io.IoFailure;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point. Exit codes: 0 done, 1 a check failed, 2 bad input or a solver that cannot go on, 3 a bug. */
public final class Main {
    /** Done. */
    public static final int OK = 0;
    /** The work was done and its verdict is "no". */
    public static final int CHECK_FAILED = 1;
    /** Input or circumstances that the user can change. */
    public static final int BAD_INPUT = 2;
    /** Neither; worth a bug report. */
    public static final int BUG = 3;

    private Main() {}

    /** Runs one command and ends the process. */
    public static void main(String[] args) {
        int exit = run(writer(System.out), writer(System.err), args);
        // System.exit rather than return: ND4J leaves threads behind that are no daemons.
        System.exit(exit);
    }

    /** Runs one command in this process. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Widthbench root = new Widthbench();
        CommandLine commandLine = Widthbench.parser(root)
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, parsed) -> usageError(e))
                .setExecutionExceptionHandler((e, failed, parsed) -> failure(e, root, err));
        root.begin(args, out, err);
        int exit;
        try {
            exit = commandLine.execute(args);
        } catch (OutOfMemoryError e) {
            exit = failure(e, root, err);
        }
        out.flush();
        err.flush();
        return exit;
    }

    private static int usageError(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("widthbench: " + e.getMessage().lines().findFirst().orElse("bad command line"));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("'" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' shows what it takes");
        return BAD_INPUT;
    }

    private static int failure(Throwable e, Widthbench root, PrintWriter err) {
        if (root.stacktrace()) {
            e.printStackTrace(err);
        }
        if (e instanceof WidthbenchException) {
            return complain(err, oneLine(e.getMessage()), BAD_INPUT);
        }
        if (e instanceof UncheckedIOException unchecked) {
            return failure(unchecked.getCause(), err);
        }
        if (e instanceof IOException io) {
            return failure(io, err);
        }
        if (e instanceof OutOfMemoryError) {
            return complain(
                    err,
                    "out of memory (" + oneLine(String.valueOf(e.getMessage()))
                            + "); lower theory.samples, training.steps or the width, record fewer times"
                            + " (training.record), or raise the heap: JAVA_OPTS=-Xmx16g",
                    BAD_INPUT);
        }
        String again = root.stacktrace() ? "" : "; run again with --stacktrace and report it";
        return complain(err, "this is a bug: " + oneLine(e.toString()) + again, BUG);
    }

    private static int failure(IOException e, PrintWriter err) {
        String file = e instanceof FileSystemException inFileSystem && inFileSystem.getFile() != null
                ? inFileSystem.getFile() + ": "
                : "";
        return complain(err, file + IoFailure.reason(e), BAD_INPUT);
    }

    private static int complain(PrintWriter err, String message, int exit) {
        err.println("widthbench: " + message);
        return exit;
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
