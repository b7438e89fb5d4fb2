package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.comparison.SmallResults;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.io.Npz;

/** Archive and summary carry one identity, and whoever reads an archive sees whether its arrays are those of it. */
class IdentityTest {
    private static final Experiment EXPERIMENT = Experiment.standard();

    private static Experiment trained(Training training) {
        return new Experiment(
                EXPERIMENT.data(), EXPERIMENT.network(), training, EXPERIMENT.theory(), EXPERIMENT.sweep());
    }

    @TempDir
    private Path folder;

    private final Dataset data = new Dataset(Tensor.zeros(3, 2), new double[] {-1, 1});

    private Path write(String name, Experiment experiment) {
        Path result = folder.resolve(name);
        Settings settings = Settings.of("solve", experiment.toMap()).withData(data);
        ResultFiles.write(
                result,
                ResultKind.THEORY,
                SmallResults.result(2, 0.1),
                data,
                1,
                Map.of(),
                Provenance.begin("./widthbench solve x.yaml", settings));
        return result;
    }

    @Test
    void archiveAndSummaryCarryTheSameIdentity() throws IOException {
        Path result = write("a", EXPERIMENT);
        Identity identity =
                Archive.read(result.resolve("theory.npz")).identity().orElseThrow();
        JsonNode summary = Json.read(result.resolve("summary.json")).orElseThrow();
        assertThat(summary.get("identity").textValue()).isEqualTo(identity.whole());
        assertThat(summary.at("/identityParts/code").textValue()).isEqualTo(identity.code());
        // The last row of the array is the whole, byte by byte.
        Tensor rows = Npz.readArray(result.resolve("theory.npz"), "identity");
        byte[] last = new byte[32];
        for (int i = 0; i < last.length; i++) {
            last[i] = (byte) rows.get(4, i);
        }
        assertThat(HexFormat.of().formatHex(last)).isEqualTo(identity.whole());
    }

    @Test
    void aNumberAlteredInASoundArchiveIsFound() {
        Path file = write("a", EXPERIMENT).resolve("theory.npz");
        Map<String, Tensor> arrays = new LinkedHashMap<>(Npz.read(file));
        arrays.get("loss").set(0.3, 1);
        Npz.write(file, arrays, Set.of("identity"));
        assertThatThrownBy(() -> Archive.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not those of its identity");
    }

    @Test
    void anIdentityPutTogetherFromTwoIsFound() {
        Path file = write("a", EXPERIMENT).resolve("theory.npz");
        Path other = write("b", trained(Training.descent(2, 0.1, 100))).resolve("theory.npz");
        Map<String, Tensor> arrays = new LinkedHashMap<>(Npz.read(file));
        Tensor identity = arrays.get("identity");
        Tensor foreign = Npz.readArray(other, "identity");
        for (int i = 0; i < 32; i++) {
            identity.set(foreign.get(1, i), 1, i);
        }
        Npz.write(file, arrays, Set.of("identity"));
        assertThatThrownBy(() -> Archive.read(file)).hasMessageContaining("not those of its identity");
    }

    @Test
    void partsTellWhatIsTheSame() {
        Identity one = identity(EXPERIMENT);
        Identity otherNoise = identity(EXPERIMENT.withTheory(EXPERIMENT.theory().withSamples(64)));
        Identity otherProblem = identity(trained(Training.descent(2, 0.1, 100)));
        Identity recorded = identity(trained(EXPERIMENT.training().withRecord(new int[] {0, 5})));
        assertThat(otherNoise.problem()).isEqualTo(one.problem());
        assertThat(otherNoise.configuration()).isNotEqualTo(one.configuration());
        assertThat(otherProblem.problem()).isNotEqualTo(one.problem());
        assertThat(recorded.problem()).isEqualTo(one.problem());
        assertThat(recorded.configuration()).isNotEqualTo(one.configuration());
        // Networks to be trained later do not change a solve, nor does the theory a network.
        assertThat(identity(EXPERIMENT.withSweep(new SweepSpec(new int[] {7}, 1))))
                .isEqualTo(one);
    }

    private Identity identity(Experiment experiment) {
        return Archive.identity(write("x" + experiment.hashCode(), experiment).resolve("theory.npz"))
                .orElseThrow();
    }

    @Test
    void aSummaryAlteredAnywhereIsFound() throws IOException {
        Path file = write("a", EXPERIMENT).resolve("summary.json");
        String text = Files.readString(file);
        assertThat(Json.isSealed("checksum", Json.read(file).orElseThrow())).isTrue();
        for (String[] change : new String[][] {
            {"\"finalLoss\" : 0.4", "\"finalLoss\" : 0.3"}, {"\"eta\" : 0.1", "\"eta\" : 0.2"}, {"solve x", "solve y"}
        }) {
            assertThat(text).contains(change[0]);
            Files.writeString(file, text.replace(change[0], change[1]));
            assertThat(Json.isSealed("checksum", Json.read(file).orElseThrow()))
                    .as(change[1])
                    .isFalse();
        }
    }

    @Test
    void whatDiffersIsNamedAndASweepMayGrow() {
        Settings settings = Settings.of("sweep", EXPERIMENT.toMap());
        assertThat(settings.differences(settings)).isEmpty();
        Settings other =
                Settings.of("sweep", trained(Training.descent(1, 0.4, 100)).toMap());
        assertThat(other.differences(settings)).containsExactly("training.eta 0.4, there 0.1");
        Settings wider = Settings.of(
                "sweep",
                EXPERIMENT
                        .withSweep(new SweepSpec(new int[] {25, 50, 100, 250, 500, 1000, 2000}, 20))
                        .toMap());
        assertThat(wider.differences(settings)).isEmpty();
        assertThat(settings.differences(wider))
                .containsExactly(
                        "sweep.widths [50,100,250,500,1000,2000], there [25,50,100,250,500,1000,2000]",
                        "sweep.seeds 10, there 20");
    }

    /** A jar is its folder, packed. */
    @Test
    void codeInAJarAndInAFolderHasOneHashAndAChangedClassAnother() throws IOException {
        Path classes = folder.resolve("classes");
        Path of = Files.createDirectories(classes.resolve("org/widthbench/core"));
        Files.writeString(of.resolve("A.class"), "one");
        Files.createDirectories(classes.resolve("org/widthbench/figure"));
        Files.writeString(classes.resolve("org/widthbench/figure/B.class"), "drawing");
        Path jar = folder.resolve("a.jar");
        try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of("create", "true"))) {
            Files.createDirectories(zip.getPath("org/widthbench/core"));
            Files.copy(of.resolve("A.class"), zip.getPath("org/widthbench/core/A.class"));
            Files.createDirectories(zip.getPath("META-INF"));
            Files.writeString(zip.getPath("META-INF/MANIFEST.MF"), "Built-On: Monday");
        }
        String hash = Code.hash(List.of(classes));
        assertThat(Code.hash(List.of(jar))).isEqualTo(hash);
        Files.writeString(classes.resolve("org/widthbench/figure/B.class"), "redrawn");
        assertThat(Code.hash(List.of(classes))).isEqualTo(hash);
        Files.writeString(of.resolve("A.class"), "two");
        assertThat(Code.hash(List.of(classes))).isNotEqualTo(hash);
    }
}
