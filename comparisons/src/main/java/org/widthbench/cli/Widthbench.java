package org.widthbench.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.Reporter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code widthbench} itself: what all commands share. */
@Command(
        name = "widthbench",
        synopsisSubcommandLabel = "COMMAND",
        header = "Does a real network of width N behave as its infinite-width theory says?",
        description = {
            "Trains networks of growing width in mean-field (muP) parameterization, solves the equations of their"
                    + " infinite-width limit (dynamical mean field theory), and puts the two side by side.",
            "",
            "Start with:  widthbench reproduce fig1 --quick"
        },
        footer = {
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
            WidthCommand.class,
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
        layOut(commandLine.getCommandSpec());
        return commandLine;
    }

    /** What the help of all commands has in common, and their version. */
    private static void layOut(CommandSpec command) {
        command.mixinStandardHelpOptions(true).versionProvider(new Version());
        UsageMessageSpec help = command.usageMessage();
        List<String> footer = new ArrayList<>(List.of(help.footer()));
        if (!footer.isEmpty()) {
            if (footer.get(0).startsWith("  widthbench")) {
                footer.add(0, footer.size() == 1 ? "Example:" : "Examples:");
            }
            footer.add(0, "");
            help.footer(footer.toArray(new String[0]));
        }
        if (help.description().length > 0) {
            help.descriptionHeading("%n");
            help.description(
                    Stream.concat(Stream.of(help.description()), Stream.of("")).toArray(String[]::new));
        }
        command.subcommands().values().forEach(subcommand -> layOut(subcommand.getCommandSpec()));
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
