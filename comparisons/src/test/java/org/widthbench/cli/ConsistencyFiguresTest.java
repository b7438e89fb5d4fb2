package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.consistency.Claim;

class ConsistencyFiguresTest {
    @TempDir
    private Path folder;

    private Run reproduce(Claim claim, Object... more) {
        Object[] all = {"reproduce", claim.figure(), "--quick", "--out", folder.resolve("out")};
        return Run.of(Stream.concat(Arrays.stream(all), Arrays.stream(more)).toArray());
    }

    private List<Path> tasks() throws IOException {
        try (Stream<Path> tasks = Files.list(folder.resolve("out").resolve("tasks"))) {
            return tasks.sorted().toList();
        }
    }

    @Test
    void everyClaimIsListed() {
        Run run = Run.of("reproduce", "--list");
        for (Claim claim : Claim.values()) {
            assertThat(run.out()).contains(claim.figure() + " ");
        }
    }

    @Test
    void secondFigureOfAFolderIsDrawnFromTheNetworksOfTheFirst() throws IOException {
        Run edge = reproduce(Claim.EDGE, "--widths", "6,4", "--seeds", "1");
        assertThat(edge.exit()).as(edge.err()).isZero();
        List<Path> networks = tasks();
        // Two widths and a theory at each of three learning rates.
        assertThat(networks).hasSize(9);
        FileTime past = FileTime.fromMillis(1000);
        for (Path network : networks) {
            Files.setLastModifiedTime(network, past);
        }
        Run rates = reproduce(Claim.RATES, "--widths", "4,6", "--seeds", "1");
        assertThat(rates.exit()).as(rates.err()).isZero();
        assertThat(tasks()).isEqualTo(networks).allMatch(file -> time(file).equals(past));
        for (String name : List.of("consistency-edge.pdf", "consistency-rates.png", "index.html", "summary.json")) {
            assertThat(folder.resolve("out").resolve(name)).isNotEmptyFile();
        }
        for (Claim claim : List.of(Claim.EDGE, Claim.RATES)) {
            assertThat(folder.resolve("out").resolve(claim.figure() + ".html"))
                    .content()
                    .contains("reproduce " + claim.figure());
            assertThat(folder.resolve("out").resolve(claim.figure() + "-summary.json"))
                    .content()
                    .contains("reproduce " + claim.figure());
        }
        assertThat(folder.resolve("out/index.html")).content().contains("<a href=\"consistency-edge.html\">");
    }

    private static FileTime time(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void imagesAreLearnedByConvolutionalNetworks() throws IOException {
        Run run = reproduce(Claim.LOSS, "--data", "textures", "--widths", "2,3", "--seeds", "1");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(tasks()).hasSize(2 * 2);
        assertThat(Files.readString(folder.resolve("out/summary.json")))
                .contains("\"architecture\" : \"cnn\"")
                .doesNotContain("NaN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--widths|8|--widths: [8] is not allowed; expected at least two widths to compare",
                "--widths|0,8|--widths: [0, 8] is not allowed; expected whole numbers >= 1",
                "--seeds|0|--seeds: 0 is not allowed",
                "--data|npz:x.npz|--data: npz is not allowed",
                "--data|mnist:nowhere|nowhere",
                "--device|abacus|abacus"
            })
    void optionsThatCannotBeFollowedAreOneLineAndExitCodeTwo(String option, String value, String message) {
        Run run = reproduce(Claim.LOSS, option, value);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.err().lines().filter(line -> !line.isBlank())).hasSize(1);
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
