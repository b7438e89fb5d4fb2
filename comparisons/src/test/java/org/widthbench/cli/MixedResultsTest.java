package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** Files of two runs side by side, runs that would replace others, and what killed runs leave, as every command meets them. */
class MixedResultsTest {
    @TempDir
    private Path folder;

    private Path config;
    private Path a;
    private Path b;

    @BeforeEach
    void solveTwo() throws IOException {
        config = Files.writeString(folder.resolve("c.yaml"), """
                data:     {dimension: 4, points: 4}
                network:  {depth: 1, activation: linear}
                training: {steps: 6}
                theory:   {solver: linear, samples: 8}
                sweep:    {widths: [5, 9], seeds: 1}
                """);
        a = folder.resolve("a");
        b = folder.resolve("b");
        done(solve(a));
        done(solve(b, "--set", "training.gamma0=2"));
    }

    private Run solve(Path out, Object... more) {
        return run(Stream.concat(Stream.of("solve", config, "--out", out), Stream.of(more)));
    }

    private static Run run(Stream<Object> words) {
        return Run.of(words.toArray());
    }

    private static void done(Run run) {
        assertThat(run.exit()).as(run.err()).isZero();
    }

    private static void refused(Run run, String... words) {
        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err()
                        .lines()
                        .filter(line -> line.startsWith("widthbench: "))
                        .toList())
                .singleElement()
                .asString()
                .contains(words);
    }

    private Run report(Path run) {
        return Run.of("report", run, "--out", folder.resolve("page"));
    }

    /** What a kill between the two renames of a run with gamma0 = 2 leaves in the folder of one with 1. */
    @Test
    void anArchiveBesideTheSummaryOfAnotherRunIsRefusedByEveryReaderAndEitherRunRepairsIt() throws IOException {
        for (boolean first : new boolean[] {true, false}) {
            Files.copy(b.resolve("theory.npz"), a.resolve("theory.npz"), StandardCopyOption.REPLACE_EXISTING);
            refused(Run.of("compare", a, b), "a/theory.npz", "summary.json", "different runs");
            refused(report(a), "a/theory.npz", "summary.json", "different runs");
            refused(solve(a, "--set", "training.gamma0=3"), "training.gamma0 3.0, there 1.0");
            done(first ? solve(a) : solve(a, "--set", "training.gamma0=2"));
            done(report(a));
        }
        assertThat(Files.readAllBytes(a.resolve("theory.npz"))).isEqualTo(Files.readAllBytes(b.resolve("theory.npz")));
    }

    @Test
    void aResultOfOtherSettingsOrOfALongerRunIsReplacedByForceOnly() throws IOException {
        byte[] before = Files.readAllBytes(a.resolve("theory.npz"));
        refused(solve(a, "--set", "training.steps=3"), "training.steps 3, there 6", "--force");
        refused(solve(a, "--set", "theory.samples=4"), "theory.samples 4, there 8");
        refused(Run.of("sweep", config, "--out", a), "--out " + a, "result sweep, there solve");
        assertThat(Files.readAllBytes(a.resolve("theory.npz"))).isEqualTo(before);
        // The same again, and with other networks to come, which do not matter to a theory.
        done(solve(a));
        done(solve(a, "--set", "sweep.seeds=3"));
        assertThat(Files.readAllBytes(a.resolve("theory.npz"))).isEqualTo(before);
        Run forced = solve(a, "--set", "training.steps=3", "--force");
        done(forced);
        assertThat(forced.err()).contains("training.steps 3, there 6; it is replaced");
        assertThat(Npz.read(a.resolve("theory.npz")).get("loss").data()).hasSize(3);
        // Data count by content.
        Path data = folder.resolve("data.npz");
        Path own = folder.resolve("own");
        Npz.write(data, Map.of("X", Tensor.zeros(3, 2), "y", Tensor.vector(1, -1)));
        done(solve(own, "--set", "data={source: npz, path: " + data + "}"));
        Npz.write(data, Map.of("X", Tensor.zeros(3, 2), "y", Tensor.vector(1, 1)));
        refused(solve(own, "--set", "data={source: npz, path: " + data + "}"), "the content of the data");
    }

    @Test
    void solveAndTrainShareAFolderIfTheProblemIsTheSame() throws IOException {
        done(Run.of("train", config, "--width", 8, "--out", a));
        done(report(a));
        done(solve(a));
        refused(Run.of("train", config, "--width", 8, "--seed", 1, "--out", a), "network.npz is of others");
        refused(Run.of("train", config, "--width", 8, "--out", b), "training.gamma0 1.0, there 2.0");
        refused(Run.of("compare", a, b), "theory.npz and network.npz; name one");
    }

    @Test
    void whatAKilledRunLeftIsCleanedByTheNextAndNothingElse() throws IOException {
        Path temporary = Files.createFile(a.resolve(".theory.npz." + UUID.randomUUID() + ".tmp"));
        Path checkpoint = Files.createFile(a.resolve("checkpoint.npz"));
        Path foreign = Files.createFile(a.resolve(".notes.tmp"));
        done(solve(a));
        assertThat(temporary).doesNotExist();
        assertThat(checkpoint).doesNotExist();
        assertThat(foreign).exists();
        assertThat(a.toFile().list()).containsExactlyInAnyOrder("theory.npz", "summary.json", ".notes.tmp");
    }

    @Test
    void reportRefusesEveryFileOfASweepThatWasAltered() throws IOException {
        Path sweep = folder.resolve("sweep");
        done(Run.of("sweep", config, "--out", sweep, "-q"));
        done(report(sweep));
        for (String name : List.of("summary.json", "alignment.csv", "theory.npz", "sweep.svg")) {
            Path file = sweep.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            byte[] altered = whole.clone();
            // A digit near the middle, so that the file still reads as what it is.
            int at = whole.length / 2;
            while (altered[at] < '1' || altered[at] > '8') {
                at++;
            }
            altered[at]++;
            Files.delete(file);
            Files.write(file, altered);
            refused(report(sweep), name);
            Files.write(file, whole);
        }
        // A manifest that was cut names no longer what is shown.
        Path manifest = sweep.resolve("manifest.sha256");
        String lines = Files.readString(manifest);
        Files.writeString(manifest, lines.substring(0, 10));
        refused(report(sweep), "manifest.sha256");
        Files.writeString(manifest, lines);
        done(report(sweep));
    }

    @Test
    void archivesOfOtherProgramsAreComparedAndSaidToBeUnverified() {
        Path own = folder.resolve("own.npz");
        Map<String, Tensor> arrays = Npz.read(a.resolve("theory.npz"));
        Npz.write(own, Map.of("times", arrays.get("times"), "Phi_1", arrays.get("Phi_1")));
        Run run = Run.of("compare", own, a);
        done(run);
        assertThat(run.out())
                .contains("unverified           " + own, "not compared         G_1: in the second only")
                .contains("1.000000");
        Npz.write(own, Map.of("times", arrays.get("times"), "X", arrays.get("y"), "Phi_1", arrays.get("Phi_1")));
        Run other = Run.of("compare", own, a, "--json");
        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.out()).contains("X of shape [4] and [4, 4]");
    }

    /** Data that went through float32 on their way are the same data, others are not. */
    @Test
    void archivesOfOtherProgramsAreOfTheSameDataToTheRoundingOfFloat32() {
        Path own = folder.resolve("own.npz");
        Map<String, Tensor> arrays = Npz.read(a.resolve("theory.npz"));
        double[] single = Arrays.stream(arrays.get("X").data())
                .map(x -> x * (1 + 0x1p-24))
                .toArray();
        Map<String, Tensor> saved = new HashMap<>();
        saved.put("times", arrays.get("times"));
        saved.put("loss", arrays.get("loss"));
        saved.put("X", new Tensor(arrays.get("X").shape(), single));
        saved.put("y", arrays.get("y").reshape(arrays.get("y").size(0), 1));
        Npz.write(own, saved);
        Run same = Run.of("compare", own, a);
        done(same);
        assertThat(same.out()).contains("carries no identity\n");
        single[3] *= 1 + 1e-5;
        Npz.write(own, saved);
        Run other = Run.of("compare", own, a);
        assertThat(other.exit()).isEqualTo(1);
        assertThat(other.out()).contains("DIFFERENT PROBLEMS   X of shape", ", other numbers");
        saved.remove("X");
        Npz.write(own, saved);
        assertThat(Run.of("compare", own, a).out()).contains("carries no identity, nor both X and y");
    }
}
