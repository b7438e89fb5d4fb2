package org.widthbench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.Browser;
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
 * sort. Skipped where {@link Browser} cannot run.
 */
class BrowserTest {
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
        assertThat(Browser.problems(List.of(run, bare, several))).isEqualTo("[]");
    }

    /** A page that breaks the rules on purpose: the test must notice. */
    @Test
    void faultsInAPageAreSeen() throws IOException, InterruptedException {
        String good = ReportPage.html(report(), origin());
        Path bad = Files.writeString(
                folder.resolve("bad.html"),
                good.replace("</main>", "<img src=\"missing.png\" /><p style=\"width: 3000px\">wide</p></main>")
                        .replace("\"use strict\";", "console.error('oh');"));
        assertThat(Browser.problems(List.of(bad)))
                .contains(
                        "asks for", "missing.png", "Executing inline script violates", "pixels wider", "axe image-alt");
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
