package org.widthbench.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Reporter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What the commands below {@link Widthbench} share. */
abstract class Subcommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private Widthbench root() {
        return (Widthbench) spec.root().userObject();
    }

    PrintWriter out() {
        return root().out();
    }

    static void requireCount(String option, int value, int least) {
        InvalidInputException.require(value >= least, option, value, "a whole number >= " + least);
    }

    /** Prints results as soon as they are there. */
    void print(String format, Object... values) {
        out().printf(Locale.ROOT, format, values).flush();
    }

    Reporter reporter() {
        return root().reporter();
    }

    String commandLine() {
        return root().commandLine();
    }
}
