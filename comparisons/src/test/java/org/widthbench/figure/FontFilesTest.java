package org.widthbench.figure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;

class FontFilesTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    private static Path copy(String name, InputStream content) throws IOException {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), name);
        Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(file, LONG_AGO);
        return file;
    }

    /** What a killed process left, a font of this one that is in use, and another program's. */
    @Test
    void copiesOfFontsThatAKilledProcessLeftAreDeletedAndNoOthers() throws IOException {
        Typeface.REGULAR.at(8).getStringBounds("drawn", Typeface.METRICS);
        Path foreign = copy("+~JF1234567890123456789.tmp", InputStream.nullInputStream());
        try (InputStream font = Typeface.REGULAR.open()) {
            Path stale = copy("+~JF9876543210987654321.tmp", font);
            assertThat(FontFiles.deleteStale()).isPositive();
            assertThat(stale).doesNotExist();
            assertThat(foreign).exists();
            assertThat(FontFiles.deleteStale()).isZero();
        } finally {
            Files.delete(foreign);
        }
    }
}
