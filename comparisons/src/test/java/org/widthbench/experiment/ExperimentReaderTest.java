package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Softplus;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.data.Cifar10Source;
import org.widthbench.core.data.ImageFormat;
import org.widthbench.core.data.NpzSource;
import org.widthbench.core.data.TextureSource;

class ExperimentReaderTest {
    @TempDir
    private Path folder;

    @Test
    void anEmptyFileMeansTheAuthorsProblem() throws IOException {
        Experiment experiment = read("");
        assertThat(experiment).isEqualTo(Experiment.standard());
        // The architecture page's schema, all of it: every key there is also the default.
        assertThat(read("""
                data:     {source: gaussian, dimension: 25, points: 10, seed: 0}
                network:  {architecture: mlp, depth: 3, activation: tanh, beta: 0.8}
                training: {gamma0: 1.0, eta: 0.1, steps: 100, momentum: 0.0, weightDecay: 0.0, batch: full, optimizer: sgd}
                theory:   {solver: causal, samples: 4096, seed: 0, toleranceU: 1.0e-5, toleranceR: 1.0e-3}
                sweep:    {widths: [50, 100, 250, 500, 1000, 2000], seeds: 10}
                """)).isEqualTo(experiment);
        assertThat(read("data:\nsweep:\n")).isEqualTo(experiment);
    }

    @Test
    void whatItReadsItCanWriteAndReadAgain() throws IOException {
        Experiment experiment = read("""
                data:     {source: cifar10, dir: images, classes: [3, 5], points: 6, testPoints: 2, grayscale: false, normalize: none, side: 8}
                network:  {architecture: cnn, depth: 2, activation: softplus, beta: 2, kernel: 5}
                training: {gamma0: 0.3, eta: 0.02, steps: 30, momentum: 0.5, weightDecay: 1e-3, batch: 4, record: [0, 3, 29], loss: logistic}
                theory:   {solver: perturbation, samples: 77, seed: 9, toleranceU: 0.01, toleranceR: 0.02, residualNoise: false, memory: accumulator, leadingRows: 3, scrambling: owen, expansion: as-published, damping: 0.3, tolerance: 0.02, iterations: 7}
                sweep:    {widths: [3, 7], seeds: 2}
                """);
        assertThat(read(new YAMLMapper().writeValueAsString(experiment.toMap())))
                .isEqualTo(experiment);
        assertThat(experiment.network()).isEqualTo(Network.cnn(2, new Softplus(2), 5));
        assertThat(experiment.data())
                .isEqualTo(new Cifar10Source(
                        folder.resolve("images"),
                        List.of(3, 5),
                        6,
                        2,
                        new ImageFormat(false, ImageFormat.Normalization.NONE, 8, ImageFormat.Layout.IMAGES)));
    }

    /** What a Slurm job reads is what the submitting process wrote. */
    @Test
    void everyKeyThatIsWrittenOnlyWhereItIsNotTheDefaultCanBeReadAgain() throws IOException {
        Experiment experiment = read("""
                data:     {source: teacher, points: 12, outputs: 3, seed: 4}
                network:  {bias: true}
                training: {steps: 3, batch: 4, online: true, loss: cross-entropy, schedule: [1, 0.5, 0.25], record: [2], optimizer: adam}
                theory:   {maxPivots: 9, exactStart: false}
                """);
        assertThat(read(new YAMLMapper().writeValueAsString(experiment.toMap())))
                .isEqualTo(experiment);
    }

    @Test
    void dataPathsAreRelativeToTheConfigurationUnlessAbsolute() throws IOException {
        assertThat(read("data: {source: npz, path: sub/data.npz}").data())
                .isEqualTo(new NpzSource(folder.resolve("sub/data.npz")));
        assertThat(read("data: {source: npz, path: /elsewhere/data.npz}").data())
                .isEqualTo(new NpzSource(Path.of("/elsewhere/data.npz")));
    }

    @Test
    void overridesWinOverTheFileAndMakeSections() throws IOException {
        Experiment experiment =
                read("training: {eta: 0.3}", "training.eta=0.5", "sweep.widths=[4, 9]", "training.dynamics=flow");
        assertThat(experiment.training().eta()).isEqualTo(0.5);
        assertThat(experiment.training().dynamics()).isEqualTo(Training.Dynamics.FLOW);
        assertThat(experiment.sweep().widths()).containsExactly(4, 9);
    }

    @Test
    void texturesAreReadAndWritten() throws IOException {
        Experiment experiment = read("""
                data:    {source: textures, side: 6, channels: 2, points: 4, testPoints: 2, seed: 9}
                network: {architecture: cnn}
                """);
        assertThat(experiment.data()).isEqualTo(new TextureSource(6, 2, 4, 2, 9));
        assertThat(read(new YAMLMapper().writeValueAsString(experiment.toMap())))
                .isEqualTo(experiment);
    }

