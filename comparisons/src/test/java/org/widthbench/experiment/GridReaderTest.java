package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.InvalidInputException;

class GridReaderTest {
    @TempDir
    private Path folder;

    private ExperimentGrid read(String yaml, String... overrides) throws IOException {
        return ExperimentReader.readGrid(Files.writeString(folder.resolve("g.yaml"), yaml), List.of(overrides));
    }

    @Test
    void everyCombinationIsAnExperimentTheLastAxisFastest() throws IOException {
        ExperimentGrid grid = read("sweep: {grid: {training.gamma0: [0.5, 2], network.depth: [1, 3], data.seed: [7]}}");
        assertThat(grid.points().stream().map(GridPoint::description))
                .containsExactly(
                        "training.gamma0=0.5, network.depth=1, data.seed=7",
                        "training.gamma0=0.5, network.depth=3, data.seed=7",
                        "training.gamma0=2, network.depth=1, data.seed=7",
                        "training.gamma0=2, network.depth=3, data.seed=7");
        Experiment last = grid.points().get(3).experiment();
        assertThat(last.training().gamma0()).isEqualTo(2);
        assertThat(last.network().depth()).isEqualTo(3);
        assertThat(last.toMap().get("data").toString()).contains("seed=7");
        assertThat(grid.base()).isEqualTo(read("").base());
    }

    @Test
    void withoutAGridTheOnlyPointIsTheConfigurationItself() throws IOException {
        ExperimentGrid grid = read("training: {eta: 0.3}");
        assertThat(grid.hasAxes()).isFalse();
        assertThat(grid.points()).hasSize(1);
        assertThat(grid.points().get(0).experiment().training().eta()).isEqualTo(0.3);
    }

    @Test
    void sectionsMayBeNestedAndTheCommandLineMayMakeAnAxis() throws IOException {
        assertThat(read("sweep: {grid: {training: {eta: [0.1, 0.2]}}}").axes())
                .isEqualTo(read("", "sweep.grid.training.eta=[0.1,0.2]").axes())
                .containsOnlyKeys("training.eta");
    }

    @Test
    void listsAreValuesToo() throws IOException {
        ExperimentGrid grid = read("{training: {steps: 9}, sweep: {grid: {training.record: [[0, 8], [0, 4, 8]]}}}");
        assertThat(grid.points().get(1).experiment().training().record()).containsExactly(0, 4, 8);
    }

    @Test
    void whatItReadsItCanWriteAndReadAgainElsewhere() throws IOException {
        Files.createDirectories(folder.resolve("elsewhere"));
        ExperimentGrid grid = read(
                "{data: {source: npz, path: a.npz}, sweep: {grid: {data.path: [a.npz, b.npz], theory.seed: [0, 1]}}}");
        Path copy = Files.writeString(folder.resolve("elsewhere/c.yaml"), Json.text(grid.toMap()));
        assertThat(Json.text(ExperimentReader.readGrid(copy, List.of()).toMap()))
                .isEqualTo(Json.text(grid.toMap()));
        assertThat(ExperimentReader.readGrid(copy, List.of()).points().get(2).description())
                .isEqualTo("data.path=" + folder.resolve("b.npz") + ", theory.seed=0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [1]                                  | sweep.grid: [1] is not allowed; expected a mapping
            {eta: [1]}                           | sweep.grid: 'eta' is not allowed; expected a path such as training.gamma0
            {sweep.seeds: [1]}                   | sweep.grid: 'sweep.seeds' is not allowed
            {training.eta: 0.1}                  | sweep.grid.training.eta: 0.1 is not allowed; expected a list
            {training.eta: []}                   | sweep.grid.training.eta: [] is not allowed
            {training.eta: [1, 1]}               | sweep.grid.training.eta: [1,1] is not allowed; expected a list of different
            {training.eta: [0.1, -1]}            | sweep.grid at training.eta=-1: training.eta: -1
            {training.rate: [0.1]}               | sweep.grid at training.rate=0.1: training.rate: unknown key
            {data.seed: [0, .nan]}               | sweep.grid.data.seed.1: .nan is not a plain decimal
            """)
    void whatIsNoGridIsRefusedByName(String grid, String message) {
        assertThatThrownBy(() -> read("sweep: {grid: " + grid + "}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("g.yaml: ")
                .hasMessageContaining(message);
    }

    @Test
    void aGridOfMillionsIsRefusedBeforeItIsMade() {
        String thousand =
                java.util.stream.IntStream.range(0, 1000).boxed().toList().toString();
        assertThatThrownBy(() -> read("sweep: {grid: {data.seed: " + thousand + ", theory.seed: " + thousand
                        + ", training.eta: " + thousand + "}}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("more than 10000 combinations");
    }
}
