package org.widthbench.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.ExperimentGrid;
import org.widthbench.experiment.ExperimentReader;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The configuration file and what is changed in it. */
final class ExperimentOptions {
    private static final Pattern KEY = Pattern.compile("(data|network|training|theory|sweep)\\.[A-Za-z0-9]+:");

    @Parameters(
            index = "0",
            paramLabel = "CONFIG.yaml",
            description = "Configuration; sections and keys that it leaves out have defaults"
                    + " (docs/reference/configuration.md).")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "path=value",
            completionCandidates = Completions.Keys.class,
            description =
                    "Change one value, say --set training.gamma0=0.5 or --set sweep.widths=[100,500]; repeatable.")
    private List<String> overrides = new ArrayList<>();

    /** The configuration's file name without its ending. */
    String name() {
        return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    }

    /** Whether the command line has this word in place of a file. */
    boolean names(String word) {
        return file.toString().equals(word) && !Files.exists(file);
    }

    List<String> overrides() {
        return List.copyOf(overrides);
    }

    Experiment read() {
        return ExperimentReader.read(file, overrides);
    }

    /** With the points of {@code sweep.grid}. */
    ExperimentGrid readGrid() {
        return ExperimentReader.readGrid(file, overrides);
    }

    /**
     * Runs the work of a command; what it says about a key of the configuration, when it reads the data or builds the
     * solver, gains the name of the file.
     */
    <T> T naming(Supplier<T> work) {
        try {
            return work.get();
        } catch (InvalidInputException e) {
            throw KEY.matcher(e.getMessage()).lookingAt()
                    ? new InvalidInputException(file + ": " + e.getMessage(), e)
                    : e;
        }
    }
}
