package org.widthbench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.figure.Axis;
import org.widthbench.figure.Figure;
import org.widthbench.figure.HeatMapPanel;
import org.widthbench.figure.Ink;
import org.widthbench.figure.LineStyle;
import org.widthbench.figure.PageWidth;
import org.widthbench.figure.Panel;
import org.widthbench.figure.Style;
import org.widthbench.figure.XyPanel;

/**
 * Pages in a headless Chromium, on a laptop, on a phone and in the dark: no message on the console, no request, nothing that
 * axe-core objects to, everything reached with Tab, values under arrow keys and pointer, sides that hide, tables that
 * sort. Needs {@code chromium}, {@code node} and {@code npm ci} in {@code src/test/web}; skipped where one is missing.
 * Screenshots are kept in {@code target/screenshots}.
 */
class BrowserTest {
    private static final Path WEB = Path.of("src/test/web");
    private static final Path SCREENSHOTS = Path.of("target/screenshots");
    private static final long MOST_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void pagesWorkOnLaptopPhoneAndInTheDark() throws IOException, InterruptedException {
        Path run = Files.writeString(folder.resolve("run.html"), ReportPage.html(report(), origin()));
        Path bare = Files.writeString(
                folder.resolve("bare.html"),
                ReportPage.html(
                        new Report("Nothing but a title", List.of(), List.of(), List.of(), Map.of()), origin()));
        Path several = Files.writeString(folder.resolve("several.html"), gallery());
        assertThat(problems(List.of(run, bare, several))).isEqualTo("[]");
    }

    /** A page that breaks the rules on purpose: the test must notice. */
    @Test
    void faultsInAPageAreSeen() throws IOException, InterruptedException {
        String good = ReportPage.html(report(), origin());
        Path bad = Files.writeString(
                folder.resolve("bad.html"),
                good.replace("</main>", "<img src=\"missing.png\" /><p style=\"width: 3000px\">wide</p></main>")
                        .replace("\"use strict\";", "console.error('oh');"));
        assertThat(problems(List.of(bad)))
                .contains("asks for", "missing.png", "console: oh", "pixels wider", "axe image-alt");
    }

    private static String problems(List<Path> pages) throws IOException, InterruptedException {
        Optional<Path> chromium =
                onPath("chromium").or(() -> onPath("chromium-browser")).or(() -> onPath("google-chrome"));
        assumeTrue(chromium.isPresent(), "skipped: there is no chromium on the PATH");
        assumeTrue(onPath("node").isPresent(), "skipped: there is no node on the PATH");
        assumeTrue(
                Files.isDirectory(WEB.resolve("node_modules/playwright-core"))
                        && Files.isDirectory(WEB.resolve("node_modules/axe-core")),
                "skipped: run npm ci in comparisons/src/test/web first");
        Files.createDirectories(SCREENSHOTS);
        List<String> command = new ArrayList<>(List.of(
                "node", WEB.resolve("page-test.mjs").toString(), chromium.get().toString(), SCREENSHOTS.toString()));
        pages.forEach(page -> command.add(page.toString()));
        Path out = Files.createTempFile("browser", ".json");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(out, StandardCharsets.UTF_8).strip();
            assertThat(ended).as("the browser ends; it said: %s", text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(out);
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Report report() {
        double[] time = {0, 1, 2, 3};
        Panel loss = XyPanel.over(Axis.linear("Time step $t$"), Axis.linear("Loss"))
                .title("Training loss, $N=500$")
                .curve("$\\gamma_0=1$", Ink.ordered(0, 1), LineStyle.SOLID, time, new double[] {1, 0.6, 0.3, 0.2})
                .curve(null, Ink.neutral(), LineStyle.DASHED, time, new double[] {1, 0.58, 0.29, 0.2})
                .entry("DMFT", Ink.neutral(), LineStyle.DASHED)
                .build();
        Panel kernels = HeatMapPanel.columns(List.of("$\\ell=1$", "$\\ell=2$"))
                .network("$N=500$", List.of(new double[][] {{1, -0.2}, {-0.2, 1}}, new double[][] {{1, 0.5}, {0.5, 1}}))
                .theory("DMFT", List.of(new double[][] {{1, -0.25}, {-0.25, 1}}, new double[][] {{1, 0.6}, {0.6, 1}}))
                .axes("$\\mu$", "$\\alpha$")
                .title("Feature kernel")
                .build();
        Figure whole = Figure.of(Style.PAPER, PageWidth.DOUBLE_COLUMN)
                .row(150, loss, kernels)
                .build();
        Map<String, Figure> panels = Map.of("loss", Figure.of(Style.PAPER, PageWidth.SINGLE_COLUMN, 150, loss));
        Report.Table table = new Report.Table(
                "Alignment",
                List.of("N", "A(Phi, layer 1)", "kernel"),
                List.of(
                        List.of("50", "0.91 \u00b1 0.02", "b"),
                        List.of("500", "0.99 \u00b1 0.01", "a"),
                        List.of("5", "0.5", "c")));
        return new Report(
                "Networks beside their theory",
                List.of(new Report.Verdict(true, "Aligned."), new Report.Verdict(false, "Not aligned.")),
                List.of(new Report.Picture("fig", "Loss and kernels.", whole, panels, List.of("fig.png", "fig.svg"))),
                List.of(table),
                Map.of("solveSeconds", 1.5, "finalLoss", 0.2));
    }

    private static Report.Origin origin() {
        return new Report.Origin("./widthbench reproduce fig1 --quick", "a: 1\nb: 2", Map.of("version", "0.1.0"));
    }

    private String gallery() throws IOException {
        report().writeFigures(folder, Style.PAPER, PageWidth.DOUBLE_COLUMN);
        byte[] svg = Files.readAllBytes(folder.resolve("fig.svg"));
        Gallery.Run one = new Gallery.Run(
                "one",
                report().verdicts(),
                "one/index.html",
                svg,
                "./widthbench sweep a.yaml",
                Map.of("version", "0.1.0"));
        Gallery.Run other = new Gallery.Run("other", List.of(), "", new byte[0], "", Map.of());
        return Gallery.html(report(), List.of(one, other));
    }
}
