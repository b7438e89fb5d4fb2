package org.widthbench.reproduce;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.widthbench.report.Report;

/** A figure of a paper that one command computes and draws. */
public interface ReproducibleFigure {

    /** The word on the command line, such as {@code fig1}; also the name of the figure's files. */
    String name();

    /** One line: what it shows and of which paper. */
    String summary();

    /** Name of the folder that takes its results unless another is asked for. */
    default String folder() {
        return name();
    }

    /** Whether it shows alignment against width, so that its networks may hold their matrices in every way. */
    default boolean isOverWidths() {
        return false;
    }

    /**
     * Its settings under the options given, yet to be computed.
     *
     * @throws org.widthbench.core.InvalidInputException naming an option that it cannot follow
     */
    Prepared prepare(FigureOptions options);

    /**
     * A figure with its settings.
     *
     * @param settings all of them, in the layout of a configuration file
     * @param result what the settings are settings of; empty for this figure alone, which shares its numbers with no other
     * @param needsFloat64 true if fields must be float64 whatever suits the device
     * @param work computes it with a study that takes its tasks, writes tables and archives at the end, when all has succeeded, and
     *     gives what the page about it says; the pictures, {@code summary.json} and {@code index.html} are left to the caller
     */
    record Prepared(
            Map<String, Object> settings,
            Optional<String> result,
            boolean needsFloat64,
            Function<FigureStudy, Report> work) {}
}
