package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.widthbench.core.InvalidInputException;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class FigureTest {
    private static Figure figure;

    @BeforeAll
    static void drawTwoPanels() {
        double[] x = {1, 10, 100};
        Panel curves = XyPanel.over(Axis.log("Width $N$"), Axis.linear("Loss $\\frac{1}{P}\\sum_\\mu\\Delta_\\mu^2$"))
                .title("Curves & <tags>")
                .curve("$\\gamma_0=1$", Ink.category(0), LineStyle.SOLID, x, new double[] {1, 0.5, 0.2})
                .build();
        Panel maps = HeatMapPanel.columns(List.of("$\\Phi^1$"))
                .theory("DMFT", List.<double[][]>of(new double[][] {{1, -1}, {0, 1}}))
                .build();
        figure = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN)
                .row(120, curves, maps)
                .build();
    }

    /** Java's small maps have another order in every process, so that only a fixed order of keys gives the same page twice. */
    @Test
    void valuesUnderThePointerHaveSortedKeysSoThatEveryProcessWritesTheSamePage() throws IOException {
        List<JsonNode> open = new ArrayList<>(List.of(new ObjectMapper().readTree(figure.valuesAsJson())));
        int objects = 0;
        while (!open.isEmpty()) {
            JsonNode node = open.remove(open.size() - 1);
            List<String> keys = new ArrayList<>();
            node.fieldNames().forEachRemaining(keys::add);
            assertThat(keys).isSorted();
            objects += node.isObject() ? 1 : 0;
            node.forEach(open::add);
        }
        // Two panels, one curve, one map.
        assertThat(objects).isEqualTo(4);
    }

    @Test
    void pngHasThePrintSizeAndResolution(@TempDir Path folder) throws IOException {
        Path file = figure.write(folder, "fig").get("png");
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(7 * 300);
        assertThat(image.getHeight()).isEqualTo((int) Math.round(figure.height() / 72 * 300));
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int chunk = new String(bytes.array(), StandardCharsets.ISO_8859_1).indexOf("pHYs");
        // 300 dots an inch are 11811 a metre; unit 1 is the metre.
        assertThat(bytes.getInt(chunk + 4)).isEqualTo(11811);
        assertThat(bytes.getInt(chunk + 8)).isEqualTo(11811);
        assertThat(bytes.get(chunk + 12)).isEqualTo((byte) 1);
    }

    @Test
    void pngHoldsThePixelsThatWereDrawn(@TempDir Path folder) throws IOException {
        BufferedImage read = ImageIO.read(figure.write(folder, "fig").get("png").toFile());
        BufferedImage drawn = figure.image(Figure.PNG_DPI);
        int[] expected = drawn.getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth());
        int[] found = read.getRGB(0, 0, read.getWidth(), read.getHeight(), null, 0, read.getWidth());
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void svgIsWellFormedWithRealTextAndUniqueIds(@TempDir Path folder) throws Exception {
        Document svg = parse(Files.readString(figure.write(folder, "fig 1").get("svg")));
        assertThat(svg.getDocumentElement().getAttribute("viewBox")).startsWith("0 0 504 ");
        assertThat(svg.getDocumentElement().getTextContent()).contains("Curves & <tags>", "Width", "Loss");
        assertThat(ids(svg)).doesNotHaveDuplicates().contains("fig_1", "fig_1-panel-a", "fig_1-panel-b");
        assertThat(svg.getElementsByTagName("image").getLength()).isEqualTo(2);
    }

    @Test
    void severalSvgsStandInOnePageWithoutSharingIds() throws Exception {
        Document page = parse("<div>" + figure.inlineSvg("one") + figure.inlineSvg("two") + "</div>");
        List<String> ids = ids(page);
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).allMatch(id -> id.startsWith("one") || id.startsWith("two"));
        NodeList all = page.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            String clip = ((Element) all.item(i)).getAttribute("clip-path");
            if (!clip.isEmpty()) {
                assertThat(ids).contains(clip.replaceAll("url\\(#(.*)\\)", "$1"));
            }
        }
    }

    @Test
    void inlineSvgTakesItsColoursFromTheReadersPreference() {
        String svg = figure.inlineSvg("one");
        String rules = svg.substring(svg.indexOf("<style>"), svg.indexOf("</style>"));
        assertThat(rules).contains("prefers-color-scheme:dark", "rgb(26,26,26)", "rgb(228,231,235)");
        // Outside the rules no colour is left that differs between the styles.
        assertThat(svg.replace(rules, "")).doesNotContain("rgb(26,26,26)", "rgb(255,255,255)");
    }

    @Test
    void pdfHasThePrintSizeAndTextInEmbeddedFonts(@TempDir Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(figure.write(folder, "fig").get("pdf"));
        assertThat(new String(bytes, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
        try (PDDocument document = Loader.loadPDF(bytes)) {
            assertThat(document.getNumberOfPages()).isEqualTo(1);
            assertThat(document.getPage(0).getMediaBox().getWidth()).isCloseTo(504, within(0.01f));
            assertThat(document.getPage(0).getMediaBox().getHeight()).isCloseTo((float) figure.height(), within(0.01f));
            assertThat(new PDFTextStripper().getText(document)).contains("Curves & <tags>", "(a)", "(b)");
            List<Boolean> embedded = new ArrayList<>();
            fonts(document.getPage(0).getResources(), embedded);
            assertThat(embedded).isNotEmpty().doesNotContain(false);
        }
    }

    private static void fonts(PDResources resources, List<Boolean> embedded) throws IOException {
        for (COSName name : resources.getFontNames()) {
            embedded.add(resources.getFont(name).isEmbedded());
        }
        for (COSName name : resources.getXObjectNames()) {
            if (resources.getXObject(name) instanceof PDFormXObject form) {
                fonts(form.getResources(), embedded);
            }
        }
    }

    @Test
    void writingTwiceGivesTheSameBytesAndLeavesNothingElse(@TempDir Path folder) throws IOException {
        Map<String, Path> first = figure.write(folder, "fig");
        List<byte[]> before = new ArrayList<>();
        for (Path file : first.values()) {
            before.add(Files.readAllBytes(file));
        }
        int i = 0;
        for (Path file : figure.write(folder, "fig").values()) {
            assertThat(Files.readAllBytes(file)).as(file.toString()).isEqualTo(before.get(i++));
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("fig.png", "fig.svg", "fig.pdf");
        }
    }

    @Test
    void panelsLieInsideThePageAndApart() {
        List<Figure.Placement> placements = figure.placements();
        Rectangle2D page = new Rectangle2D.Double(0, 0, figure.width(), figure.height());
        assertThat(placements).extracting(Figure.Placement::letter).containsExactly("(a)", "(b)");
        assertThat(placements).allMatch(p -> page.contains(p.slot()) && p.slot().contains(p.area()));
        assertThat(placements.get(0).slot().intersects(placements.get(1).slot()))
                .isFalse();
    }

    @Test
    void panelsFlowIntoMoreRowsOnANarrowerPage() {
        Panel panel = figure.placements().get(0).panel();
        Figure wide = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN)
                .row(100, panel, panel, panel)
                .build();
        Figure narrow = wide.in(PageWidth.SINGLE_COLUMN);
        assertThat(narrow.width()).isEqualTo(3.4 * 72, within(1e-9));
        assertThat(narrow.placements()).extracting(Figure.Placement::letter).containsExactly("(a)", "(b)", "(c)");
        assertThat(narrow.placements().get(0).slot().getWidth()).isGreaterThan(200);
        assertThat(narrow.placements().get(1).slot().getY())
                .isEqualTo(narrow.placements().get(2).slot().getY())
                .isGreaterThan(narrow.placements().get(0).slot().getMaxY());
        assertThat(narrow.height()).isGreaterThan(1.9 * wide.height());
        assertThat(wide.in(PageWidth.DOUBLE_COLUMN).height()).isEqualTo(wide.height());
    }

    @Test
    void rowOfMapsEndsBelowThemOnANarrowerPage() {
        List<double[][]> maps = java.util.Collections.nCopies(5, new double[][] {{1, -1}, {0, 1}});
        Panel panel = HeatMapPanel.columns(List.of("a", "b", "c", "d", "e"))
                .network("network", maps)
                .theory("DMFT", maps)
                .build();
        Figure wide =
                Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN).row(170, panel).build();
        Figure narrow = wide.in(PageWidth.SINGLE_COLUMN);
        Rectangle2D area = narrow.placements().get(0).area();
        // Square maps in two rows of five.
        assertThat(area.getHeight()).isEqualTo(area.getWidth() * 2 / 5, within(4.0));
        assertThat(narrow.height()).isLessThan(130);
        // One row of differences instead of two.
        assertThat(wide.difference().orElseThrow().height()).isLessThan(0.75 * wide.height());
    }

    @Test
    void pageTooSmallForItsLabelsIsRefused() {
        Panel panel = XyPanel.over(Axis.linear("t"), Axis.linear("y"))
                .curve(null, Ink.neutral(), LineStyle.SOLID, new double[] {0, 1}, new double[] {0, 1})
                .build();
        assertThatThrownBy(() -> Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 20, panel))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no room");
        assertThatThrownBy(() -> Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN).build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no panel");
    }

    @Test
    void mathematicsThatCannotBeSetIsRefusedByItsLabel() {
        assertThatThrownBy(() -> new RichText("loss $\\gamma_0", 8))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("loss $\\gamma_0")
                .hasMessageContaining("not closed");
        assertThatThrownBy(() -> new RichText("$\\nosuchcommand$", 8))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nosuchcommand");
    }

    private static List<String> ids(Document document) {
        List<String> ids = new ArrayList<>();
        NodeList all = document.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            String id = ((Element) all.item(i)).getAttribute("id");
            if (!id.isEmpty()) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static Document parse(String xml) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
