package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;

/** Against a server on the loopback interface that misbehaves in every way that servers do. */
class FetchTest {
    private static final String NAME = "file.bin";
    private static final String PART = "." + NAME + ".part";
    private static final HttpSettings IMPATIENT =
            new HttpSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), 3, Duration.ofMillis(1));

    @TempDir
    Path folder;

    private final byte[] content = new byte[300_000];
    private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch testOver = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @FunctionalInterface
    private interface Behaviour {
        /** Answers request number {@code request}, counted from 0. */
        void answer(HttpExchange exchange, int request) throws IOException;
    }

    @BeforeEach
    void startServer() throws IOException {
        new Random(3).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stopServer() {
        testOver.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(Behaviour behaviour) {
        server.createContext("/", exchange -> {
            int request = ranges.size();
            ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            try (exchange) {
                behaviour.answer(exchange, request);
            }
        });
    }

    /** An honest answer to a whole or ranged request. */
    private void honest(HttpExchange exchange) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
        exchange.getResponseBody().write(content, from, content.length - from);
    }

    /** Promises the whole and sends {@code bytes} of it. */
    private void sendPart(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, bytes);
        exchange.getResponseBody().flush();
    }

    private static void status(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    private URI base() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/data");
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fetch(HttpSettings settings) {
        new Fetch(base(), settings, Progress.NONE).into(folder, List.of(new RemoteFile(NAME, md5(content), false)));
    }

    private void fetch() {
        fetch(IMPATIENT);
    }

    private void assertRefused(String... mentions) {
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("data fetch: ")
                .hasMessageContaining(NAME)
                .hasMessageContainingAll(mentions)
                .message()
                .doesNotContain("\n");
        assertThat(folder.resolve(NAME)).doesNotExist();
    }

    private void assertFetched() throws IOException {
        assertThat(folder.resolve(NAME)).hasBinaryContent(content);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(NAME));
        }
    }

    @Test
    void wholeFileIsFetchedOnceAndThenOnlyChecked() throws IOException {
        serve((exchange, request) -> honest(exchange));
        List<Integer> completed = new ArrayList<>();
        new Fetch(base(), IMPATIENT, (done, total) -> {
                    assertThat(total).isEqualTo(content.length);
                    completed.add(done);
                })
                .into(folder, List.of(new RemoteFile(NAME, md5(content), false)));
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
    void serverThatFallsSilentIsGivenUpAndAskedForTheRest() throws IOException {
        serve((exchange, request) -> {
            if (request == 0) {
                sendPart(exchange, 50_000);
                awaitEndOfTest();
            } else if (request == 1) {
                // Not even headers.
                awaitEndOfTest();
            } else {
                honest(exchange);
            }
        });
        // Long enough for a busy machine to answer in time, with attempts to spare if it does not.
        fetch(new HttpSettings(Duration.ofSeconds(10), Duration.ofMillis(700), 9, Duration.ofMillis(1)));
        assertFetched();
        assertThat(ranges).hasSizeGreaterThanOrEqualTo(3).startsWith("null");
        assertThat(ranges.get(1)).startsWith("bytes=");
    }

    private void awaitEndOfTest() {
        try {
            testOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        assertRefused("MD5", md5(content), "nothing was kept");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void passingTroubleIsWaitedOut(int status) throws IOException {
        serve((exchange, request) -> {
            if (request < 2) {
                status(exchange, status);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
        assertThat(ranges).hasSize(3);
    }

    @Test
    void lastingTroubleIsReportedAfterTheLastAttemptAndThePartIsKept() {
        serve((exchange, request) -> {
            if (request == 0) {
                sendPart(exchange, 1000);
            } else {
                status(exchange, 503);
            }
        });
        assertRefused("after 3 attempts", "503", "run the command again");
        assertThat(ranges).hasSize(3);
        assertThat(folder.resolve(PART)).exists();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 204, 304})
    void lastingRefusalIsNotTriedAgain(int status) {
        serve((exchange, request) -> status(exchange, status));
        assertRefused("HTTP status " + status);
        assertThat(ranges).hasSize(1);
    }

    @Test
    void redirectIsFollowed() throws IOException {
        serve((exchange, request) -> {
            if (exchange.getRequestURI().getPath().startsWith("/data/")) {
                exchange.getResponseHeaders().set("Location", "/elsewhere/x");
                status(exchange, 302);
            } else {
                honest(exchange);
            }
        });
        fetch();
        assertFetched();
    }

    @Test
    void circleOfRedirectsIsLeft() {
        serve((exchange, request) -> {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().toString());
            status(exchange, 301);
        });
        assertRefused("redirected more than 5 times");
        assertThat(ranges).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/hostname", "ftp://localhost/x", "::not an address::", "mailto:x"})
    void redirectOutOfHttpIsNotFollowed(String location) {
        serve((exchange, request) -> {
            exchange.getResponseHeaders().set("Location", location);
            status(exchange, 302);
        });
        assertRefused("is redirected to");
    }

    @Test
    void absentServerIsReported() {
        URI nobody = base();
        server.stop(0);
        assertThatThrownBy(() -> new Fetch(nobody, IMPATIENT, Progress.NONE)
                        .into(folder, List.of(new RemoteFile(NAME, "", false))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(NAME, "no connection to localhost");
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

    @ParameterizedTest
    @ValueSource(strings = {"file:///data", "no scheme", "https:x", "ftp://host/"})
    void mirrorThatIsNoWebAddressIsRefused(String address) {
        assertThatThrownBy(() -> DatasetArchive.MNIST.fetch(
                        folder, URI.create(address.replace(' ', '-')), IMPATIENT, Progress.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("data fetch");
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
        List<RemoteFile> files = List.of(new RemoteFile("a.tar.gz", md5(bytes.toByteArray()), true));
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
