package org.widthbench.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.NativeLibraries;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Entry point. Exit codes: 0 done, 1 a check failed and nothing else, 2 bad input or a run that cannot go on, 3 the machine or the
 * installation (memory, native code, broken files), or a bug.
 */
public final class Main {
    /** Done. */
    public static final int OK = 0;
    /** The work was done and its verdict is "no". */
    public static final int CHECK_FAILED = 1;
    /** Input or circumstances that the user can change. */
    public static final int BAD_INPUT = 2;
    /** The machine or the installation; or a bug. */
    public static final int MACHINE = 3;

    /**
     * The code in place of {@link #CHECK_FAILED} where the launcher waits for Java: Java itself, and libraries that give up, end with
     * 1 too, and the launcher has to tell them apart.
     */
    private static final String FAILED_CHECK_PROPERTY = "widthbench.exit.failed";

    private Main() {}

    /** Runs one command and ends the process. */
    public static void main(String[] args) {
        int exit = MACHINE;
        try {
            Thread.setDefaultUncaughtExceptionHandler((thread, e) -> System.exit(lastWords(e)));
            StandardOutput standardOutput = new StandardOutput();
            PrintWriter err = writer(System.err);
            NativeLibraries.prepare();
            exit = run(writer(standardOutput), err, args);
            NativeLibraries.verify();
            if (standardOutput.failure() != null) {
                err.println("widthbench: standard output cannot be written: "
                        + IoFailure.reason(standardOutput.failure()) + "; what was to be printed is lost");
                exit = BAD_INPUT;
            }
        } catch (Throwable e) {
            exit = lastWords(e);
        }
        // System.exit rather than return: ND4J leaves threads behind that are no daemons.
        System.exit(exit == CHECK_FAILED ? Integer.getInteger(FAILED_CHECK_PROPERTY, CHECK_FAILED) : exit);
    }

    /** A failure where even saying it may fail: no memory, or classes of our own are missing. */
    private static int lastWords(Throwable e) {
        try {
            Failure failure = Failure.of(e);
            System.err.println("widthbench: " + failure.message());
            return failure.exit();
        } catch (Throwable again) {
            System.err.println("widthbench: cannot go on and cannot say why; check memory and the installation");
            return MACHINE;
        }
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
        } catch (Error | RuntimeException e) {
            // Errors pass through picocli.
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
        Failure failure = Failure.of(e);
        err.println("widthbench: " + failure.message());
        return failure.exit();
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
