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
        String figure = run.svg().length == 0
                ? ""
                : "<img alt=\"Figure of %s\" src=\"data:image/svg+xml;base64,%s\" />"
                        .formatted(name, Base64.getEncoder().encodeToString(run.svg()));
        String link = run.link().isEmpty()
                ? ""
                : "<p><a href=\"%s\">Page of %s</a></p>".formatted(Html.escape(run.link()), name);
        String lists = Html.copyable("Command of " + run.name(), run.command())
                + Html.list("Provenance of " + run.name(), run.facts());
        return "<article class=\"run\"><h3>%s</h3><p>%s %s</p>%s%s%s</article>\n"
                .formatted(
                        name,
                        Html.badge("", run.verdicts()),
                        Html.each(run.verdicts(), verdict -> Html.escape(verdict.text()) + " "),
                        figure,
                        link,
                        lists.replaceAll("(</?h)3", "$14"));
    }
}
