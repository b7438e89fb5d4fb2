package org.widthbench.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.Reporter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code widthbench} itself: what all commands share. */
@Command(
        name = "widthbench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        header = "Does a real network of width N behave as its infinite-width theory says?",
        description = {
            "",
            "Trains networks of growing width in mean-field (muP) parameterization, solves the equations of their"
                    + " infinite-width limit (dynamical mean field theory), and puts the two side by side.",
            "",
            "Start with:  widthbench reproduce fig1 --quick",
            ""
        },
        footer = {
            "",
            "'widthbench COMMAND --help' explains a command and shows examples.",
            "Exit code: 0 done, 1 a check failed, 2 bad input or a run that cannot go on, 3 the machine or the installation."
        },
        subcommands = {
            ReproduceCommand.class,
            SolveCommand.class,
            TrainCommand.class,
            CompareCommand.class,
            SweepCommand.class,
            ConsistencyCommand.class,
            CheckCommand.class,
            ReportCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            DataCommand.class,
            CompletionCommand.class
        })
final class Widthbench implements Runnable {
    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "Print results and errors only: no progress.")
    private boolean quiet;

    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Show where a failure came from (for bug reports).")
    private boolean stacktrace;

    @Spec
    private CommandSpec spec;

    private String commandLine = "widthbench";
    private PrintWriter out;
    private PrintWriter err;

    /** The command line with this command and all below it. */
    static CommandLine parser(Widthbench root) {
        CommandLine commandLine = new CommandLine(root);
        versioned(commandLine);
        return commandLine;
    }

    /** All commands are of one version. */
    private static void versioned(CommandLine commandLine) {
        commandLine.getCommandSpec().versionProvider(new Version());
        commandLine.getSubcommands().values().forEach(Widthbench::versioned);
    }

    void begin(String[] args, PrintWriter results, PrintWriter messages) {
        commandLine =
                "./widthbench " + Arrays.stream(args).map(Widthbench::quoted).collect(Collectors.joining(" "));
        out = results;
        err = messages;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a COMMAND is missing");
    }

    /** What was typed, quoted for a shell. */
    String commandLine() {
        return commandLine;
    }

    boolean stacktrace() {
        return stacktrace;
    }

    /** Where results go. */
    PrintWriter out() {
        return out;
    }

    /** Where progress goes. */
    Reporter reporter() {
        if (quiet) {
            return Reporter.SILENT;
        }
        return Boolean.getBoolean("widthbench.terminal") ? new TerminalReporter(err) : new LineReporter(err);
    }

    private static String quoted(String argument) {
        return argument.matches("[-A-Za-z0-9_./:=,@%+\\[\\]]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"widthbench " + Provenance.version()};
        }
    }
}
