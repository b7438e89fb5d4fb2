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
        StringBuilder html = new StringBuilder("<figure>");
        Optional<Figure> difference = picture.whole().difference();
        if (difference.isPresent()) {
            html.append(choice(picture.name()));
        }
        html.append("<div class=\"sides\">")
                .append(drawings(picture, picture.whole(), "", picture.caption()))
                .append("</div>");
        difference.ifPresent(whole -> html.append("<div class=\"difference\">")
                .append(drawings(picture, whole, "-difference", "Networks minus theory. " + picture.caption()))
                .append("</div>"));
        html.append("<figcaption>").append(Html.escape(picture.caption()));
        return html.append(files(picture.files()))
                .append("</figcaption></figure>\n")
                .toString();
    }

    // Radio buttons: the arrow keys walk through them, and style sheets alone do the rest.
    private static String choice(String name) {
        StringBuilder html = new StringBuilder("<fieldset class=\"choice\"><legend>Show</legend>");
        Map<String, String> choices = new LinkedHashMap<>();
        choices.put("both", "Both");
        choices.put("network", "Networks");
        choices.put("theory", "Theory");
        choices.put("difference", "Difference");
        choices.forEach((value, label) -> html.append("<label><input type=\"radio\" name=\"show-")
                .append(Html.escape(name))
                .append("\" value=\"")
                .append(value)
                .append("both".equals(value) ? "\" checked=\"checked\" />" : "\" />")
                .append("<span>")
                .append(label)
                .append("</span></label>"));
        return html + "</fieldset>";
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
        Map<String, StringBuilder> formats = new LinkedHashMap<>();
        for (String file : files) {
            int dot = file.lastIndexOf('.');
            String base = dot < 0 ? file : file.substring(0, dot);
            formats.computeIfAbsent(base, b -> new StringBuilder())
                    .append(" <a href=\"")
                    .append(Html.escape(file))
                    .append("\">")
                    .append(Html.escape(dot < 0 ? file : file.substring(dot + 1).toUpperCase(Locale.ROOT)))
                    .append("</a>");
        }
        if (formats.isEmpty()) {
            return "";
        }
        StringBuilder html = new StringBuilder("<details><summary>Files</summary><ul>");
        formats.forEach((base, links) ->
                html.append("<li>").append(Html.escape(base)).append(links).append("</li>"));
        return html + "</ul></details>";
    }
}