    @Test
    void aNumberWithAnExponentNeedsNoPoint() throws IOException {
        assertThat(read("theory: {toleranceU: 1e-7}").theory().toleranceU()).isEqualTo(1e-7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            tranining: {}                          | tranining: unknown key (did you mean 'training'?)
            training: {etaa: 0.1}                  | training.etaa: unknown key (did you mean 'eta'?)
            training: {zzz: 0.1}                   | training.zzz: unknown key; training takes gamma0, eta, steps
            data: {source: npz, points: 4}         | data.points: unknown key; source npz takes source, path
            data: {source: npz}                    | data.path: missing
            data: {source: gausian}                | data.source: 'gausian' is not allowed; expected one of gaussian, teacher, textures, cifar10, mnist, npz (did you mean 'gaussian'?)
            data: {points: 9}                      | data.points: 9 is not allowed; expected an even
            data: {points: 1.5}                    | data.points: 1.5 is not allowed
            data: {dimension: 0}                   | data.dimension: 0 is not allowed
            data: {seed: -1}                       | data.seed: -1 is not allowed
            data: {source: cifar10, dir: x, side: 0} | data.side: 0 is not allowed
            data: {source: cifar10, dir: x, classes: [1]} | data.classes
            data: {source: cifar10, dir: x, grayscale: 1} | data.grayscale: 1 is not allowed; expected true or false
            network: {depth: 0}                    | network.depth: 0 is not allowed; expected a whole number >= 1
            network: {depth: 3.0}                  | network.depth: 3.0 is not allowed; expected a whole number >= 1
            network: {activation: tahn}            | network.activation: 'tahn' is not allowed
            network: {beta: 0}                     | network.beta: 0.0 is not allowed; expected a number > 0
            network: {architecture: cnn, kernel: 2} | network.kernel: 2 is not allowed; expected an odd
            network: 3                             | network: 3 is not allowed; expected a section
            training: {eta: fast}                  | training.eta: 'fast' is not allowed; expected a number > 0
            training: {eta: '0.1'}                 | training.eta: '0.1' is not allowed; expected a number > 0
            training: {eta: true}                  | training.eta: true is not allowed; expected a number > 0
            training: {eta: }                      | training.eta: an empty value is not allowed; expected a number > 0
            training: {eta: [0.1]}                 | training.eta: [0.1] is not allowed; expected a number > 0
            training: {eta: -0.1}                  | training.eta: -0.1 is not allowed; expected a number > 0
            training: {eta: 1e999}                 | training.eta: Infinity is not allowed; expected a number > 0
            training: {eta: .nan}                  | training.eta: .nan is not a plain decimal number
            training: {gamma0: 0}                  | training.gamma0: 0.0 is not allowed
            training: {steps: 0}                   | training.steps: 0 is not allowed
            training: {steps: 99999999999}         | training.steps: 99999999999 is not allowed
            training: {momentum: 1}                | training.momentum: 1.0 is not allowed
            training: {optimizer: rmsprop}         | training.optimizer
            training: {optimizer: adam, momentum: 0.1} | training.optimizer: adam is not allowed
            training: {weightDecay: -1}            | training.weightDecay: -1.0 is not allowed
            training: {batch: half}                | training.batch: 'half' is not allowed; expected 'full' or
            training: {batch: 0}                   | training.batch: 0 is not allowed; expected 'full' or
            training: {record: [5, 5]}             | training.record: [5, 5] is not allowed
            training: {record: [100]}              | training.record: [100] is not allowed
            training: {dynamics: jump}             | training.dynamics: 'jump' is not allowed; expected one of descent, flow
            theory: {solver: casual}               | theory.solver: 'casual' is not allowed; expected one of causal, alternating, linear, one-hidden-layer, static-ntk, gradient-independence, perturbation (did you mean 'causal'?)
            theory: {samples: 0}                   | theory.samples: 0 is not allowed
            theory: {toleranceU: 1}                | theory.toleranceU: 1.0 is not allowed
            sweep: {widths: []}                    | sweep.widths: [] is not allowed
            sweep: {widths: [100, 50]}             | sweep.widths: [100, 50] is not allowed; expected ascending
            sweep: {widths: 100}                   | sweep.widths: 100 is not allowed; expected a list
            sweep: {widths: [0]}                   | sweep.widths: [0] is not allowed
            sweep: {seeds: 0}                      | sweep.seeds: 0 is not allowed
            training: {eta: 0.1, eta: 0.2}         | training.eta: not well-formed YAML (line 1, column 25): Duplicate field 'eta'
            training: {eta: 1                      | not well-formed YAML
            just words                             | holds no mapping
            """)
    void everyErrorNamesTheKeyTheValueAndWhatIsAllowed(String yaml, String message) throws IOException {
        Path file = write(yaml);
        assertThatThrownBy(() -> ExperimentReader.read(file, List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eta                | --set eta: expected path=value
            =3                 | --set =3: expected path=value
            training.eta=      | the value is empty
            training.eta=[1    | --set training.eta=[1: not
            training.eta.x=1   | training.eta is not a section
            trainig.eta=1      | trainig: unknown key (did you mean 'training'?)
            """)
    void aBadOverrideIsNamed(String override, String message) throws IOException {
        Path file = write("training: {eta: 0.1}");
        assertThatThrownBy(() -> ExperimentReader.read(file, List.of(override)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNoneIsNamed() {
        Path missing = folder.resolve("missing.yaml");
        assertThatThrownBy(() -> ExperimentReader.read(missing, List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(missing + ": no such file");
        assertThatThrownBy(() -> ExperimentReader.read(folder, List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not a file");
    }

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("..", "examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsValidAndItsSolverExists(Path example) {
        Experiment experiment = ExperimentReader.read(example, List.of());
        assertThat(experiment.theory().solver()).isNotNull();
        assertThat(experiment.problem().points()).isPositive();
    }

    private Experiment read(String yaml, String... overrides) throws IOException {
        return ExperimentReader.read(write(yaml), List.of(overrides));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("experiment.yaml"), yaml);
    }

    /** What YAML 1.1 makes of each stands behind it: nobody who writes 017 means 15. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            training: {steps: 017}                         | training.steps: 017      | 15
            training: {steps: -017}                        | training.steps: -017     | -15
            training: {steps: 0x11}                        | training.steps: 0x11     | 17
            training: {steps: 0b11}                        | training.steps: 0b11     | 3
            training: {steps: 1_0}                         | training.steps: 1_0      | 10
            training: {steps: 0o17}                        | training.steps: '0o17'   | text
            training: {steps: 1:30}                        | training.steps: '1:30'   | 90, seconds of a minute and a half
            training: {steps: 08}                          | training.steps: '08'     | text
            training: {steps: !!int '017'}                 | training.steps: 017      | 15
            training: {eta: 1_0.5}                         | training.eta: 1_0.5      | 10.5
            training: {eta: 00.5}                          | training.eta: 00.5       | 0.5
            training: {eta: .inf}                          | training.eta             | infinity
            training: {eta: .nan}                          | training.eta             | no number
            training: {online: on}                         | training.online: on      | true
            network: {bias: yes}                           | network.bias: yes        | true
            {training: {eta: &a 0.1, gamma0: *a}}          | training.gamma0: *a      | 0.1
            {data: {source: npz, path: &a x}, theory: {solver: *a}} | theory.solver: *a | x
            sweep: {widths: [10, 010]}                     | sweep.widths.1: 010      | 8
            {training: {eta: 0.1, eta: 0.2}}               | eta                      | one of both
            {training: {steps: 1}} --- {training: {steps: 2}} | not well-formed       | two documents
            training: {steps: 99999999999999999999}        | training.steps           | beyond 2^63
            """)
    void whatYamlReadsAsSomethingElseThanItLooksLikeIsRefused(String yaml, String message, String meaning)
            throws IOException {
        Path config = Files.writeString(folder.resolve("odd.yaml"), yaml.replace(" --- ", "\n---\n"));
        assertThatThrownBy(() -> ExperimentReader.read(config, List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void overridesAreReadAsStrictlyAsTheFile() {
        for (String assignment : List.of("training.steps=017", "sweep.widths=[1_0]", "training.online=on")) {
            assertThatThrownBy(() -> read("", assignment))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("--set " + assignment);
        }
        assertThatThrownBy(() -> read("", "training.steps=010"))
                .hasMessageContaining("training.steps=010: 010 is not a plain");
    }

    @Test
    void decimalNumbersInEveryUsualFormAreRead() throws IOException {
        assertThat(List.of("1e-1", "1.0e-1", "0.1", ".1", "+0.10", "1.E-1")).allSatisfy(text -> assertThat(
                        read("training: {eta: " + text + "}").training().eta())
                .isEqualTo(0.1));
        assertThat(read("training: {steps: +5, online: False}").training().steps())
                .isEqualTo(5);
    }

    @Test
    void theLayoutOfAnArchiveIsAKeyWhoseWordsFitTheNetwork() throws IOException {
        Experiment experiment = read("data: {source: npz, path: a.npz, layout: points-first}");
        assertThat(experiment.data()).isEqualTo(new NpzSource(folder.resolve("a.npz"), NpzSource.Layout.POINTS_FIRST));
        assertThat(read(new YAMLMapper().writeValueAsString(experiment.toMap())).data())
                .isEqualTo(experiment.data());
        assertThatThrownBy(() -> read("data: {source: npz, path: a.npz, layout: nchw}"))
                .hasMessageContaining(
                        "data.layout: 'nchw' is not allowed; expected one of dimension-first, points-first");
        assertThatThrownBy(() ->
                        read("{data: {source: npz, path: a.npz, layout: points-first}, network: {architecture: cnn}}"))
                .hasMessageContaining("one of nhwc, nchw");
    }
}
