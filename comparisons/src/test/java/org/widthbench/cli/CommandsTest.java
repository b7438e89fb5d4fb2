package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** The commands end to end on a problem of a second, their files and exit codes as the contract states them. */
class CommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path config;

    @BeforeEach
    void writeConfiguration() throws IOException {
        config = Files.writeString(folder.resolve("small.yaml"), """
                data:     {dimension: 8, points: 4}
                network:  {depth: 2}
                training: {steps: 8}
                theory:   {samples: 256}
                sweep:    {widths: [16, 400], seeds: 2}
                """);
    }

    @Test
    void solveWritesTheArraysWithTheirShapesAndASummary() throws IOException {
        Path out = folder.resolve("made/on the way");
        Run run = Run.of("solve", config, "--out", out);
        assertThat(run.exit()).as(run.err()).isZero();
        Map<String, Tensor> arrays = Npz.read(out.resolve("theory.npz"));
        assertThat(arrays.keySet())
                .containsExactly(
                        "times",
                        "loss",
                        "delta",
                        "f",
                        "Phi_1",
                        "Phi_2",
                        "G_1",
                        "G_2",
                        "ntk",
                        "h_1",
                        "h_2",
                        "z_1",
                        "z_2",
                        "X",
                        "y",
                        "identity");
        assertThat(arrays.get("X").shape()).containsExactly(8, 4);
        assertThat(arrays.get("times").shape()).containsExactly(8);
        assertThat(arrays.get("loss").shape()).containsExactly(8);
        assertThat(arrays.get("delta").shape()).containsExactly(8, 4);
        assertThat(arrays.get("f").shape()).containsExactly(8, 4);
        assertThat(arrays.get("Phi_2").shape()).containsExactly(8, 4, 8, 4);
        assertThat(arrays.get("G_1").shape()).containsExactly(8, 4, 8, 4);
        assertThat(arrays.get("ntk").shape()).containsExactly(8, 4, 4);
        assertThat(arrays.get("h_1").size(0)).isEqualTo(2);
        assertThat(arrays.get("h_1").size(1)).isEqualTo(4);
        // Labels are -1 and 1 and predictions are centred, so the loss starts at 1 and Delta at y.
        assertThat(arrays.get("loss").get(0)).isEqualTo(1, within(1e-12));
        assertThat(arrays.get("delta").get(0, 0)).isEqualTo(-1, within(1e-12));
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertThat(summary.get("finalLoss").doubleValue())
                .isEqualTo(arrays.get("loss").get(7));
        assertThat(summary.get("solveSeconds").doubleValue()).isPositive();
        assertThat(summary.get("backend").textValue()).contains("CPU");
        assertThat(summary.at("/provenance/command").textValue())
                .isEqualTo("./widthbench solve " + config + " --out '" + out + "'");
    }

    @Test
    void theLastLossIsPrintedWithItsOwnBarAndTheLargestOneByName() throws IOException {
        Run run = Run.of("solve", config, "--out", folder, "--set", "theory.samples=512");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode bars = JSON.readTree(folder.resolve("summary.json").toFile()).get("standardError");
        double last = bars.get("finalLoss").doubleValue();
        double largest = bars.get("loss").doubleValue();
        assertThat(last).isPositive().isLessThanOrEqualTo(largest);
        assertThat(run.out())
                .contains(String.format(
                        Locale.ROOT, " +- %.1e (one standard error; largest over times %.1e)", last, largest));
        assertThat(bars.get("Phi")).hasSize(2);
        assertThat(bars.get("G")).hasSize(2);
        assertThat(bars.get("replicates").intValue()).isEqualTo(8);
        assertThat(bars.get("method").textValue()).contains("8 further solves with 64 samples", "largest over times");
    }

    /** Samples double, so that the number reached is a power of two times that of the configuration. */
    @Test
    void targetErrorRaisesSamplesUntilTwoBarsMeetIt() throws IOException {
        Run first = Run.of("solve", config, "--out", folder, "--set", "theory.samples=64");
        assertThat(first.exit()).as(first.err()).isZero();
        JsonNode summary = JSON.readTree(folder.resolve("summary.json").toFile());
        double target = summary.at("/standardError/loss").doubleValue() / 2;
        assertThat(target).isPositive();
        Run run = Run.of(
                "solve", config, "--out", folder, "--set", "theory.samples=64", "--force", "--target-error", target);
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode better = JSON.readTree(folder.resolve("summary.json").toFile());
        assertThat(2 * better.at("/standardError/loss").doubleValue()).isLessThanOrEqualTo(target);
        assertThat(better.get("samples").intValue()).isGreaterThan(64);
        assertThat(Integer.bitCount(better.get("samples").intValue())).isEqualTo(1);
        assertThat(Npz.read(folder.resolve("theory.npz")).get("h_1").size(2))
                .isEqualTo(better.get("samples").intValue());
    }

    @ParameterizedTest
    @CsvSource({"theory.toleranceR=0.02, theory.toleranceR", "theory.maxPivots=4, theory.maxPivots"})
    void targetsBelowWhatPivotsHideAreRefusedWithTheKeyThatDecides(String setting, String key) {
        Run run = Run.of("solve", config, "--out", folder, "--set", setting, "--target-error", "1e-5");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--target-error: 1.0E-5", "with any number of samples", key);
        assertThat(folder.resolve("theory.npz")).doesNotExist();
    }

    /** Ten pivots leave most gradients of a ReLU network to noise; its tanh twin, uncapped, has nothing to warn of. */
    @Test
    void capsThatBiteAreWarnedOfWithTheShareThatTheyLeave() throws IOException {
        Run capped = Run.of(
                "solve", config, "--out", folder, "--set", "network.activation=relu", "--set", "theory.maxPivots=10");
        assertThat(capped.exit()).as(capped.err()).isZero();
        assertThat(capped.out()).containsPattern("warning: pivots explain \\d\\d\\.\\d% of the variance of r_1");
        JsonNode pivots = JSON.readTree(folder.resolve("summary.json").toFile()).get("pivots");
        assertThat(pivots.get("warning").textValue())
                .contains(
                        String.format("%.1f%%", 100 * pivots.at("/capturedR/0").doubleValue()));
        Run sweep = Run.of(
                "sweep",
                config,
                "--out",
                folder.resolve("sweep"),
                "--set",
                "network.activation=relu",
                "--set",
                "theory.maxPivots=10");
        assertThat(sweep.err()).contains("warning: pivots explain");
        Run free = Run.of("solve", config, "--out", folder, "--force");
        assertThat(free.out()).doesNotContain("warning");
        JsonNode all = JSON.readTree(folder.resolve("summary.json").toFile()).get("pivots");
        assertThat(all.get("warning")).isNull();
        assertThat(free.out())
                .contains("pivots of u " + list(all.get("u")) + " and r " + list(all.get("r")) + " by layer");
    }

    private static String list(JsonNode counts) {
        return counts.toString().replaceAll("[\\[\\]]", "").replace(",", ", ");
    }

    /** What is exported is what a configuration reads: the theory is the same to the last bit, and so is the problem. */
    @Test
    void exportedDataAreTheSameProblem() throws IOException {
        Path data = folder.resolve("data.npz");
        Run export = Run.of("data", "export", config, "--out", data);
        assertThat(export.exit()).as(export.err()).isZero();
        assertThat(export.err()).contains("training points");
        Path own = Files.writeString(
                folder.resolve("own.yaml"),
                Files.readString(config).replaceFirst("data: .*", "data: {source: npz, path: data.npz}"));
        assertThat(Run.of("solve", config, "--out", folder.resolve("one")).exit())
                .isZero();
        assertThat(Run.of("solve", own, "--out", folder.resolve("other")).exit())
                .isZero();
        Run compare = Run.of("compare", folder.resolve("one"), folder.resolve("other"), "--json");
        assertThat(compare.exit()).as(compare.out()).isZero();
        JsonNode result = JSON.readTree(compare.out());
        assertThat(result.get("lossDistance").doubleValue()).isZero();
        assertThat(result.get("dataCompared").booleanValue()).isTrue();
        assertThat(result.at("/densityDistance/h_1")).isEqualTo(JSON.readTree("[0.0, 0.0]"));
    }

    @Test
    void recordedTimesAreTheOnesAskedFor() {
        Run run = Run.of("solve", config, "--out", folder, "--set", "training.record=[0,3,7]");
        assertThat(run.exit()).as(run.err()).isZero();
        Map<String, Tensor> arrays = Npz.read(folder.resolve("theory.npz"));
        assertThat(arrays.get("times").data()).containsExactly(0, 3, 7);
        assertThat(arrays.get("Phi_1").shape()).containsExactly(3, 4, 3, 4);
        assertThat(arrays.get("loss").shape()).containsExactly(8);
    }

    @Test
    void theNetworkOfAWidthComparesWithTheTheory() throws IOException {
        assertThat(Run.of("solve", config, "--out", folder).exit()).isZero();
        Run train = Run.of("train", config, "--width", 400, "--seed", 1, "--out", folder.resolve("net"));
        assertThat(train.exit()).as(train.err()).isZero();
        Run compare = Run.of("compare", folder.resolve("theory.npz"), folder.resolve("net/network.npz"), "--json");
        assertThat(compare.exit()).as(compare.err()).isZero();
        JsonNode result = JSON.readTree(compare.out());
        for (String kernel : List.of("Phi", "G")) {
            JsonNode alignment = result.at("/alignment/" + kernel);
            assertThat(alignment).hasSize(2);
            // 1 - A falls as 1/N: at N = 400 it is a few per cent at most.
            alignment.forEach(a -> assertThat(a.doubleValue()).isBetween(0.95, 1.0));
        }
        assertThat(result.get("lossDistance").doubleValue()).isBetween(0.0, 0.2);
        Run table = Run.of("compare", folder.resolve("theory.npz"), folder.resolve("net/network.npz"));
        assertThat(table.out()).contains("A(Phi)", "A(G)", "loss distance");
    }

    @Test
    void bothEnginesTrainTheSameNetwork() throws IOException {
        Run one = Run.of("train", config, "--width", 50, "--precision", "float64", "--out", folder.resolve("nd4j"));
        assertThat(one.exit()).as(one.err()).isZero();
        Run other = Run.of(
                "train",
                config,
                "--width",
                50,
                "--engine",
                "backend",
                "--device",
                "cpu",
                "--precision",
                "float64",
                "--out",
                folder.resolve("own"));
        assertThat(other.exit()).as(other.err()).isZero();
        Map<String, Tensor> expected = Npz.read(folder.resolve("nd4j/network.npz"));
        Map<String, Tensor> actual = Npz.read(folder.resolve("own/network.npz"));
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.remove("identity");
        expected.forEach((name, array) ->
                assertThat(actual.get(name).data()).as(name).containsExactly(array.data(), within(1e-10)));
        assertThat(JSON.readTree(folder.resolve("own/summary.json").toFile())
                        .get("backend")
                        .textValue())
                .startsWith("CPU float64");
        assertThat(other.out()).contains(", float64");
        Run wrong = Run.of("train", config, "--width", 5, "--engine", "torch", "--out", folder.resolve("none"));
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("--engine: torch is not allowed; expected nd4j or backend");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    /** On the backend, any number of networks side by side; every alignment is the one that ND4J's network has. */
    @Test
    void sweepAndCheckTrainTheSameNetworksOnEitherEngine() throws IOException {
        List<List<Object>> engines =
                List.of(List.of("--trainer", "nd4j"), List.of("--trainer", "backend", "--jobs", 4));
        List<double[]> tables = new ArrayList<>();
        for (List<Object> engine : engines) {
            Path out = folder.resolve("sweep" + tables.size());
            List<Object> words = new ArrayList<>(
                    List.of("sweep", config, "--out", out, "--precision", "float64", "--device", "cpu"));
            words.addAll(engine);
            Run run = Run.of(words.toArray());
            assertThat(run.exit()).as(run.err()).isZero();
            tables.add(Files.readAllLines(out.resolve("alignment.csv")).stream()
                    .skip(1)
                    .flatMap(line -> Stream.of(line.split(",")).skip(4))
                    .mapToDouble(Double::parseDouble)
                    .toArray());
        }
        assertThat(tables.get(1)).hasSize(2 * 2 * 4 * 2).containsExactly(tables.get(0), within(1e-10));
        // What ND4J trained is not taken for what the backend would train.
        Run resumed = Run.of(
                "sweep",
                config,
                "--out",
                folder.resolve("sweep0"),
                "--precision",
                "float64",
                "--trainer",
                "backend",
                "--only",
                "train",
                "--resume",
                "--force");
        assertThat(resumed.out()).contains("4 networks trained here");

        Run check = Run.of("check", config, "--min-width", 400, "--threshold", 0.9, "--engine", "backend");
        assertThat(check.exit()).as(check.err() + check.out()).isZero();
    }

    @Test
    void sweepLeavesTableFiguresPageAndTasksAndResumes() throws IOException {
        Path out = folder.resolve("sweep");
        Run first = Run.of("sweep", config, "--out", out);
        assertThat(first.exit()).as(first.err()).isZero();
        for (String file : List.of("theory.npz", "summary.json", "sweep.png", "sweep.svg", "sweep.pdf", "index.html")) {
            assertThat(out.resolve(file)).isNotEmptyFile();
        }
        List<String> csv = Files.readAllLines(out.resolve("alignment.csv"));
        assertThat(csv.get(0)).isEqualTo("width,seed,kernel,layer,alignment,loss_distance");
        // 2 widths, 2 seeds, 2 kernels, 2 layers.
        assertThat(csv).hasSize(1 + 16);
        List<Path> tasks;
        try (Stream<Path> files = Files.list(out.resolve("tasks"))) {
            tasks = files.filter(file -> file.getFileName().toString().startsWith("width-"))
                    .sorted()
                    .toList();
        }
        assertThat(tasks).hasSize(4);
        Files.delete(tasks.get(1));
        Files.writeString(tasks.get(2), "{");
        Object untouched = Files.getLastModifiedTime(tasks.get(0));
        Run again = Run.of("sweep", config, "--out", out, "--resume");
        assertThat(again.exit()).as(again.err()).isZero();
        assertThat(Files.readAllLines(out.resolve("alignment.csv"))).isEqualTo(csv);
        assertThat(tasks.get(1)).exists();
        assertThat((Object) Files.getLastModifiedTime(tasks.get(0))).isEqualTo(untouched);
    }

    @Test
    void resumeAfterAChangeOfTheProblemTakesNothingOld() throws IOException {
        Path out = folder.resolve("sweep");
        assertThat(Run.of("sweep", config, "--out", out, "--set", "sweep.widths=[16]")
                        .exit())
                .isZero();
        String before = Files.readString(out.resolve("alignment.csv"));
        Run changed = Run.of(
                "sweep",
                config,
                "--out",
                out,
                "--resume",
                "--set",
                "sweep.widths=[16]",
                "--set",
                "training.eta=0.4",
                "--force");
        assertThat(changed.exit()).as(changed.err()).isZero();
        assertThat(Files.readString(out.resolve("alignment.csv"))).isNotEqualTo(before);
        assertThat(Npz.read(out.resolve("theory.npz")).get("loss").get(7)).isLessThan(0.9);
    }

    @Test
    void checkPassesOrFailsByItsThreshold() throws IOException {
        Path out = folder.resolve("check");
        Run good = Run.of("check", config, "--min-width", 400, "--threshold", 0.9, "--out", out);
        assertThat(good.exit()).as(good.out() + good.err()).isZero();
        assertThat(JSON.readTree(out.resolve("check.json").toFile())
                        .get("passed")
                        .booleanValue())
                .isTrue();
        Run bad = Run.of("check", config, "--min-width", 16, "--threshold", 0.99999, "--out", out);
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.out()).contains("BELOW", "FAILED");
        assertThat(JSON.readTree(out.resolve("check.json").toFile())
                        .get("passed")
                        .booleanValue())
                .isFalse();
        assertThat(out.resolve("junit.xml")).content().contains("<failure", "small");
    }

    @Test
    void reproduceListNamesTheFigures() {
        assertThat(Run.of("reproduce", "--list").out()).startsWith("fig1 ");
    }

    @Test
    void reproduceFig1LeavesEveryFileOfTheContract() throws IOException {
        Path out = folder.resolve("fig1");
        Run run = Run.of("reproduce", "fig1", "--quick", "--seeds", 2, "--widths", "30,10", "--out", out);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(Files.readAllLines(out.resolve("alignment.csv"))).hasSize(1 + 2 * 2 * 2 * 3);
        assertThat(Npz.read(out.resolve("theory.npz")).get("Phi_3").shape()).containsExactly(100, 10, 100, 10);
        for (String panel : List.of(
                "",
                "-loss",
                "-density-initial",
                "-density-final",
                "-features-final",
                "-features-traced",
                "-features-alignment",
                "-gradients-final",
                "-gradients-traced",
                "-gradients-alignment")) {
            for (String suffix : List.of("png", "svg", "pdf")) {
                assertThat(out.resolve("fig1" + panel + "." + suffix)).isNotEmptyFile();
            }
        }
        assertThat(out.resolve("index.html")).content().contains("<svg", "alignment", "--widths 30,10");
        JsonNode summary = JSON.readTree(out.resolve("summary.json").toFile());
        assertThat(summary.at("/provenance/configuration/sweep/widths/1").intValue())
                .isEqualTo(30);
        assertThat(summary.get("solveSeconds").doubleValue()).isPositive();
    }

    @Test
    void doctorTellsOfJavaBlasNetworksAndDevices() {
        Run run = Run.of("doctor");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("Java", "cores", "memory", "OpenBLAS", "GFLOP/s", "ND4J", "CUDA", "cpu:");
        assertThat(run.out())
                .contains("options", "load", "GiB free in", "figures     drawn", "self-test   final loss 0.");
        assertThat(run.out()).doesNotContain("FAILED", "kernel unknown");
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command : List.of(
                "reproduce",
                "solve",
                "train",
                "compare",
                "sweep",
                "check",
                "report",
                "bench",
                "doctor",
                "data",
                "completion")) {
            Run help = Run.of(command, "--help");
            assertThat(help.exit()).isZero();
            assertThat(help.out()).contains("Usage: widthbench " + command);
        }
        assertThat(Run.of("solve", "--version").out()).startsWith("widthbench 0.");
        assertThat(Run.of("--help").out()).contains("Exit code");
        assertThat(Run.of("--version").out()).startsWith("widthbench 0.");
    }
}
