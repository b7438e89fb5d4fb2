package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** Folders as runs leave them, made by hand: the command reads files, not results. */
class ReportCommandTest {
    private static final String HEADER = "width,seed,kernel,layer,alignment,loss_distance\n";

    @TempDir
    private Path folder;

    private Path good;
    private Path bad;

    @BeforeEach
    void twoRuns() throws IOException {
        good = run("deep/run one", 0.995, 0.1);
        bad = run("other/run one", 0.9, 0.4);
    }

    private Path run(String name, double alignment, double eta) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        Files.writeString(run.resolve("summary.json"), """
                {"finalLoss": 0.25, "solveSeconds": 2.5,
                 "provenance": {"command": "./widthbench sweep a.yaml --out x", "version": "0.1.0",
                                "configuration": {"training": {"eta": %s, "steps": 3}}}}
                """.formatted(eta));
        Files.writeString(
                run.resolve("alignment.csv"),
                HEADER + "100,0,Phi,1,0.5,0.3\n500,0,Phi,1," + alignment
                        + ",0.01\n100,0,G,1,0.6,0.3\n500,0,G,1,0.999,0.02\n");
        Npz.write(run.resolve("theory.npz"), java.util.Map.of("loss", Tensor.vector(1, 0.5, 0.25)));
        Files.writeString(run.resolve("index.html"), "its own");
        Files.writeString(run.resolve("sweep.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
        return run;
    }

    @Test
    void runsStandSideBySideWithVerdictsAndDifferences() throws IOException {
        Path out = folder.resolve("page");
        Run run = Run.of("report", good, bad, "--out", out);
        assertThat(run.exit()).as(run.err()).isZero();
        String page = Files.readString(out.resolve("index.html"));
        // Names are as long as it takes to tell them apart.
        assertThat(page).contains("<h3>deep/run one</h3>", "<h3>other/run one</h3>", "2 runs side by side");
        assertThat(page).contains("at least 0.9950 (Phi, layer 1, N = 500)", "at least 0.9000 (Phi");
        assertThat(page).contains("<td>training.eta</td>", "1 keys are the same in all");
        assertThat(page).doesNotContain("<td>training.steps</td>");
        assertThat(page).contains("href=\"../deep/run%20one/index.html\"", "data:image/svg+xml;base64,");
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).hasSize(1);
        }
        assertThat(good.resolve("index.html")).hasContent("its own");
    }

    /** A picture's content goes into the page, so one from elsewhere must not; a pipe would be waited for. */
    @Test
    @Timeout(60)
    void linksAndPipesInARunAreNeitherFollowedNorWaitedFor() throws Exception {
        Path out = folder.resolve("page");
        Path secret = Files.writeString(folder.resolve("secret.svg"), "<svg>secret</svg>");
        Files.delete(good.resolve("sweep.svg"));
        Files.createSymbolicLink(good.resolve("a.svg"), secret);
        assertThat(new ProcessBuilder("mkfifo", good.resolve("b.svg").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(Run.of("report", good, "--out", out).exit()).isZero();
        assertThat(Files.readString(out.resolve("index.html"))).doesNotContain("data:image/svg+xml");
        for (String name : List.of("alignment.csv", "theory.npz", "summary.json")) {
            Path kept = Files.move(bad.resolve(name), folder.resolve(name));
            assertThat(new ProcessBuilder("mkfifo", bad.resolve(name).toString())
                            .start()
                            .waitFor())
                    .isZero();
            Run run = Run.of("report", bad, "--out", folder.resolve("other-page"));
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains(name, "is no plain file").hasLineCount(1);
            Files.delete(bad.resolve(name));
            Files.move(kept, bad.resolve(name));
        }
    }

    @Test
    void oneRunIsAPageToo() throws IOException {
        Path out = folder.resolve("page");
        assertThat(Run.of("report", good, "--out", out).exit()).isZero();
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("All runs have the same configuration.", ">Pass<");
    }

    @Test
    void tableOfAGridHasFurtherColumns() throws IOException {
        Files.writeString(
                good.resolve("alignment.csv"),
                HEADER.strip() + ",training.gamma0\n500,0,Phi,1,0.97,0.1,1.0\n500,0,Phi,1,0.96,0.1,2.0\n");
        Run run = Run.of("report", good, "--out", folder.resolve("page"));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readString(folder.resolve("page/index.html"))).contains("at least 0.9600", ">Fail<");
    }

    @Test
    void pageOfARunIsNotOverwritten() throws IOException {
        Run run = Run.of("report", good, "--out", good);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--out", "another folder");
        assertThat(good.resolve("index.html")).hasContent("its own");
    }

    @Test
    void damagedRunsAreRefusedByFileAndLine() throws IOException {
        Path out = folder.resolve("page");
        Files.writeString(bad.resolve("alignment.csv"), HEADER + "100,0,Phi,1,0.5,0.3\n500,0,Phi,1,NaN,0.1\n");
        assertThat(Run.of("report", bad, "--out", out).err()).contains("alignment.csv: line 3 is damaged");
        Files.writeString(bad.resolve("alignment.csv"), "width\n");
        assertThat(Run.of("report", bad, "--out", out).err()).contains("the first line is not width,seed");
        Files.writeString(bad.resolve("summary.json"), "{\"a\":");
        assertThat(Run.of("report", bad, "--out", out).err()).contains("summary.json: is damaged");
        for (Object wrong : List.of(folder.resolve("none"), folder, bad.resolve("index.html"))) {
            Run run = Run.of("report", wrong, "--out", out);
            assertThat(run.exit()).isEqualTo(2);
            assertThat(run.err()).contains("expected", "sweep").hasLineCount(1);
        }
        assertThat(out).doesNotExist();
    }

    @Test
    void completionScriptKnowsCommandsAndOptions() throws IOException, InterruptedException {
        Path script = Files.writeString(
                folder.resolve("completion"), Run.of("completion").out());
        assertThat(completed(script, "./widthbench", "repr")).containsExactly("reproduce");
        assertThat(completed(script, "./widthbench", "sweep", "--st")).contains("--style");
        assertThat(completed(script, "./widthbench", "sweep", "--style", ""))
                .containsExactlyInAnyOrder("paper", "talk", "dark");
        assertThat(completed(script, "./widthbench", "data", "fetch", "")).contains("cifar10", "mnist");
        assertThat(completed(script, "./widthbench", "reproduce", "fig")).contains("fig1", "fig6");
        assertThat(completed(script, "./widthbench", "solve", "--set", "training.e"))
                .containsExactly("training.eta=");
    }

    private static List<String> completed(Path script, String... words) throws IOException, InterruptedException {
        String line = "source '" + script + "'; COMP_WORDS=("
                + Stream.of(words).map(w -> "'" + w + "' ").reduce("", String::concat) + "); COMP_CWORD="
                + (words.length - 1) + "; _complete_widthbench; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "-c", line).start();
        List<String> found = new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        bash.waitFor();
        return found;
    }
}
