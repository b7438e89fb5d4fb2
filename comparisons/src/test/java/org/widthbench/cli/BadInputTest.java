package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.random.Threefry;

/** Bad input: exit 2, one line that names key or cause, no stack trace, no output file. */
class BadInputTest {
    @TempDir
    private Path folder;

    private void expectRefusal(Run run, Path out, String... words) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(words).startsWith("widthbench: ").doesNotContain("\tat ", "Exception");
        assertThat(run.err().strip().lines()).as("lines").hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training: {learningRate: 0.1}                | training.learningRate
            training: {eta: fast}                        | training.eta
            training: {eta: -0.1}                        | training.eta
            data: {points: 7}                            | data.points
            data: {source: npz, path: missing.npz}       | missing.npz
            data: {source: cifar10, dir: truncated}      | data_batch_1.bin
            data: {source: cifar10, dir: elsewhere}      | data.dir
            theory: {samples: 16}                        | theory.samples
            theory: {maxPivots: 0}                       | theory.maxPivots
            training: {online: true}                     | training.batch
            {network: {architecture: cnn, bias: true}}   | network.bias
            {training: {eta: 1.0e+6}, theory: {samples: 256}} | training.eta
            {theory: {solver: linear}, network: {activation: relu}} | network.activation
            {theory: {solver: one-hidden-layer}, network: {depth: 1}, training: {online: true, batch: 1, steps: 5}} | training.online
            {theory: {solver: gradient-independence}, training: {weightDecay: 0.1}} | training.weightDecay
            {theory: {solver: alternating, samples: 99}, data: {points: 2}, training: {steps: 25}} | theory.samples
            {theory: {solver: alternating, samples: 100}, data: {points: 2}, training: {steps: 25, eta: 90}} | at iteration 0
            {theory: {solver: alternating, samples: 64, iterations: 2}, data: {points: 2}, training: {steps: 9}} | after iteration 2
            {theory: {solver: linear}, network: {activation: linear}, data: {points: 2}, training: {eta: 90}} | gamma0 = 1.0
            network: {architecture: cnn}                 | network.architecture
            """)
    void solveRefusesIt(String yaml, String word) throws IOException {
        Files.createDirectories(folder.resolve("truncated"));
        Files.write(folder.resolve("truncated/data_batch_1.bin"), new byte[3073 + 1000]);
        Path config = Files.writeString(folder.resolve("bad.yaml"), yaml);
        Path out = folder.resolve("out");
        expectRefusal(Run.of("solve", config, "--out", out, "--quiet"), out, word);
    }

    @Test
    void errorsInDataNameTheConfigurationToo() throws IOException {
        Path config = Files.writeString(folder.resolve("bad.yaml"), "data: {source: npz, path: missing.npz}");
        Path out = folder.resolve("out");
        expectRefusal(Run.of("solve", config, "--out", out), out, config + ": data.path: ", "missing.npz");
        expectRefusal(Run.of("train", config, "--width", 4, "--out", out), out, config + ": data.path: ");
        expectRefusal(Run.of("sweep", config, "--out", out), out, config + ": data.path: ");
        expectRefusal(Run.of("check", config, "--out", out), out, config + ": data.path: ");
    }

    @Test
    void aDivergingNetworkSaysWhereAndLeavesNothing() throws IOException {
        Path config = Files.writeString(
                folder.resolve("wild.yaml"),
                "{data: {points: 4}, network: {activation: linear}, training: {eta: 1.0e+6, steps: 20}}");
        Path out = folder.resolve("out");
        Run run = Run.of("train", config, "--width", 20, "--out", out, "-q");
        expectRefusal(run, out, "diverged at step", "training.eta");
    }

    @Test
    void commandLinesThatMakeNoSenseAreRefused() throws IOException {
        Path config = Files.writeString(folder.resolve("good.yaml"), "");
        Path out = folder.resolve("out");
        for (List<Object> words : List.<List<Object>>of(
                List.of("sovle", config),
                List.of(),
                List.of("solve", config),
                List.of("train", config, "--out", out),
                List.of("train", config, "--out", out, "--width", "wide"),
                List.of("train", config, "--out", out, "--width", 0),
                List.of("train", config, "--out", out, "--width", 4, "--seed", -1),
                List.of("train", config, "--out", out, "--width", 4, "--precision", "float16"),
                List.of("solve", config, "--out", out, "--device", "tpu"),
                List.of("sweep", config, "--out", out, "--engine", "cloud"),
                List.of("sweep", config, "--out", out, "--trainer", "torch"),
                List.of("sweep", config, "--out", out, "--weights", "sparse"),
                List.of("check", config, "--out", out, "--weights", "sparse"),
                List.of("check", config, "--min-width", 5000),
                List.of("check", config, "--threshold", 2),
                List.of("reproduce"),
                List.of("reproduce", "fig99"),
                List.of("reproduce", "fig1", "--data", "cifar11:x", "--out", out),
                List.of("reproduce", "fig1", "--seeds", 0, "--out", out),
                List.of("reproduce", "fig1", "--widths", "0,5", "--out", out),
                List.of("reproduce", "fig1", "--data", "npz:" + folder.resolve("none.npz"), "--out", out))) {
            Run run = Run.of(words.toArray());
            assertThat(run.exit()).as("%s: %s", words, run.err()).isEqualTo(2);
            assertThat(run.err()).as("%s", words).startsWith("widthbench: ").doesNotContain("\tat ");
            assertThat(out).as("%s", words).doesNotExist();
        }
    }

    @Test
    void anOutputFolderThatIsAFileIsRefusedBeforeTheWork() throws IOException {
        Path config = Files.writeString(folder.resolve("good.yaml"), "");
        Run run = Run.of("solve", config, "--out", config);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("is a file").hasLineCount(1);
    }

    @Test
    void compareNamesTheFileOrTheArrayThatDoesNotFit() {
        Path a = folder.resolve("a.npz");
        Npz.write(a, java.util.Map.of("X", Tensor.zeros(2, 2)));
        Run run = Run.of("compare", a, folder.resolve("none.npz"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("none.npz: no such file").hasLineCount(1);
        Run none = Run.of("compare", a, a);
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("a.npz", "no array times").hasLineCount(1);
    }

    /** Longer than any file system's names. */
    @Test
    void anOutputFolderThatCannotBeMadeIsRefusedBeforeTheWork() throws IOException {
        Path config = Files.writeString(folder.resolve("good.yaml"), "{sweep: {widths: [600], seeds: 1}}");
        Path out = folder.resolve("new").resolve("x".repeat(300));
        for (List<Object> words : List.<List<Object>>of(
                List.of("solve", config),
                List.of("train", config, "--width", 5),
                List.of("sweep", config),
                List.of("check", config),
                List.of("reproduce", "fig1", "--quick"))) {
            List<Object> all = new java.util.ArrayList<>(words);
            all.addAll(List.of("--out", out));
            Run run = Run.of(all.toArray());
            assertThat(run.exit()).as("%s: %s", words, run.err()).isEqualTo(2);
            assertThat(run.err().lines().filter(line -> line.startsWith("widthbench: ")))
                    .as("%s", words)
                    .hasSize(1);
            // No stage of work was begun.
            assertThat(run.err()).as("%s", words).contains("too long").doesNotContain("theory", "networks,");
            assertThat(folder.resolve("new")).doesNotExist();
        }
    }

    @Test
    void compareSaysOfDifferentProblemsWhatDiffersAndWhichShapesDoNotFit() throws IOException {
        Path config = Files.writeString(
                folder.resolve("c.yaml"),
                "{data: {points: 4}, training: {steps: 3}, network: {activation: linear}, theory: {solver: linear, samples: 2}}");
        assertThat(Run.of("solve", config, "--out", folder.resolve("a")).exit()).isZero();
        assertThat(Run.of("solve", config, "--out", folder.resolve("b"), "--set", "data.points=6")
                        .exit())
                .isZero();
        Run run = Run.of("compare", folder.resolve("a/theory.npz"), folder.resolve("b/theory.npz"));
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .contains("f: shapes [3, 4] and [3, 6] differ", "loss distance", "DIFFERENT PROBLEMS")
                .contains("data.points 4, there 6");
        Run forced = Run.of("compare", folder.resolve("a"), folder.resolve("b"), "--force");
        assertThat(forced.exit()).isZero();
        assertThat(forced.out()).isEqualTo(run.out());
    }

    /** Of the same data, so that nothing else tells. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "network.activation=relu",
                "training.gamma0=2.0",
                "training.momentum=0.5",
                "training.steps=4",
                "training.eta=0.2"
            })
    void compareNamesTheSettingThatDiffers(String setting) throws IOException {
        Path config = Files.writeString(
                folder.resolve("c.yaml"), "{data: {points: 4}, network: {depth: 1}, training: {steps: 3}}");
        for (List<String> other : List.of(List.<String>of(), List.of("--set", setting))) {
            List<Object> words = new java.util.ArrayList<>(List.of("train", config, "--width", 8, "--quiet", "--out"));
            words.add(folder.resolve("n" + other.size()));
            words.addAll(other);
            assertThat(Run.of(words.toArray()).exit()).isZero();
        }
        Run run = Run.of("compare", folder.resolve("n0"), folder.resolve("n2"));
        assertThat(run.exit()).isEqualTo(1);
        String[] key = setting.split("=");
        assertThat(run.out()).containsPattern("DIFFERENT PROBLEMS .*" + key[0] + " .*, there " + key[1]);
        // Nothing but the identities tells that something does.
        Files.delete(folder.resolve("n2/summary.json"));
        assertThat(Run.of("compare", folder.resolve("n0"), folder.resolve("n2")).out())
                .contains("DIFFERENT PROBLEMS   network or training; the summary.json");
    }

    @Test
    void stacktraceShowsWhereItCameFrom() {
        Run run = Run.of("solve", folder.resolve("none.yaml"), "--out", folder, "--stacktrace");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("\tat org.widthbench.");
    }

    /** 6 rows of 20 numbers and 6 labels: the documented layout makes 20 points of dimension 6 of it. */
    @Test
    void everyCommandThatReadsAConfigurationSaysWhatDataItReadUnlessItIsToBeQuiet() throws IOException {
        Npz.write(
                folder.resolve("data.npz"),
                Map.of("X", Threefry.normal(0, 6, 20), "y", Tensor.vector(1, -1, 1, -1, 1, -1)));
        Path config = Files.writeString(
                folder.resolve("own.yaml"),
                "{data: {source: npz, path: data.npz}, network: {depth: 1}, training: {steps: 2},"
                        + " theory: {samples: 64}, sweep: {widths: [4], seeds: 1}}");
        String sizes = "data: D = 6, 6 training points (3 of class -1, 3 of class 1), 14 test points, 1 output\n";
        for (List<Object> command : List.<List<Object>>of(
                List.of("solve", config, "--out", folder.resolve("a")),
                List.of("train", config, "--width", 4, "--out", folder.resolve("b")),
                List.of("sweep", config, "--out", folder.resolve("c")),
                List.of("check", config, "--min-width", 1, "--threshold", 1e-9))) {
            Run run = Run.of(command.toArray());
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.err()).contains(sizes, "data.layout: points-first");
        }
        Run quiet = Run.of("train", config, "--width", 4, "--out", folder.resolve("b"), "--quiet");
        assertThat(quiet.err()).isEmpty();
        Run named = Run.of(
                "train", config, "--width", 4, "--out", folder.resolve("d"), "--set", "data.layout=points-first");
        assertThat(named.err()).contains("D = 20, 6 training", "0 test points").doesNotContain("warning");
    }
}
