package org.widthbench.report;

import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A page about several runs: what they say together, then a card for each. */
public final class Gallery {
    private Gallery() {}

    /**
     * One run. All text is plain.
     *
     * @param name heading of its card
     * @param verdicts its findings
     * @param link address of its own page as seen from this one, empty for none
     * @param svg its figure, empty for none; shown as an image, so that nothing in it can run
     * @param command what to type to get it again, empty for none
     * @param facts where it came from, in order
     */
    public record Run(
            String name,
            List<Report.Verdict> verdicts,
            String link,
            byte[] svg,
            String command,
            Map<String, Object> facts) {}

    /** The page as text. */
    public static String html(Report report, List<Run> runs) {
        String content = Html.each(report.figures(), PictureHtml::of)
                + Html.each(report.tables(), Html::table)
                + "<section><h2>The runs</h2><div class=\"runs\">"
                + Html.each(runs, Gallery::card)
                + "</div></section>";
        return Html.page(report.title(), Html.verdict(report.judged(), report.verdicts()), content);
    }

    private static String card(Run run) {
        String name = Html.escape(run.name());
        StringBuilder html = new StringBuilder("<article class=\"run\"><h3>" + name + "</h3>");
        html.append("<p>").append(Html.badge("", run.verdicts())).append(' ');
        html.append(Html.each(run.verdicts(), verdict -> Html.escape(verdict.text()) + " "))
                .append("</p>");
        if (run.svg().length > 0) {
            html.append("<img alt=\"Figure of ")
                    .append(name)
                    .append("\" src=\"data:image/svg+xml;base64,")
                    .append(Base64.getEncoder().encodeToString(run.svg()))
                    .append("\" />");
        }
        if (!run.link().isEmpty()) {
            html.append("<p><a href=\"")
                    .append(Html.escape(run.link()))
                    .append("\">Page of ")
                    .append(name)
                    .append("</a></p>");
        }
        html.append(Html.copyable("Command of " + run.name(), run.command()).replaceAll("(</?h)3", "$14"));
        html.append(Html.list("Provenance of " + run.name(), run.facts()).replaceAll("(</?h)3", "$14"));
        return html.append("</article>\n").toString();
    }
}
