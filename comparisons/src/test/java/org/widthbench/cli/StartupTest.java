package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that train nothing must not wait for the network library, which takes seconds to load. */
class StartupTest {
    @TempDir
    private Path folder;

    @Test
    void solveAndCompareAndHelpLoadNoNetworkLibrary() throws IOException, InterruptedException {
        Path config = Files.writeString(
                folder.resolve("c.yaml"),
                "{data: {points: 4}, training: {steps: 3}, network: {activation: linear}, theory: {solver: linear, samples: 2}}");
        String theory = folder.resolve("theory.npz").toString();
        assertThat(classesLoadedBy("solve", config.toString(), "--out", folder.toString()))
                .contains("org.widthbench.cli.Main")
                .doesNotContain("org.nd4j.linalg");
        assertThat(classesLoadedBy("compare", theory, theory)).doesNotContain("org.nd4j.linalg");
        assertThat(classesLoadedBy("train", "--help")).doesNotContain("org.nd4j.linalg", "org.jfree");
    }

    private static String classesLoadedBy(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
