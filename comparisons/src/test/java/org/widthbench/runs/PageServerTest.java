package org.widthbench.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.report.ReportPage;

class PageServerTest {
    @TempDir
    private Path folder;

    private PageServer server;

    @BeforeEach
    void serve() throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.writeString(run.resolve("index.html"), "the run");
        Files.writeString(run.resolve("fig 1.svg"), "<svg/>");
        Files.writeString(run.resolve(".hidden"), "secret");
        Files.createDirectories(run.resolve("tasks"));
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(run.resolve("link.txt"), folder.resolve("secret.txt"));
        server = PageServer.start(0, () -> "the page", List.of(run));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.address() + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private int port() {
        return URI.create(server.address()).getPort();
    }

    // As a browser would not send it, but an attacker would.
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void pageAndFilesOfRunsAreServedToThisMachine() throws Exception {
        assertThat(get("").body()).isEqualTo("the page");
        assertThat(get("run/1/").body()).isEqualTo("the run");
        HttpResponse<String> figure = get("run/1/fig%201.svg");
        assertThat(figure.body()).isEqualTo("<svg/>");
        assertThat(figure.headers().firstValue("Content-Type")).contains("image/svg+xml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run/2/index.html",
                "run/0/index.html",
                "run/1/.hidden",
                "run/1/link.txt",
                "run/1/tasks",
                "run/1/missing.png",
                "run/1/tasks/x",
                "run/1/..%2f..%2fsecret.txt",
                "run/99999999999/x",
                "other"
            })
    void nothingElseIsServed(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).doesNotContain("secret");
    }

    @Test
    void pathsThatClimbOutAreRefused() throws IOException {
        String response = raw("GET /run/1/../../secret.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(response).startsWith("HTTP/1.1 404").doesNotContain("secret");
    }

    @Test
    void requestsUnderAnotherNameAreRefused() throws IOException {
        assertThat(raw("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405");
    }

    @Test
    void onlyTheLoopbackAddressListens() throws IOException {
        assertThat(server.address()).startsWith("http://127.0.0.1:");
        List<String> listening = Files.readAllLines(Path.of("/proc/net/tcp")).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(cells -> cells[1].endsWith(String.format(":%04X", port())) && cells[3].equals("0A"))
                .map(cells -> cells[1].substring(0, 8))
                .toList();
        // 127.0.0.1, lowest byte first.
        assertThat(listening).allMatch("0100007F"::equals);
    }

    @Test
    void portThatIsTakenIsNamed() {
        assertThatThrownBy(() -> PageServer.start(port(), () -> "", List.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("port " + port() + " is taken");
    }

    /** Each connection stops in the middle of its request; a server with one thread would wait for the first of them. */
    @Test
    @Timeout(20)
    void requestsThatNeverEndDoNotKeepOthersWaiting() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            stuck.add(socket);
        }
        assertThat(get("").body()).isEqualTo("the page");
        for (Socket socket : stuck) {
            socket.close();
        }
    }

    @Test
    void filesBeyondTwoGigabytesAreSentWithTheirLength() throws Exception {
        long length = (1L << 31) + 5;
        Path large = folder.resolve("run/large.npz");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            // A hole: it takes no room on the disk.
            file.setLength(length);
        }
        HttpRequest head = HttpRequest.newBuilder(URI.create(server.address() + "run/1/large.npz"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(head, HttpResponse.BodyHandlers.discarding())
                        .headers()
                        .firstValueAsLong("Content-Length"))
                .hasValue(length);
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + "run/1/large.npz"))
                .build();
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(length);
            assertThat(body.readNBytes(1 << 20)).hasSize(1 << 20);
        }
        Files.delete(large);
    }

    @Test
    @Timeout(20)
    void linksAndPipesNamedAsPicturesAreNeitherFollowedNorWaitedFor() throws Exception {
        Files.createSymbolicLink(folder.resolve("run/fig.png"), folder.resolve("secret.txt"));
        Files.createSymbolicLink(folder.resolve("run/device.png"), Path.of("/dev/zero"));
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("run/pipe.png").toString())
                        .start()
                        .waitFor())
                .isZero();
        for (String name : List.of("fig.png", "device.png", "pipe.png")) {
            HttpResponse<String> response = get("run/1/" + name);
            assertThat(response.statusCode()).as(name).isEqualTo(404);
            assertThat(response.body()).doesNotContain("secret");
        }
    }

    @Test
    void nothingOfARunRunsInABrowserButThePagesOwnScript() throws Exception {
        String script = ReportPage.policy().replaceAll(".*script-src ('sha256-[^']+').*", "$1");
        assertThat(get("").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src " + script, "frame-ancestors 'none'")
                        .doesNotContain("script-src 'unsafe-inline'", "unsafe-eval"));
        assertThat(get("run/1/fig%201.svg").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "sandbox")
                        .doesNotContain("script-src"));
        for (String path : List.of("", "run/1/", "run/1/fig%201.svg", "run/1/none")) {
            assertThat(get(path).headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
    }
}
