package org.widthbench.report;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.io.AtomicFile;

/** Writes {@code index.html}: one file, readable without any other and without a network. */
public final class ReportPage {
    /** Name of the page. */
    public static final String FILE = "index.html";

    private static final String SECONDS = "Seconds";

    private ReportPage() {}

    /** What a server says of pages, theirs being the same. */
    public static String policy() {
        return Html.policy();
    }

    /**
     * Writes the page into a folder, whole or not at all.
     *
     * @return the page
     * @throws org.widthbench.core.InvalidInputException if it cannot be written
     */
    public static Path write(Path folder, Report report, Report.Origin origin) {
        return write(folder, FILE, report, origin, List.of());
    }

    /**
     * Writes a page under a name of its own.
     *
     * @param others pages of other figures in the same folder, to be linked to
     * @return the page
     * @throws org.widthbench.core.InvalidInputException if it cannot be written
     */
    public static Path write(Path folder, String name, Report report, Report.Origin origin, List<String> others) {
        Path page = folder.resolve(name);
        AtomicFile.writeText(page, html(report, origin, others));
        return page;
    }

    /** The page as text. */
    static String html(Report report, Report.Origin origin) {
        return html(report, origin, List.of());
    }

    private static String html(Report report, Report.Origin origin, List<String> others) {
        String content = Html.each(report.figures(), PictureHtml::of)
                + Html.each(report.tables(), Html::table)
                + links(others)
                + "<section><h2>How this was made</h2>"
                + made(report.summary(), origin)
                + "</section>";
        return Html.page(report.title(), Html.verdict(report.judged(), report.verdicts()), content);
    }

    private static String links(List<String> pages) {
        return pages.isEmpty()
                ? ""
                : "<section><h2>Other figures in this folder</h2><ul>"
                        + Html.each(pages, page -> {
                            String text = Html.escape(page);
                            return "<li><a href=\"" + text + "\">" + text.replaceAll("\\.html$", "") + "</a></li>";
                        })
                        + "</ul></section>";
    }

    private static String made(Map<String, Object> summary, Report.Origin origin) {
        Map<String, Object> timings = new LinkedHashMap<>();
        Map<String, Object> numbers = new LinkedHashMap<>();
        flatten("", summary).forEach((name, value) -> {
            if (name.endsWith(SECONDS) && value instanceof Number seconds) {
                timings.put(
                        name.substring(0, name.length() - SECONDS.length()),
                        String.format(Locale.ROOT, "%.2f s", seconds.doubleValue()));
            } else {
                numbers.put(name, value);
            }
        });
        return Html.copyable("Command", origin.command())
                + Html.list("Numbers", numbers)
                + Html.list("Timings", timings)
                + Html.copyable("Configuration", origin.configuration())
                + Html.list("Provenance", flatten("", origin.provenance()));
    }

    // Nested maps become dotted names.
    private static Map<String, Object> flatten(String prefix, Map<?, ?> tree) {
        Map<String, Object> flat = new LinkedHashMap<>();
        tree.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flat.putAll(flatten(prefix + name + ".", inner));
            } else {
                flat.put(prefix + name, value);
            }
        });
        return flat;
    }
}
