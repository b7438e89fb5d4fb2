package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.comparison.SmallResults;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;
import org.widthbench.core.problem.OrderParameters;

class ResultFilesTest {
    @TempDir
    private Path folder;

    private final Provenance provenance = Provenance.begin(
            "./widthbench solve x.yaml",
            Settings.of("solve", Experiment.standard().toMap()));
    /** Two points of three dimensions. */
    private final Dataset data = new Dataset(Tensor.zeros(3, 2), new double[] {-1, 1});

    @Test
    void archiveHoldsExactlyTheArraysOfTheContract() {
        ResultFiles.writeArchive(
                folder.resolve("theory.npz"), SmallResults.result(2, 0.1), data, provenance.settings());
        Map<String, Tensor> arrays = Npz.read(folder.resolve("theory.npz"));
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
        assertThat(arrays.get("X")).isEqualTo(data.inputs());
        assertThat(arrays.get("y").data()).containsExactly(-1, 1);
        assertThat(arrays.get("times").data()).containsExactly(0, 1);
        assertThat(arrays.get("Phi_2").shape()).containsExactly(2, 2, 2, 2);
    }

    @Test
    void whatIsWrittenIsReadBackToTheLastBit() {
        OrderParameters result = SmallResults.result(3, 0.123456789);
        ResultFiles.writeArchive(folder.resolve("network.npz"), result, data, provenance.settings());
        OrderParameters read = ResultFiles.read(folder.resolve("network.npz"));
        assertThat(ResultFiles.arrays(read)).isEqualTo(ResultFiles.arrays(result));
    }

    @Test
    void summaryCarriesTimeLossBackendAndProvenance() throws IOException {
        ResultFiles.write(
                folder,
                ResultKind.NETWORK,
                SmallResults.result(2, 0.1),
                data,
                1.25,
                Map.of("backend", "test", "seed", 7),
                provenance);
        JsonNode summary =
                new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
        assertThat(summary.get("trainSeconds").doubleValue()).isEqualTo(1.25);
        assertThat(summary.get("finalLoss").doubleValue()).isEqualTo(0.4);
        assertThat(summary.get("backend").textValue()).isEqualTo("test");
        JsonNode origin = summary.get("provenance");
        assertThat(origin.get("command").textValue()).isEqualTo("./widthbench solve x.yaml");
        assertThat(origin.at("/configuration/training/eta").doubleValue()).isEqualTo(0.1);
        assertThat(origin.get("seed").intValue()).isEqualTo(7);
        assertThat(origin.get("backend").textValue()).isEqualTo("test");
        assertThat(origin.get("version").textValue()).isEqualTo("0.1.0");
        for (String key : new String[] {"commit", "started", "wallSeconds", "software", "processors"}) {
            assertThat(origin.has(key)).as(key).isTrue();
        }
    }

    @Test
    void aNumberThatIsNotFiniteStopsTheWritingOfBothFiles() {
        OrderParameters result = SmallResults.result(2, 0.1);
        result.gradientKernels().get(1).set(Double.NaN, 1, 0, 1, 1);
        assertThatThrownBy(() -> ResultFiles.write(folder, ResultKind.THEORY, result, data, 1, Map.of(), provenance))
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("G_2 holds NaN at flat index 11");
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> ResultFiles.write(
                        folder,
                        ResultKind.THEORY,
                        SmallResults.result(2, 0.1),
                        data,
                        1,
                        Map.of("error", Double.POSITIVE_INFINITY),
                        provenance))
                .isInstanceOf(SolverException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anArchiveThatLacksAnArrayIsRefusedByName() {
        Map<String, Tensor> arrays = new LinkedHashMap<>(ResultFiles.arrays(SmallResults.result(2, 0.1)));
        arrays.remove("G_2");
        Path file = folder.resolve("partial.npz");
        Npz.write(file, arrays);
        assertThatThrownBy(() -> ResultFiles.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("no array G_2");
    }

    @Test
    void anArchiveOfOtherThingsIsRefused() {
        Path file = folder.resolve("data.npz");
        Npz.write(file, Map.of("X", Tensor.zeros(2, 2)));
        assertThatThrownBy(() -> ResultFiles.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("expected a theory.npz or network.npz");
    }
}
