package org.widthbench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.figure.Figure;

/** Writes {@code index.html}: one file, readable without any other and without a network. */
public final class ReportPage {
    /** Name of the page. */
    public static final String FILE = "index.html";

    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
    /** A cell that sorts by value: a number, perhaps with a unit or a spread behind it. */
    private static final Pattern NUMBER = Pattern.compile("[-+\u2212]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

    private static final String SECONDS = "Seconds";

    private ReportPage() {}

    /**
     * Writes the page into a folder, whole or not at all.
     *
     * @return the page
     * @throws org.widthbench.core.InvalidInputException if it cannot be written
     */
    public static Path write(Path folder, Report report, Report.Origin origin) {
        Path page = folder.resolve(FILE);
        AtomicFile.writeText(page, html(report, origin));
        return page;
    }

    /** The page as text. */
    static String html(Report report, Report.Origin origin) {
        Map<String, String> parts = Map.of(
                "title", escape(report.title()),
                "verdict", verdict(report.verdicts()),
                "figures", each(report.figures(), ReportPage::figure),
                "tables", each(report.tables(), ReportPage::table),
                "run", run(report.summary(), origin),
                "style", resource("report.css"),
                "script", resource("report.js"));
        // One pass, so that braces in the content stay what they are.
        return PLACE.matcher(resource("report.html"))
                .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
    }

    private static String verdict(List<Report.Verdict> verdicts) {
        boolean pass = verdicts.stream().allMatch(Report.Verdict::good);
        String outcome = verdicts.isEmpty() ? "none" : pass ? "pass" : "fail";
        String badge = verdicts.isEmpty() ? "Not judged" : pass ? "Pass" : "Fail";
        String findings = each(
                verdicts,
                verdict -> "<li>"
                        + (verdicts.size() == 1 ? "" : verdict.good() ? "<b>Pass.</b> " : "<b>Fail.</b> ")
                        + escape(verdict.text()) + "</li>");
        return "<div class=\"verdict " + outcome + "\"><strong class=\"badge\">" + badge + "</strong><ul>" + findings
                + "</ul></div>";
    }

    private static String figure(Report.Picture picture) {
        StringBuilder html = new StringBuilder("<figure>");
        boolean alone = picture.panels().isEmpty();
        html.append(drawing(picture.whole(), picture.name(), "whole" + (alone ? " alone" : ""), picture.caption()));
        if (!alone) {
            html.append("<div class=\"panels\">");
            for (int i = 0; i < picture.panels().size(); i++) {
                String label = "Panel " + (i + 1) + " of " + picture.panels().size() + ". " + picture.caption();
                html.append(drawing(picture.panels().get(i), picture.name() + "-" + (i + 1), "one", label));
            }
            html.append("</div>");
        }
        html.append("<figcaption>").append(escape(picture.caption()));
        return html.append(files(picture.files()))
                .append("</figcaption></figure>\n")
                .toString();
    }

    private static String drawing(Figure figure, String name, String kind, String label) {
        String named = "<svg aria-label=\"" + escape(label) + "\" ";
        String svg = figure.inlineSvg("svg-" + name).replaceFirst("<svg ", Matcher.quoteReplacement(named));
        return "<div class=\"drawing " + kind + "\">" + svg + "<script type=\"application/json\">"
                + figure.valuesAsJson() + "</script></div>";
    }

    // One line per base name, with a link per format.
    private static String files(List<String> files) {
        Map<String, StringBuilder> formats = new LinkedHashMap<>();
        for (String file : files) {
            int dot = file.lastIndexOf('.');
            String base = dot < 0 ? file : file.substring(0, dot);
            formats.computeIfAbsent(base, b -> new StringBuilder())
                    .append(" <a href=\"")
                    .append(escape(file))
                    .append("\">")
                    .append(escape(dot < 0 ? file : file.substring(dot + 1).toUpperCase(Locale.ROOT)))
                    .append("</a>");
        }
        if (formats.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<details><summary>Files</summary><ul>");
        formats.forEach((base, links) ->
                html.append("<li>").append(escape(base)).append(links).append("</li>"));
        return html + "</ul></details>";
    }

    private static String table(Report.Table table) {
        String caption = escape(table.caption());
        StringBuilder html = new StringBuilder("<section><h2>" + caption + "</h2><div class=\"scroll\" tabindex=\"0\""
                + " role=\"region\" aria-label=\"" + caption + "\"><table><thead><tr>");
        for (String column : table.header()) {
            html.append("<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">")
                    .append(escape(column))
                    .append("</button></th>");
        }
        html.append("</tr></thead><tbody>\n");
        for (List<String> row : table.rows()) {
            html.append("<tr>").append(each(row, ReportPage::cell)).append("</tr>\n");
        }
        return html + "</tbody></table></div></section>\n";
    }

    private static String cell(String text) {
        Matcher number = NUMBER.matcher(text);
        if (!number.lookingAt()) {
            return "<td>" + escape(text) + "</td>";
        }
        String value = number.group().replace('\u2212', '-');
        return "<td class=\"number\" data-value=\"" + value + "\">" + escape(text) + "</td>";
    }

    private static String run(Map<String, Object> summary, Report.Origin origin) {
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
        return copyable("Command", origin.command())
                + list("Numbers", numbers)
                + list("Timings", timings)
                + copyable("Configuration", origin.configuration())
                + list("Provenance", flatten("", origin.provenance()));
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

    private static String list(String heading, Map<String, Object> entries) {
        if (entries.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h3>" + heading + "</h3><dl>");
        entries.forEach((name, value) -> html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(String.valueOf(value)))
                .append("</dd>"));
        return html + "</dl>\n";
    }

    private static String copyable(String heading, String text) {
        if (text.isBlank()) {
            return "";
        }
        return "<h3>" + heading + "</h3><div class=\"copyable\"><button type=\"button\" class=\"copy\">Copy</button>"
                + "<pre tabindex=\"0\" aria-label=\"" + heading + "\">" + escape(text.strip()) + "</pre></div>\n";
    }

    private static <T> String each(List<T> items, Function<T, String> html) {
        StringBuilder all = new StringBuilder();
        items.forEach(item -> all.append(html.apply(item)));
        return all.toString();
    }

    /** Text as HTML, inside an element or a quoted attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String resource(String name) {
        try (InputStream stream = ReportPage.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
