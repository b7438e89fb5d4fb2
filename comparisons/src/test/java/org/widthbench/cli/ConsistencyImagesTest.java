package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/** Whole studies on data sets in the format of MNIST and of CIFAR-10. */
class ConsistencyImagesTest {
    private static final int SIDE = 8;
    private static final String SMALL = """
            training: {eta: 0.5, steps: 40, batch: 8}
            measure: {times: 4, testPoints: 12, kernelPoints: 6, sharpnessPoints: 6, tolerance: 0.1, products: 60}
            edge: {task: repeated, points: 8, rates: [0.5], steps: 4, every: 2, seeds: 1}
            sweep: {widths: [4, 8], seeds: 2}
            """;

    @TempDir
    private Path folder;

    /** Digits 3, a bar across, and 5, a bar down, at random places, with grey noise; other labels in between. */
    private void writeDigits(String prefix, int count) throws IOException {
        Random random = new Random(count);
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        DataOutputStream images = header(pixels, 0x803, count, SIDE, SIDE);
        DataOutputStream digits = header(labels, 0x801, count);
        for (int k = 0; k < count; k++) {
            int label = new int[] {3, 5, 7}[k % 3];
            digits.writeByte(label);
            int place = 2 + random.nextInt(SIDE - 4);
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean inked = label == 3 ? i / SIDE == place : label == 5 && i % SIDE == place;
                images.writeByte(inked ? 200 + random.nextInt(56) : random.nextInt(30));
            }
        }
        Files.write(folder.resolve(prefix + "-images-idx3-ubyte"), pixels.toByteArray());
        Files.write(folder.resolve(prefix + "-labels-idx1-ubyte"), labels.toByteArray());
    }

    private static DataOutputStream header(ByteArrayOutputStream bytes, int magic, int... sizes) throws IOException {
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        for (int size : sizes) {
            out.writeInt(size);
        }
        return out;
    }

    private Run study(String tasks, String more) throws IOException {
        Path config = Files.writeString(folder.resolve("study.yaml"), tasks + SMALL + more);
        return Run.of("consistency", config, "--out", folder.resolve("out"), "--device", "cpu");
    }

    private Map<String, Tensor> network(String start) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out/tasks"))) {
            return Npz.read(files.filter(file -> file.getFileName().toString().startsWith(start))
                    .findFirst()
                    .orElseThrow());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void digitsAreLearnedWithAndWithoutATestSetOfTheirOwn(boolean hasTestSet) throws IOException {
        writeDigits("train", 180);
        if (hasTestSet) {
            writeDigits("t10k", 60);
        }
        Run run = study("""
                tasks:
                  fresh: {source: mnist, dir: ., classes: [3, 5], points: 80, shift: 1}
                  repeated: {source: mnist, dir: ., classes: [3, 5], points: 16, fresh: false}
                network: {architecture: mlp, depth: 1}
                """, "theory: {samples: 256}\n");
        assertThat(run.exit()).as(run.err()).isZero();
        for (String task : new String[] {"fresh", "repeated"}) {
            Map<String, Tensor> wide = network(task + "-width-8-seed-1");
            assertThat(wide.get("f").shape()).containsExactly(4, 12);
            assertThat(wide.get("final_kernel").shape()).containsExactly(12, 12);
            // Tests come as -1, 1, -1, 1, ...: guessing leaves a loss of 1 of each.
            double loss = 0;
            for (int k = 0; k < 12; k++) {
                loss += Math.pow(wide.get("f").get(3, k) - (k % 2 == 0 ? -1 : 1), 2) / 12;
            }
            assertThat(loss).as(task).isLessThan(0.75);
        }
        assertThat(network("fresh-theory").get("f").shape()).containsExactly(4, 12);
    }

    @Test
    void missingImagesAreOneLineAndExitCodeTwo() throws IOException {
        String tasks = "tasks: {repeated: {source: mnist, dir: nowhere, points: 16}}\n";
        Run missing = study(tasks, "");
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err().strip().lines()).hasSize(1);
        assertThat(missing.err()).contains("nowhere", "data fetch mnist");
        writeDigits("train", 30);
        Run few = study("tasks: {repeated: {source: mnist, dir: ., classes: [3, 5], points: 40}}\n", "");
        assertThat(few.exit()).isEqualTo(2);
        assertThat(few.err().strip().lines()).hasSize(1);
        assertThat(few.err()).contains("tasks.repeated.points: ", "at most 20", "held out for want of test files");
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        Run labels = study("tasks: {repeated: {source: mnist, dir: ., classes: [3, 5], points: 4}}\n", "");
        assertThat(labels.exit()).isEqualTo(2);
        assertThat(labels.err()).contains("train-labels-idx1-ubyte");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** Four by four pixels of a few photographs: small enough for the theory of CNNs. */
    @Test
    void photographsAreLearnedByConvolutionalNetworksBesideTheirTheory() throws IOException {
        Path photographs = Path.of("../../shared/data/cifar10").toAbsolutePath().normalize();
        assumeTrue(Files.isDirectory(photographs), "no CIFAR-10 sample beside the checkout");
        Run run = study("""
                tasks:
                  fresh: {source: cifar10, dir: %s, points: 64, side: 4, grayscale: false, shift: 1}
                  repeated: {source: cifar10, dir: %s, points: 8, side: 4, fresh: false}
                network: {architecture: cnn, depth: 1, activation: tanh, kernel: 3}
                """.formatted(photographs, photographs), "theory: {samples: 256}\n");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(network("repeated-theory").get("Phi_1").shape()).containsExactly(4, 6, 6);
        assertThat(network("fresh-width-4").get("Phi_1").shape()).containsExactly(4, 6, 6);
    }
}
