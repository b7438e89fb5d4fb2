package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;

/** Files that arrive whole, in parts, damaged or twice. */
class FetchTest extends LoopbackServer {
    @Test
    void wholeFileIsFetchedOnceAndThenOnlyChecked() throws IOException {
        serve((exchange, request) -> honest(exchange));
        List<Integer> completed = new ArrayList<>();
        new Fetch(base(), IMPATIENT, (done, total) -> {
                    assertThat(total).isEqualTo(content.length);
                    completed.add(done);
                })
                .into(folder, List.of(new RemoteFile(NAME, sha256(content), false)));
        assertFetched();
        assertThat(completed).isSorted().endsWith(content.length);
        fetch();
        assertThat(ranges).containsExactly("null");
    }

    @Test
    void damagedFileInPlaceIsFetchedAgain() throws IOException {
        serve((exchange, request) -> honest(exchange));
        Files.write(folder.resolve(NAME), Arrays.copyOf(content, 100));
        fetch();
        assertFetched();
    }

    @Test
    void brokenConnectionIsResumedWhereItStopped() throws IOException {
        serve((exchange, request) -> {
            if (request == 0) {
                sendPart(exchange, 100_000);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
        assertThat(ranges).hasSize(2);
        int resumedAt = Integer.parseInt(ranges.get(1).replaceAll("\\D", ""));
        assertThat(resumedAt).isBetween(1, 100_000);
    }

    @Test
    void killedRunIsResumedByTheNext() throws IOException {
        serve((exchange, request) -> honest(exchange));
        Files.write(folder.resolve(PART), Arrays.copyOf(content, 120_000));
        fetch();
        assertFetched();
        assertThat(ranges).containsExactly("bytes=120000-");
    }

    @Test
    void damagedRemainsOfAKilledRunAreDroppedAndFetchedAnew() throws IOException {
        serve((exchange, request) -> honest(exchange));
        Files.write(folder.resolve(PART), new byte[120_000]);
        fetch();
        assertFetched();
        assertThat(ranges).containsExactly("bytes=120000-", "null");
    }

    @Test
    void serverThatIgnoresRangesIsReadFromTheStart() throws IOException {
        Files.write(folder.resolve(PART), new byte[77]);
        serve((exchange, request) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        });
        fetch();
        assertFetched();
    }

    @Test
    void unsatisfiableOrWrongRangeIsAnsweredByAFreshStart() throws IOException {
        Files.write(folder.resolve(PART), new byte[content.length + 5]);
        serve((exchange, request) -> {
            if (request == 0) {
                status(exchange, 416);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
        Files.move(folder.resolve(NAME), folder.resolve(PART));
        Files.write(folder.resolve(PART), Arrays.copyOf(content, 10));
        ranges.clear();
        server.removeContext("/");
        serve((exchange, request) -> {
            if (request == 0) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 3-9/10");
                exchange.sendResponseHeaders(206, 7);
                exchange.getResponseBody().write(content, 3, 7);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
    }

    @Test
    void wrongBytesAreRefusedAndNothingIsKept() throws IOException {
        serve((exchange, request) -> {
            content[7] ^= 1;
            honest(exchange);
            content[7] ^= 1;
        });
        assertRefused("SHA-256", sha256(content), "nothing was kept");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void secondFetchIntoTheSameFolderIsTurnedAway() throws IOException {
        serve((exchange, request) -> honest(exchange));
        try (FileChannel channel =
                        FileChannel.open(folder.resolve(PART), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertRefused("is being fetched by another process");
        }
    }

    @Test
    void tarIsUnpackedWithoutItsFolder() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
            TarArchiveEntry entry = new TarArchiveEntry("cifar/data_batch_1.bin");
            entry.setSize(text.length);
            tar.putArchiveEntry(entry);
            tar.write(text);
            tar.closeArchiveEntry();
        }
        serve((exchange, request) -> {
            exchange.sendResponseHeaders(200, bytes.size());
            exchange.getResponseBody().write(bytes.toByteArray());
        });
        List<RemoteFile> files = List.of(new RemoteFile("a.tar.gz", sha256(bytes.toByteArray()), true));
        new Fetch(base(), IMPATIENT, Progress.NONE).into(folder, files);
        assertThat(folder.resolve("data_batch_1.bin")).hasContent("hello");
        // A file that was lost is unpacked again, without the network.
        Files.delete(folder.resolve("data_batch_1.bin"));
        new Fetch(base(), IMPATIENT, Progress.NONE).into(folder, files);
        assertThat(folder.resolve("data_batch_1.bin")).hasContent("hello");
        assertThat(ranges).hasSize(1);
    }

    @Test
    void archivesAreFoundByTheirNames() {
        assertThat(DatasetArchive.named("cifar10")).isEqualTo(DatasetArchive.CIFAR10);
        assertThat(DatasetArchive.named("mnist")).isEqualTo(DatasetArchive.MNIST);
        assertThatThrownBy(() -> DatasetArchive.named("imagenet"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("imagenet", "cifar10 or mnist");
    }
}
