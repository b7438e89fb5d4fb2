package org.widthbench.core.data.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.AtomicFile;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.StrictGzip;

/**
 * A gzipped tar of plain files in at most one folder. The whole archive is checked before the first file is written: a
 * link, a device, a name that climbs out of its folder, too many or too large files, and none of it is unpacked.
 */
final class TarArchive {
    private static final int BUFFER_BYTES = 1 << 16;
    // CIFAR-10 has 8 files and 180 MB.
    private static final int MAX_FILES = 1000;
    private static final long MAX_BYTES = 1L << 30;

    private final Path archive;

    TarArchive(Path archive) {
        this.archive = archive;
    }

    /**
     * Unpacks the files, without their folder, each whole or not at all. A file that is already there with the same content
     * is left alone.
     *
     * @throws InvalidInputException naming the archive and the entry that is refused
     */
    void extractInto(Path dir) {
        Map<String, String> contents = new HashMap<>();
        long[] total = {0};
        eachEntry((entry, in) -> {
            if (entry.isDirectory()) {
                return;
            }
            total[0] += entry.getSize();
            byte type = entry.getLinkFlag();
            boolean plainFile = type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM;
            if (!plainFile || !isPlain(entry.getName())) {
                throw refused(entry, "is not a plain file in at most one folder");
            } else if (contents.containsKey(fileName(entry))) {
                throw refused(entry, "occurs twice");
            } else if (contents.size() == MAX_FILES || total[0] > MAX_BYTES) {
                throw refused(entry, "exceeds " + MAX_FILES + " files or " + MAX_BYTES + " bytes in all");
            }
            contents.put(fileName(entry), Checksum.of(in));
        });
        eachEntry((entry, in) -> {
            Path file = dir.resolve(fileName(entry));
            if (!entry.isDirectory() && !Checksum.matches(file, contents.get(fileName(entry)))) {
                AtomicFile.write(file, in::transferTo);
            }
        });
    }

    private static boolean isPlain(String name) {
        String[] parts = name.split("/", -1);
        return parts.length <= 2
                && Arrays.stream(parts)
                        .noneMatch(part -> part.isEmpty()
                                || part.startsWith(".")
                                || part.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7F));
    }

    private static String fileName(TarArchiveEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    private InvalidInputException refused(TarArchiveEntry entry, String reason) {
        return new InvalidInputException("data fetch: " + archive + ": entry '"
                + entry.getName().replaceAll("\\p{Cntrl}", "?") + "' " + reason + "; nothing was unpacked");
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(TarArchiveEntry entry, InputStream content) throws IOException;
    }

    private void eachEntry(Visitor visitor) {
        try (InputStream raw = Files.newInputStream(archive);
                InputStream unzipped = new BufferedInputStream(StrictGzip.open(raw), BUFFER_BYTES);
                TarArchiveInputStream tar = new TarArchiveInputStream(unzipped)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                visitor.visit(entry, tar);
            }
            // The checksum of the whole stands at its end.
            unzipped.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new InvalidInputException(
                    "data fetch: " + archive + " cannot be unpacked: " + IoFailure.reason(e), e);
        }
    }
}
