package org.widthbench.core.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;

/** Tests of {@link Fetch} against a server on the loopback interface that misbehaves in every way that servers do. */
abstract class LoopbackServer {
    static final String NAME = "file.bin";
    static final String PART = "." + NAME + ".part";
    static final HttpSettings IMPATIENT =
            new HttpSettings(Duration.ofSeconds(10), Duration.ofSeconds(10), 3, Duration.ofMillis(1));

    @TempDir
    Path folder;

    final byte[] content = new byte[300_000];
    final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch testOver = new CountDownLatch(1);
    final ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server;

    @FunctionalInterface
    interface Behaviour {
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

    void serve(Behaviour behaviour) {
        server.createContext("/", exchange -> {
            int request = ranges.size();
            ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            try (exchange) {
                behaviour.answer(exchange, request);
            }
        });
    }

    /** An honest answer to a whole or ranged request. */
    void honest(HttpExchange exchange) throws IOException {
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
    void sendPart(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, bytes);
        exchange.getResponseBody().flush();
    }

    static void status(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    URI base() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/data");
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void fetch(HttpSettings settings) {
        new Fetch(base(), settings, Progress.NONE).into(folder, List.of(new RemoteFile(NAME, sha256(content), false)));
    }

    void fetch() {
        fetch(IMPATIENT);
    }

    void assertRefused(String... mentions) {
        assertThatThrownBy(this::fetch)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("data fetch: ")
                .hasMessageContaining(NAME)
                .hasMessageContainingAll(mentions)
                .message()
                .doesNotContain("\n");
        assertThat(folder.resolve(NAME)).doesNotExist();
    }

    void assertFetched() throws IOException {
        assertThat(folder.resolve(NAME)).hasBinaryContent(content);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve(NAME));
        }
    }

    void awaitEndOfTest() {
        try {
            testOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
