package org.widthbench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.widthbench.core.InvalidInputException;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Figure;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;
import org.widthbench.figure.XyPanel;
import org.xml.sax.InputSource;

class ReportPageTest {
    /** What an attacker or a careless user could put into a name, in every place that takes text. */
    private static final String HOSTILE = "</script><script>alert('x')</script>\"'&{{script}}$1\\";

    private static String page;

    @BeforeAll
    static void write() {
        page = ReportPage.html(report(List.of(new Report.Verdict(true, HOSTILE))), origin());
    }

    private static Report report(List<Report.Verdict> verdicts) {
        Panel panel = XyPanel.over(Axis.linear("$t$"), Axis.linear("Loss"))
                .title(HOSTILE.replace("$", "")
                        .replace("{", "")
                        .replace("}", "")
                        .replace("\\", ""))
                .curve("a</script>", Ink.category(0), LineStyle.SOLID, new double[] {0, 1}, new double[] {1, 0.25})
                .build();
        Figure figure = Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 120, panel);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("solveSeconds", 1.239);
        summary.put("finalLoss", 0.5);
        summary.put("inner", Map.of("name", HOSTILE));
        return new Report(
                HOSTILE,
                verdicts,
                List.of(new Report.Picture(
                        "fig", HOSTILE, figure, Map.of("loss", figure), List.of("fig.png", "fig.svg"))),
                List.of(new Report.Table(HOSTILE, List.of("N", HOSTILE), List.of(List.of("50", HOSTILE)))),
                summary);
    }

    private static Report.Origin origin() {
        return new Report.Origin(HOSTILE, "a: 1\nb: " + HOSTILE, Map.of("version", HOSTILE));
    }

    // The page is written so that, scripts and style sheets apart, it is XML as well.
    private static Document parsed(String html) throws Exception {
        String body = html.replaceFirst("<!DOCTYPE html>", "")
                .replaceAll("(?s)<script>.*?</script>", "")
                .replaceAll("(?s)<script type=\"application/json\">.*?</script>", "")
                .replaceAll("(?s)<style>.*?</style>", "");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(body)));
    }

    @Test
    void everyTextIsEscapedWhereverItStands() throws Exception {
        Document document = parsed(page);
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        assertThat(page).doesNotContain("alert('x')");
        for (String tag : List.of("h1", "li", "figcaption", "h2", "td", "pre", "dd", "title")) {
            NodeList found = document.getElementsByTagName(tag);
            assertThat(Stream.iterate(0, i -> i + 1)
                            .limit(found.getLength())
                            .anyMatch(i -> found.item(i).getTextContent().contains(HOSTILE)))
                    .as(tag)
                    .isTrue();
        }
    }

    /**
     * HTML's script data double escaped state: from {@code <!--<script} on, {@code </script>} does not end a script, so no
     * script may hold it.
     */
    @Test
    void aNameThatBeginsACommentInAScriptLeavesThePageWhole() {
        Panel panel = XyPanel.over(Axis.linear("$t$"), Axis.linear("Loss"))
                .curve("<!--<script>", Ink.category(0), LineStyle.SOLID, new double[] {0, 1}, new double[] {1, 0.25})
                .build();
        Figure figure = Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 120, panel);
        String whole = ReportPage.html(
                new Report(
                        "a", List.of(), List.of(new Report.Picture("fig", "c", figure, Map.of())), List.of(), Map.of()),
                origin());
        Matcher scripts = Pattern.compile("(?s)<script( [^>]*)?>(.*?)</script>").matcher(whole);
        int count = 0;
        while (scripts.find()) {
            count++;
            assertThat(scripts.group(2)).doesNotContain("<!--").doesNotContainIgnoringCase("<script");
        }
        assertThat(count).isEqualTo(2);
        assertThat(figure.valuesAsJson()).contains("\\u003c!--");
    }

    /** CSP 3, 6.7.3.3: the hash is that of the element's text, line feeds and all. */
    @Test
    void theOnlyScriptThatRunsIsTheOneWhoseHashThePageNames() throws Exception {
        Matcher script = Pattern.compile("(?s)<script>(.*?)</script>").matcher(page);
        assertThat(script.find()).isTrue();
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(script.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(page)
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'")
                .doesNotContain("script-src 'unsafe-inline'");
        assertThat(ReportPage.policy()).contains(Base64.getEncoder().encodeToString(hash));
        assertThat(script.find()).as("a second script").isFalse();
    }

    @Test
    void pageAsksTheNetworkForNothing() {
        assertThat(page).contains("default-src 'none'");
        // Name spaces are names, not addresses that are fetched.
        String withoutNamespaces = page.replaceAll("xmlns(:\\w+)?='[^']*'", "");
        assertThat(withoutNamespaces).doesNotContain("http:", "https:", "url(//", "@import", "src=");
    }

    @Test
    void idsAreUnique() throws Exception {
        NodeList all = parsed(page).getElementsByTagName("*");
        List<String> ids = Stream.iterate(0, i -> i + 1)
                .limit(all.getLength())
                .map(i -> ((Element) all.item(i)).getAttribute("id"))
                .filter(id -> !id.isEmpty())
                .toList();
        assertThat(ids).contains("values", "svg-fig", "svg-fig-1").doesNotHaveDuplicates();
    }

    @Test
    void verdictComesFirstAndOneBadFindingFailsTheRun() throws Exception {
        assertThat(badge(List.of(new Report.Verdict(true, "a")))).isEqualTo("Pass");
        assertThat(badge(List.of(new Report.Verdict(true, "a"), new Report.Verdict(false, "b"))))
                .isEqualTo("Fail");
        assertThat(badge(List.of())).isEqualTo("Not judged");
        assertThat(page.indexOf("class=\"verdict")).isLessThan(page.indexOf("<figure"));
    }

    @Test
    void whatIsOpenNeitherPassesNorFails() throws Exception {
        Report.Verdict open = new Report.Verdict(Report.Outcome.UNRESOLVED, "o");
        Report.Verdict good = new Report.Verdict(true, "a");
        Report.Verdict bad = new Report.Verdict(false, "b");
        assertThat(badge(List.of(open))).isEqualTo("Unresolved");
        assertThat(badge(List.of(open, good))).isEqualTo("Pass");
        assertThat(badge(List.of(good, open, bad))).isEqualTo("Fail");
        assertThat(ReportPage.html(report(List.of(open, good)), origin())).contains("<b>Unresolved.</b> o");
        Report small = report(List.of(good, bad)).ofSmallRun();
        assertThat(badge(small.verdicts())).isEqualTo("Pass");
        assertThat(small.verdicts().get(1).text()).startsWith("b").contains("quick run");
    }

    @Test
    void aPassNamesWhatItIsOfWhereThatIsLessThanTheTitle() {
        Report named = new Report(
                "Title", "Arithmetic of it", List.of(new Report.Verdict(true, "a")), List.of(), List.of(), Map.of());
        assertThat(ReportPage.html(named, origin())).contains(">Arithmetic of it: pass</strong>");
    }

    private static String badge(List<Report.Verdict> verdicts) throws Exception {
        return parsed(ReportPage.html(report(verdicts), origin()))
                .getElementsByTagName("strong")
                .item(0)
                .getTextContent();
    }

    @Test
    void secondsBecomeTimingsAndNumbersSortByValue() {
        assertThat(page).contains("<dt>solve</dt><dd>1.24 s</dd>", "<dt>finalLoss</dt><dd>0.5</dd>");
        assertThat(page).contains("<td class=\"number\" data-value=\"50\">50</td>");
    }

    @Test
    void valuesOfCurvesAreInThePage() throws Exception {
        String json = page.substring(page.indexOf("application/json\">") + "application/json\">".length());
        JsonNode series = new ObjectMapper()
                .readTree(json.substring(0, json.indexOf("</script>")))
                .get(0)
                .get("series")
                .get(0);
        assertThat(series.get("name").asText()).isEqualTo("a</script>");
        assertThat(series.get("y").get(1).asDouble()).isEqualTo(0.25);
    }

    @Test
    void pageIsTheOnlyFileWritten(@TempDir Path folder) throws Exception {
        Path file = ReportPage.write(folder.resolve("new"), report(List.of()), origin());
        assertThat(file).hasFileName("index.html");
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void everyFigureAndPanelIsWrittenInThreeFormatsAtItsWidth(@TempDir Path folder) throws Exception {
        Report written = report(List.of()).writeFigures(folder, Style.DARK, PageWidth.SINGLE_COLUMN);
        List<String> expected =
                List.of("fig.png", "fig.svg", "fig.pdf", "fig-loss.png", "fig-loss.svg", "fig-loss.pdf");
        assertThat(written.figures().get(0).files()).isEqualTo(expected);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
        }
        // 3.4 inches of 300 dots.
        BufferedImage image = ImageIO.read(folder.resolve("fig.png").toFile());
        assertThat(image.getWidth()).isEqualTo(1020);
        assertThat(new Color(image.getRGB(0, 0))).isEqualTo(new Color(0x12161c));
    }

    @Test
    void rowWithAnotherNumberOfCellsIsRefused() {
        assertThatThrownBy(() -> new Report.Table("Alignment", List.of("N", "A"), List.of(List.of("50"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Alignment")
                .hasMessageContaining("1 cells for 2 columns");
    }
}
