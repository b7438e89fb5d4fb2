package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;

class TarArchiveTest {
    @TempDir
    Path folder;

    private Path archive;
    private Path target;

    @BeforeEach
    void makeFolders() throws IOException {
        archive = folder.resolve("a.tar.gz");
        target = Files.createDirectories(folder.resolve("inside/target"));
    }

    private static TarArchiveEntry link(byte type) {
        TarArchiveEntry entry = new TarArchiveEntry("batches/link", type);
        entry.setLinkName("../../outside");
        return entry;
    }

    /** Writes entries that each hold five bytes, unless they are links. */
    private void write(TarArchiveEntry... entries) throws IOException {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
            for (TarArchiveEntry entry : entries) {
                boolean file = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
                entry.setSize(file ? 5 : 0);
                tar.putArchiveEntry(entry);
                if (file) {
                    tar.write(new byte[] {1, 2, 3, 4, 5});
                }
                tar.closeArchiveEntry();
            }
        }
    }

    private void assertNothingUnpacked(String... mentions) throws IOException {
        assertThatThrownBy(() -> new TarArchive(archive).extractInto(target))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("a.tar.gz")
                .hasMessageContainingAll(mentions);
        assertThat(target).isEmptyDirectory();
        try (var files = Files.walk(folder).filter(Files::isRegularFile)) {
            assertThat(files).containsExactly(archive);
        }
    }

    @Test
    void plainFilesOfOneFolderAreUnpacked() throws IOException {
        write(
                new TarArchiveEntry("batches/"),
                new TarArchiveEntry("batches/data_batch_1.bin"),
                new TarArchiveEntry("readme.html"));
        new TarArchive(archive).extractInto(target);
        assertThat(target.resolve("data_batch_1.bin")).hasBinaryContent(new byte[] {1, 2, 3, 4, 5});
        assertThat(target.resolve("readme.html")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside",
                "batches/../../outside",
                "/outside",
                "batches/..",
                "a/b/c",
                "C:x",
                ".hidden",
                "batches/.bashrc"
            })
    void namesThatLeaveTheFolderAreRefusedAndNothingIsUnpacked(String name) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry("placeholder", true);
        TarArchiveEntry evil = new TarArchiveEntry(name, true);
        assertThat(evil.getName()).as("the library keeps the name").isEqualTo(name);
        write(entry, evil);
        assertNothingUnpacked("is not a plain file");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_SYMLINK, TarConstants.LF_LINK, TarConstants.LF_CHR, TarConstants.LF_FIFO})
    void linksAndDevicesAreRefusedAndNothingIsUnpacked(byte type) throws IOException {
        write(new TarArchiveEntry("batches/first.bin"), link(type));
        assertNothingUnpacked("batches/link", "is not a plain file");
    }

    @Test
    void sameNameTwiceIsRefused() throws IOException {
        write(new TarArchiveEntry("a/x"), new TarArchiveEntry("b/x"));
        assertNothingUnpacked("occurs twice");
    }

    @Test
    void linkThatLiesInTheFolderIsReplacedNotFollowed() throws IOException {
        Path outside = Files.writeString(folder.resolve("outside"), "untouched");
        Files.createSymbolicLink(target.resolve("x"), outside);
        write(new TarArchiveEntry("a/x"));
        new TarArchive(archive).extractInto(target);
        assertThat(outside).hasContent("untouched");
        assertThat(target.resolve("x"))
                .hasBinaryContent(new byte[] {1, 2, 3, 4, 5})
                .isRegularFile();
        assertThat(Files.isSymbolicLink(target.resolve("x"))).isFalse();
    }

    @Test
    void truncatedOrForeignArchiveIsRefused() throws IOException {
        write(new TarArchiveEntry("a/x"), new TarArchiveEntry("a/y"));
        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length - 30));
        assertNothingUnpacked("cannot be unpacked");
        Files.writeString(archive, "this is not a gzipped tar");
        assertNothingUnpacked("cannot be unpacked");
    }

    @Test
    void aFileOfTheRightSizeThatWasChangedIsUnpackedAgain() throws IOException {
        write(new TarArchiveEntry("batches/data_batch_1.bin"));
        Path file = Files.write(target.resolve("data_batch_1.bin"), new byte[] {1, 2, 3, 4, 6});
        new TarArchive(archive).extractInto(target);
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3, 4, 5});
    }

    /** The end of a gzip holds its CRC-32, behind all that tar reads. */
    @Test
    void anArchiveThatFailsItsChecksumUnpacksNothing() throws IOException {
        write(new TarArchiveEntry("batches/data_batch_1.bin"));
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length - 8] ^= 1;
        Files.write(archive, bytes);
        assertNothingUnpacked("cannot be unpacked");
    }
}
