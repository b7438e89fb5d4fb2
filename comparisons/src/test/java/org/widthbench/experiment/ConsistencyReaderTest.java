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
import org.widthbench.core.architecture.Cnn;

class ConsistencyReaderTest {
    @TempDir
    private Path folder;

    private ConsistencySpec read(String yaml, String... overrides) {
        Path file = folder.resolve("study.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ConsistencyReader.read(file, List.of(overrides));
    }

    @Test
    void exampleIsTheStandardStudy() {
        ConsistencySpec example = ConsistencyReader.read(Path.of("../examples/consistency/mlp.yaml"), List.of());
        assertThat(Json.text(example.toMap()))
                .isEqualTo(Json.text(ConsistencySpec.standard().toMap()));
    }

    @Test
    void exampleOfConvolutionalNetworksIsValid() {
        ConsistencySpec example = ConsistencyReader.read(Path.of("../examples/consistency/cnn.yaml"), List.of());
        assertThat(example.network().architecture()).isEqualTo(new Cnn(3));
        assertThat(example.tasks()).hasSize(2);
    }

    @Test
    void emptyConfigurationIsTheStandardStudy() {
        assertThat(Json.text(read("").toMap()))
                .isEqualTo(Json.text(ConsistencySpec.standard().toMap()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks: {a: {source: techer}} | tasks.a.source: 'techer' is not allowed",
                "tasks: {a: {degrees: [7]}} | tasks.a.degrees: 7",
                "tasks: {a: {degree: [2]}} | tasks.a.degree: unknown key (did you mean 'degrees'?)",
                "tasks: {a b: {}} | tasks: 'a b'",
                "tasks: {a: {points: -1}} | tasks.a.points: -1",
                "tasks: {a: {points: 4}} | training.batch: 16 is not allowed; expected at most the points of task a, 4",
                "tasks: {a: {source: mnist}} | tasks.a.dir: missing",
                "tasks: [a] | tasks: ",
                "training: {momentum: 0.9} | training.momentum: unknown key",
                "training: {eta: -1} | training.eta: -1.0",
                "measure: {testPoints: 8, kernelPoints: 9} | measure.kernelPoints: 9",
                "measure: {times: 1} | measure.times: 1",
                "edge: {rates: [2, 1]} | edge.rates: 1.0",
                "edge: {task: nobody} | edge.task: nobody is not allowed; expected one of easy, hard, repeated",
                "sweep: {widths: [64]} | sweep.widths: 64",
                "theory: {solver: magic} | theory.solver: 'magic'"
            })
    void mistakesAreNamedWithFileKeyAndRemedy(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("study.yaml")
                .hasMessageContaining(message.strip());
    }

    @Test
    void timesAreLogSpacedFromZeroToTheLastStep() {
        ConsistencySpec spec = read("", "measure.times=5", "training.steps=1000");
        assertThat(spec.times()).containsExactly(0, 1, 10, 100, 1000);
    }

    @Test
    void quickStudyIsSmallerAndKeepsTasksAndRates() {
        ConsistencySpec quick = read("").quick();
        assertThat(quick.sweep().tasks()).isLessThan(read("").sweep().tasks());
        assertThat(quick.training().steps()).isLessThan(read("").training().steps());
        assertThat(quick.tasks()).isEqualTo(read("").tasks());
        assertThat(quick.edge().rates()).isEqualTo(read("").edge().rates());
    }

    @Test
    void edgeRunsAndTheoryCanBeLeftOut() {
        assertThat(read("theory: none").theory()).isNull();
        assertThat(read("theory: none").toMap()).containsEntry("theory", "none");
        assertThat(read("edge: none").edge()).isNull();
    }

    @Test
    void repeatedImagesAreAsManyAsTheDataHave() {
        ConsistencyTask task = read("{tasks: {a: {source: mnist, dir: x, fresh: false}}, training: {batch: 4}}")
                .tasks()
                .get(0);
        assertThat(task.points())
                .as("ten, the default of data.points; 0 would mean fresh ones")
                .isEqualTo(10);
    }

    @Test
    void assignmentsWithLineFeedsAreRefusedInOneLine() {
        assertThatThrownBy(() -> read("", "training.eta='a\nb'"))
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains("training.eta")
                .doesNotContain("\n");
    }
}
