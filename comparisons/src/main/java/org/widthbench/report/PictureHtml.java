package org.widthbench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import org.widthbench.figure.Figure;

/**
 * A figure in a page: whole on wide screens, panel by panel on narrow ones; networks and theory together, one of them, or
 * their difference.
 */
final class PictureHtml {
    private PictureHtml() {}

    static String of(Report.Picture picture) {
        Optional<Figure> difference = picture.whole().difference();
        String sides = drawings(picture, picture.whole(), "", picture.caption());
        String differences = difference
                .map(whole -> "<div class=\"difference\">"
                        + drawings(picture, whole, "-difference", "Networks minus theory. " + picture.caption())
                        + "</div>")
                .orElse("");
        return "<figure>%s<div class=\"sides\">%s</div>%s<figcaption>%s%s</figcaption></figure>\n"
                .formatted(
                        difference.isPresent() ? choice(picture.name()) : "",
                        sides,
                        differences,
                        Html.escape(picture.caption()),
                        files(picture.files()));
    }

    // Radio buttons: the arrow keys walk through them, and style sheets alone do the rest.
    private static String choice(String name) {
        List<String> choices = List.of("both", "network", "theory", "difference");
        List<String> labels = List.of("Both", "Networks", "Theory", "Difference");
        String buttons = Html.each(
                choices,
                value -> "<label><input type=\"radio\" name=\"show-%s\" value=\"%s\"%s /><span>%s</span></label>"
                        .formatted(
                                Html.escape(name),
                                value,
                                value.equals("both") ? " checked=\"checked\"" : "",
                                labels.get(choices.indexOf(value))));
        return "<fieldset class=\"choice\"><legend>Show</legend>" + buttons + "</fieldset>";
    }

    private static String drawings(Report.Picture picture, Figure whole, String suffix, String label) {
        String name = picture.name() + suffix;
        boolean alone = picture.panels().isEmpty();
        StringBuilder html = new StringBuilder(drawing(whole, name, alone ? "whole alone" : "whole", label));
        if (!alone) {
            html.append("<div class=\"panels\">");
            List<Figure> panels = List.copyOf(picture.panels().values());
            for (int i = 0; i < panels.size(); i++) {
                Figure panel = panels.get(i);
                html.append(drawing(
                        suffix.isEmpty() ? panel : panel.difference().orElse(panel),
                        name + "-" + (i + 1),
                        "one",
                        "Panel " + (i + 1) + " of " + panels.size() + ". " + label));
            }
            html.append("</div>");
        }
        return html.toString();
    }

    private static String drawing(Figure figure, String name, String kind, String label) {
        String text = Html.escape(label);
        String named = "<svg aria-label=\"" + text + "\" ";
        String svg = figure.inlineSvg("svg-" + name).replaceFirst("<svg ", Matcher.quoteReplacement(named));
        return "<div class=\"drawing " + kind + "\" tabindex=\"0\" role=\"group\" aria-label=\"Figure\""
                + " aria-describedby=\"keys\">" + svg + "<script type=\"application/json\">" + figure.valuesAsJson()
                + "</script></div>";
    }

    // One line per base name, with a link per format.
    private static String files(List<String> files) {
        Map<String, String> formats = new LinkedHashMap<>();
        for (String file : files) {
            int dot = file.lastIndexOf('.');
            String format = dot < 0 ? file : file.substring(dot + 1).toUpperCase(Locale.ROOT);
            String link = " <a href=\"%s\">%s</a>".formatted(Html.escape(file), Html.escape(format));
            formats.merge(dot < 0 ? file : file.substring(0, dot), link, String::concat);
        }
        String lines = Html.each(
                List.copyOf(formats.entrySet()),
                format -> "<li>" + Html.escape(format.getKey()) + format.getValue() + "</li>");
        return lines.isEmpty() ? "" : "<details><summary>Files</summary><ul>" + lines + "</ul></details>";
    }
}
