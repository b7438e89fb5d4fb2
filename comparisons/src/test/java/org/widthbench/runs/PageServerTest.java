package org.widthbench.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;

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
}
