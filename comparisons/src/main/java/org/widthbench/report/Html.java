package org.widthbench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pieces that pages are made of. All text that comes in is plain and goes out escaped. */
final class Html {
    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
    /** A cell that sorts by value: a number, perhaps with a unit or a spread behind it. */
    private static final Pattern NUMBER = Pattern.compile("[-+\u2212]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");

    private Html() {}

    /** A whole page: title, content of the header, content below it. */
    static String page(String title, String header, String content) {
        Map<String, String> parts = Map.of(
                "title",
                escape(title),
                "header",
                header,
                "content",
                content,
                "policy",
                policy(),
                "style",
                resource("report.css"),
                "script",
                script());
        // One pass, so that braces in the content stay what they are.
        return PLACE.matcher(resource("report.html"))
                .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
    }

    /**
     * The Content-Security-Policy of a page: its own script, known by its hash, and nothing else runs or is loaded. Drawings
     * carry rules of their own, so styles may stand in the page.
     */
    static String policy() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script().getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; script-src 'sha256-"
                    + Base64.getEncoder().encodeToString(hash)
                    + "'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String script() {
        return "\n" + resource("report.js").strip() + "\n";
    }

    /** Text as HTML, inside an element or a quoted attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static <T> String each(List<T> items, Function<T, String> html) {
        StringBuilder all = new StringBuilder();
        items.forEach(item -> all.append(html.apply(item)));
        return all.toString();
    }

    /** @param judged what the verdicts are about where that is not the whole page, else empty */
    static String verdict(String judged, List<Report.Verdict> verdicts) {
        String findings = each(
                verdicts,
                verdict -> "<li>"
                        + (verdicts.size() == 1 ? "" : "<b>" + word(verdict.outcome()) + ".</b> ")
                        + escape(verdict.text()) + "</li>");
        return "<div class=\"verdict " + tone(verdicts) + "\">" + badge(judged, verdicts)
                + (verdicts.isEmpty()
                        ? "<p>Nothing was judged: this run has no network as wide as the bar asks for.</p>"
                        : "<ul>" + findings + "</ul>")
                + "</div>\n";
    }

    static String badge(String judged, List<Report.Verdict> verdicts) {
        String word = verdicts.isEmpty() ? "Not judged" : word(Report.Verdict.together(verdicts));
        return "<strong class=\"badge " + tone(verdicts) + "\">"
                + escape(judged.isEmpty() ? word : judged + ": " + word.toLowerCase(Locale.ROOT)) + "</strong>";
    }

    private static String tone(List<Report.Verdict> verdicts) {
        return switch (Report.Verdict.together(verdicts)) {
            case PASS -> "pass";
            case FAIL -> "fail";
            case UNRESOLVED -> "none";
        };
    }

    private static String word(Report.Outcome outcome) {
        return switch (outcome) {
            case PASS -> "Pass";
            case FAIL -> "Fail";
            case UNRESOLVED -> "Unresolved";
        };
    }

    static String table(Report.Table table) {
        String caption = escape(table.caption());
        boolean[] numbers = new boolean[table.header().size()];
        StringBuilder header = new StringBuilder();
        for (int i = 0; i < numbers.length; i++) {
            int column = i;
            numbers[i] = table.rows().stream()
                    .anyMatch(row -> NUMBER.matcher(row.get(column)).lookingAt());
            header.append("<th%s scope=\"col\" aria-sort=\"none\"><button type=\"button\">%s</button></th>"
                    .formatted(
                            numbers[i] ? " class=\"number\"" : "",
                            escape(table.header().get(i))));
        }
        StringBuilder body = new StringBuilder();
        for (List<String> row : table.rows()) {
            body.append("<tr>");
            for (int i = 0; i < numbers.length; i++) {
                body.append(cell(row.get(i), numbers[i]));
            }
            body.append("</tr>\n");
        }
        return ("<section><h2>%s</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><thead><tr>%s"
                        + "</tr></thead><tbody>\n%s</tbody></table></div></section>\n")
                .formatted(caption, caption, header, body);
    }

    private static String cell(String text, boolean amongNumbers) {
        Matcher number = NUMBER.matcher(text);
        if (!number.lookingAt()) {
            return (amongNumbers ? "<td class=\"number\">" : "<td>") + escape(text) + "</td>";
        }
        String value = number.group().replace('\u2212', '-');
        return "<td class=\"number\" data-value=\"" + value + "\">" + escape(text) + "</td>";
    }

    static String list(String heading, Map<String, Object> entries) {
        if (entries.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<h3>" + escape(heading) + "</h3><dl>");
        entries.forEach((name, value) -> html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(String.valueOf(value)))
                .append("</dd>"));
        return html + "</dl>\n";
    }

    static String copyable(String heading, String text) {
        if (text.isBlank()) {
            return "";
        }
        String name = escape(heading);
        return "<h3>" + name + "</h3><div class=\"copyable\"><button type=\"button\" class=\"copy\" aria-label=\"Copy: "
                + name + "\">Copy</button><pre tabindex=\"0\" role=\"region\" aria-label=\"" + name + "\">"
                + escape(text.strip()) + "</pre></div>\n";
    }

    private static String resource(String name) {
        try (InputStream stream = Html.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
