package org.widthbench.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.InvalidInputException;

class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void contentReplacesTheOldFileAndMissingFoldersAreMade() throws IOException {
        Path file = folder.resolve("a/b/result.csv");
        AtomicFile.writeText(file, "old");
        AtomicFile.writeText(file, "new \u03b3");
        assertThat(file).hasContent("new \u03b3");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void failingWriterLeavesTheOldFileAndNoTemporaryOne() throws IOException {
        Path file = folder.resolve("result.csv");
        AtomicFile.writeText(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[200_000]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("result.csv")
                .hasMessageContaining("No space left on device");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    throw new IllegalStateException("from the writer");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("result.csv");
    }

    @Test
    void writerThatClosesItsStreamIsWrittenInFull() {
        Path file = folder.resolve("closed.txt");
        AtomicFile.write(file, out -> {
            out.write('x');
            out.close();
        });
        assertThat(file).hasContent("x");
    }

    @Test
    void fullDiskIsReportedByName() {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "needs /dev/full");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("x"), out -> {
                    try (var device = Files.newOutputStream(full)) {
                        device.write(1);
                    }
                }))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("No space left");
    }

    @Test
    void folderInTheWayIsReportedInOneLine() throws IOException {
        Files.createDirectories(folder.resolve("taken/inner"));
        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> AtomicFile.writeText(folder.resolve("taken"), ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("taken")
                .message()
                .doesNotContain("\n");
        assertThatThrownBy(() -> AtomicFile.writeText(folder.resolve("file/below"), ""))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot write");
        assertThat(names()).containsExactly("file", "taken");
    }
}
