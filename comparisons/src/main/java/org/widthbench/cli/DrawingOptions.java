package org.widthbench.cli;

import java.nio.file.Path;
import java.util.List;
import org.widthbench.core.InvalidInputException;
import org.widthbench.figure.FontFiles;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Style;
import org.widthbench.report.Report;
import picocli.CommandLine.Option;

/** How the files of figures look: {@code --style} and {@code --size}. */
final class DrawingOptions {
    @Option(
            names = "--style",
            paramLabel = "paper|talk|dark",
            defaultValue = "paper",
            completionCandidates = Completions.Styles.class,
            description = "How figures look (default: ${DEFAULT-VALUE}): black on white with letters of 7 to 9 points,"
                    + " larger for slides, or light on dark.")
    private String style;

    @Option(
            names = "--size",
            paramLabel = "single|double",
            defaultValue = "double",
            completionCandidates = Completions.Sizes.class,
            description =
                    "Width of the assembled figure (default: ${DEFAULT-VALUE}): one column of a journal, 3.4 inches,"
                            + " or two, 7 inches.")
    private String size;

    /** @throws InvalidInputException naming the option that has no such value; called before any work */
    void check() {
        style();
        width();
    }

    /** Writes the figures of a report. */
    Report write(Report report, Path folder) {
        Report written = report.writeFigures(folder, style(), width());
        FontFiles.deleteStale();
        return written;
    }

    private Style style() {
        return switch (style) {
            case "paper" -> Style.PAPER;
            case "talk" -> Style.TALK;
            case "dark" -> Style.DARK;
            default -> throw InvalidInputException.key("--style", style, "paper, talk or dark");
        };
    }

    private PageWidth width() {
        return switch (size) {
            case "single" -> PageWidth.SINGLE_COLUMN;
            case "double" -> PageWidth.DOUBLE_COLUMN;
            default -> throw InvalidInputException.key("--size", size, "single (3.4 inches) or double (7 inches)");
        };
    }

    /** The words that choose the same again. */
    List<String> words() {
        return List.of("--style", style, "--size", size);
    }
}
